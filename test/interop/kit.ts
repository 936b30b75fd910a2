/**
 * For the interop tests: a reference server on free loopback ports with a small REST client, and our own CoAP endpoint
 * on a socket. What a test opens is closed when it ends. Waits are for conditions; their limit only ends a broken test.
 */
import { expect, onTestFinished } from "vitest";
import { now } from "../../src/platform/clock.ts";
import { createRandomSource } from "../../src/platform/random.ts";
import { createAlarm, pause } from "../../src/platform/timers.ts";
import { openUdp } from "../../src/platform/udp.ts";
import type { Address } from "../../src/protocol/address.ts";
import { createBlockwiseEndpoint } from "../../src/protocol/coap/blockwise-endpoint.ts";
import { COAP_DEFAULTS } from "../../src/protocol/coap/params.ts";
import type { CoapContent, CoapEffect, CoapMessage, OutgoingId } from "../../src/protocol/coap/types.ts";
import { EMPTY_PROFILE } from "../../src/protocol/profile.ts";
import { after, millis, seconds } from "../../src/protocol/time.ts";
import { type ServeOptions, startServer } from "../../src/reference-server/adapters/serve.ts";

const LIMIT = seconds(40);

/** Asks again and again until there is an answer. */
export async function until<T>(what: string, ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const end = after(now(), LIMIT);
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (now() > end) throw new Error(`waited in vain for ${what}`);
    await pause(millis(10));
  }
}

/** Parts of a task and its statuses that tests look at. */
export interface TaskView {
  readonly id: string;
  readonly status: string;
  readonly statuses: readonly {
    readonly did: string;
    readonly status: string;
    readonly numAttempts: number;
    readonly errorCode?: string;
    readonly errorMessage?: string;
  }[];
}

export interface Cloud {
  /** Base URL of the task API. */
  readonly http: string;
  /** UDP port on 127.0.0.1. */
  readonly port: number;
  /** Creates a task for the device, and gives its id. */
  createTask(fields: Readonly<Record<string, unknown>>): Promise<string>;
  /** The task, once this holds. */
  taskWhen(id: string, holds: (task: TaskView) => boolean): Promise<TaskView>;
  /** Creates a task, waits for its end and gives what became of it: `SUCCEEDED`, or `FAILED 4040 message`. */
  carryOut(fields: Readonly<Record<string, unknown>>): Promise<string>;
  /** What the mirror shows of the device object. */
  mirror(): Promise<unknown>;
  /** `connected` or `disconnected`. */
  connection(): Promise<unknown>;
  /** Stops the server; else the end of the test does. */
  stop(): Promise<void>;
}

export const TYPE = "type";
export const DEVICE = "peer";

/** A server with one device, `DEVICE` of type `TYPE`. The test fails when the server breaks on anything. */
export async function startCloud(options: Partial<ServeOptions> = {}): Promise<Cloud> {
  const bugs: unknown[] = [];
  const server = await startServer({
    profile: EMPTY_PROFILE,
    provision: { deviceTypes: [{ dtid: TYPE, name: "Type" }], devices: [{ did: DEVICE, dtid: TYPE }] },
    onBug: (error) => bugs.push(error),
    ...options,
  });
  onTestFinished(async () => {
    await server.close(millis(100));
    expect(bugs).toEqual([]);
  });

  const data = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${server.http}/${path}`, {
      method,
      headers: { "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
    return (JSON.parse(answer) as { readonly data: T }).data;
  };
  const createTask: Cloud["createTask"] = async (fields) =>
    (await data<TaskView>("POST", "devicemgmt/tasks", { dtid: TYPE, dids: [DEVICE], ...fields })).id;
  const taskWhen: Cloud["taskWhen"] = (id, holds) =>
    until(`task ${id}`, async () => {
      const task = await data<TaskView>("GET", `devicemgmt/tasks/${id}/statuses`);
      return holds(task) ? task : undefined;
    });
  const properties = (): Promise<{
    readonly systemProperties: { readonly connection: unknown };
    readonly deviceProperties: { readonly device?: unknown };
  }> => data("GET", `devicemgmt/devices/${DEVICE}/properties`);

  return {
    http: server.http,
    port: Number(new URL(server.coap).port),
    createTask,
    taskWhen,
    async carryOut(fields) {
      const task = await taskWhen(await createTask(fields), ({ status }) => status === "COMPLETE");
      const [{ status, errorCode, errorMessage } = { status: "without a device" }] = task.statuses;
      return [status, errorCode, errorMessage].filter((part) => part !== undefined).join(" ");
    },
    mirror: async () => (await properties()).deviceProperties.device,
    connection: async () => (await properties()).systemProperties.connection,
    stop: () => server.close(millis(100)),
  };
}

export const read = (name: string) => ({ taskType: "R", property: propertyOf(name) });
export const execute = (name: string) => ({ taskType: "E", property: propertyOf(name) });
export const write = (name: string, value: string) => ({
  taskType: "W",
  property: propertyOf(name),
  taskParameters: { value },
});
const propertyOf = (name: string): string =>
  name === "" ? "deviceProperties.device" : `deviceProperties.device.${name}`;

/** Our endpoint as a client. */
export interface Client {
  /** @throws Error with the reason of a failed exchange */
  request(to: Address, content: CoapContent): Promise<CoapMessage>;
}

export async function openClient(): Promise<Client> {
  const socket = await openUdp({ host: "127.0.0.1" });
  const endpoint = createBlockwiseEndpoint({ params: COAP_DEFAULTS, random: createRandomSource("interop") });
  const waiting = new Map<OutgoingId, PromiseWithResolvers<CoapMessage>>();
  const alarm = createAlarm(() => perform(endpoint.tick(now())));

  function perform(effects: readonly CoapEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === "send") socket.send(effect.to, effect.bytes);
      else if (effect.kind === "response") waiting.get(effect.id)?.resolve(effect.message);
      else if (effect.kind === "failed") waiting.get(effect.id)?.reject(new Error(effect.reason));
    }
    alarm.set(endpoint.deadline);
  }
  socket.onMessage((from, bytes) => perform(endpoint.receive(from, bytes, now())));
  onTestFinished(async () => {
    alarm.close();
    await socket.close();
  });

  return {
    request(to, content) {
      const answer = withResolvers<CoapMessage>();
      const { id, effects } = endpoint.request(to, content, now());
      waiting.set(id, answer);
      perform(effects);
      return answer.promise;
    },
  };
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((whenResolved, whenRejected) => {
    resolve = whenResolved;
    reject = whenRejected;
  });
  return { promise, resolve, reject };
}
