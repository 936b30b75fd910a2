/**
 * Drives a `ServerPort` in real time: gives it inputs with the clock, performs its effects, follows its deadline with one
 * alarm, and brings its storage effects to the store. It knows no sockets; those are the host's.
 */
import { z } from "zod";
import { now } from "../../platform/clock.ts";
import { HarnessError } from "../../platform/errors.ts";
import { createAlarm } from "../../platform/timers.ts";
import type { Address } from "../../protocol/address.ts";
import type { RestRequest, RestResponse, ServerEffect, ServerInput, ServerPort } from "../../protocol/server-port.ts";
import { after, type Instant, NEVER, seconds } from "../../protocol/time.ts";
import { type CommitQueue, createCommitQueue } from "./commit-queue.ts";
import type { RecordStore } from "./record-store.ts";

/** A request without HTTP. Settles when the answer may leave: what it changed is stored then. */
export type Ask = (request: RestRequest) => Promise<RestResponse>;

export interface DriverOptions {
  /** `undefined`: an effect for a store is a mistake in the server. */
  readonly store: RecordStore | undefined;
  readonly onBug: (error: unknown) => void;
  readonly send: (to: Address, bytes: Uint8Array) => void;
  readonly answer: (ticket: number, response: RestResponse) => void;
}

export interface Driver {
  /** Starts the server. Settles when it has its state back and `prepare` is through. @throws HarnessError, and what `prepare` throws */
  start(prepare: ((ask: Ask) => Promise<void>) | undefined): Promise<void>;
  /** Ignored after `close` and after a failure. */
  handle(input: ServerInput): void;
  /** Settles when the store has failed; else never. */
  readonly failure: Promise<HarnessError>;
  /** Takes nothing more; settles when all that was taken is stored and its effects are performed. */
  close(): Promise<void>;
}

export function createDriver(server: ServerPort, options: DriverOptions): Driver {
  const { store } = options;
  let settleFailure: (error: HarnessError) => void = () => undefined;
  const failure = new Promise<HarnessError>((resolve) => {
    settleFailure = resolve;
  });
  let lastTicket = 0;
  const asked = new Map<number, (response: RestResponse) => void>();
  let phase: "starting" | "open" | "closing" | "failed" = "starting";

  const fail = (error: HarnessError): void => {
    phase = "failed";
    alarm.close();
    settleFailure(error);
  };

  const answer = (ticket: number, response: RestResponse): void => {
    const resolve = asked.get(ticket);
    if (resolve === undefined) return void options.answer(ticket, response);
    asked.delete(ticket);
    resolve(response);
  };

  const perform = (effects: readonly ServerEffect[]): void => {
    for (const effect of effects) {
      if (effect.kind === "send") options.send(effect.to, effect.bytes);
      else if (effect.kind === "answer") answer(effect.ticket, effect.response);
      else if (queue !== undefined) queue.perform(effect);
      else throw new Error(`an effect for the store, "${effect.kind}", reached the host: the server has no store`);
    }
  };

  const give = (input: ServerInput): void => {
    const at = now();
    let next = NEVER;
    try {
      // A deadline due now is served before an input.
      if (server.deadline <= at && input.kind !== "time") perform(server.handle({ kind: "time" }, at));
      perform(server.handle(input, at));
      next = server.deadline;
    } catch (error) {
      if (phase === "starting" && store !== undefined) return void fail(unreadable(store, error));
      // Whoever breaks on a deadline keeps it: asking again at once would ask for ever.
      next = latest(server.deadline, after(at, seconds(1)));
      options.onBug(error);
      if (input.kind === "rest") answer(input.ticket, BROKEN);
    }
    alarm.set(next);
  };

  const alarm = createAlarm(() => give({ kind: "time" }));
  const queue: CommitQueue | undefined =
    store && createCommitQueue({ store, give, onFailure: (cause) => fail(broken(store, cause)) });

  const ask: Ask = (request) =>
    new Promise((resolve) => {
      // The fronts count their tickets upward from 1.
      lastTicket -= 1;
      const ticket = lastTicket;
      asked.set(ticket, resolve);
      give({ kind: "rest", ticket, request });
    });

  return {
    async start(prepare) {
      give({ kind: "start" });
      await queue?.idle();
      if (phase !== "failed") await Promise.race([failure, prepare?.(ask)]);
      if (phase === "failed") throw await failure;
      phase = "open";
    },
    handle(input) {
      if (phase === "open") give(input);
    },
    failure,
    async close() {
      if (phase !== "failed") phase = "closing";
      alarm.close();
      await queue?.idle();
    },
  };
}

const latest = (a: Instant, b: Instant): Instant => (a > b ? a : b);

function text(cause: unknown): string {
  const issue = cause instanceof z.ZodError ? cause.issues[0] : undefined;
  if (issue !== undefined) return `${issue.path.join(".")}: ${issue.message}`;
  return cause instanceof Error ? cause.message : String(cause);
}

const broken = ({ name }: RecordStore, cause: unknown): HarnessError =>
  cause instanceof HarnessError
    ? cause
    : new HarnessError(
        "store-failed",
        `${name} has failed: ${text(cause)}. The server has stopped, and acknowledged nothing that is not stored; remove the cause and start it again`,
        { cause },
      );

const unreadable = ({ name }: RecordStore, cause: unknown): HarnessError =>
  new HarnessError("store-not-usable", `--data: what ${name} holds is not what this program writes: ${text(cause)}`, {
    cause,
  });

const BROKEN = {
  status: 500,
  body: { error: { code: 500, message: "A mistake in the server; its log has the stack" } },
} as const;
