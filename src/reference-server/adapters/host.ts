/**
 * Hosts a `ServerPort` on real sockets and real time: both fronts are its inputs, its effects are performed here, and
 * one alarm follows its deadline. Knows nothing about tasks, so a mutant or another server is hosted the same way.
 */
import { now } from "../../platform/clock.ts";
import { oneLineStack } from "../../platform/errors.ts";
import { printError } from "../../platform/terminal.ts";
import { createAlarm } from "../../platform/timers.ts";
import type { RestRequest, ServerEffect, ServerInput, ServerPort } from "../../protocol/server-port.ts";
import { after, type Instant, type Micros, NEVER, seconds } from "../../protocol/time.ts";
import { type HttpFront, openHttpFront } from "./http-front.ts";
import { openUdpFront, type UdpFront } from "./udp-front.ts";

export interface HostOptions {
  /** Numeric address for both fronts. Default: loopback. */
  readonly host?: string;
  /** TCP port; 0, the default, takes a free one. */
  readonly http?: number;
  /** UDP port; 0, the default, takes a free one. */
  readonly coap?: number;
  /** The server has had its `start`. Default: it gets it when both fronts are open. */
  readonly started?: boolean;
  /**
   * The server threw, which is a mistake in our code, not a peer's. Default: one line with the stack on stderr. The
   * request that it broke on is answered with 500; whether to go on is the caller's decision.
   */
  readonly onBug?: (error: unknown) => void;
}

export interface RunningServer {
  /** Base URL of the task API: `http://127.0.0.1:8080/v1.1`. */
  readonly http: string;
  /** `coap://127.0.0.1:5683` */
  readonly coap: string;
  /** Stops taking requests, lets those under way be answered within `grace` (default 2 s), closes both sockets. May be called twice. */
  close(grace?: Micros): Promise<void>;
}

/**
 * @param server with its store: an effect for a store is a mistake here
 * @throws HarnessError when an address cannot be had; nothing stays open then
 */
export async function hostServer(server: ServerPort, options: HostOptions = {}): Promise<RunningServer> {
  const host = options.host ?? "127.0.0.1";
  const onBug = options.onBug ?? ((error) => printError(`fleetproof: a mistake in the server: ${oneLineStack(error)}`));
  let fronts: { readonly http: HttpFront; readonly udp: UdpFront } | undefined;
  let closing: Promise<void> | undefined;

  const perform = (effects: readonly ServerEffect[]): void => {
    if (fronts === undefined) return;
    for (const effect of effects) {
      if (effect.kind === "send") fronts.udp.send(effect.to, effect.bytes);
      else if (effect.kind === "answer") fronts.http.answer(effect.ticket, effect.response);
      else throw new Error(`an effect for the store, "${effect.kind}", reached the host: the server has no store`);
    }
  };

  const handle = (input: ServerInput): void => {
    const at = now();
    let next = NEVER;
    try {
      // A deadline due now is served before an input.
      if (server.deadline <= at && input.kind !== "time") perform(server.handle({ kind: "time" }, at));
      perform(server.handle(input, at));
      next = server.deadline;
    } catch (error) {
      // Whoever breaks on a deadline keeps it: asking again at once would ask for ever.
      next = latest(server.deadline, after(at, seconds(1)));
      onBug(error);
      if (input.kind === "rest") fronts?.http.answer(input.ticket, BROKEN);
    }
    alarm.set(next);
  };

  const alarm = createAlarm(() => handle({ kind: "time" }));
  const udp = await openUdpFront(host, options.coap ?? 0, (from, bytes) => {
    // Before the start there is nobody to hear it, and UDP may lose it.
    if (fronts !== undefined) handle({ kind: "datagram", from, bytes });
  });
  const onRequest = (ticket: number, request: RestRequest): void => handle({ kind: "rest", ticket, request });
  try {
    fronts = { udp, http: await openHttpFront({ host, port: options.http ?? 0, onRequest }) };
  } catch (error) {
    await udp.close();
    throw error;
  }
  if (options.started === true) alarm.set(server.deadline);
  else handle({ kind: "start" });

  const { http } = fronts;
  return {
    http: http.url,
    coap: `coap://${udp.address}`,
    close(grace = seconds(2)) {
      // The CoAP side stays until the last answer: a request under way may wait for it.
      closing ??= http.close(grace).then(() => {
        alarm.close();
        return udp.close();
      });
      return closing;
    },
  };
}

const latest = (a: Instant, b: Instant): Instant => (a > b ? a : b);

const BROKEN = {
  status: 500,
  body: { error: { code: 500, message: "A mistake in the server; its log has the stack" } },
} as const;
