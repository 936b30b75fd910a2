/**
 * Drives a `ServerPort` in real time: gives it inputs with the clock, performs its effects, follows its deadline with one
 * alarm, and brings its storage effects to the store. It knows no sockets; those are the host's.
 *
 * A server that breaks in the midst of a step is replaced by one that begins with what is stored: docs/security.md.
 */
import { z } from "zod";
import { now } from "../../platform/clock.ts";
import { HarnessError } from "../../platform/errors.ts";
import { createAlarm } from "../../platform/timers.ts";
import type { Address } from "../../protocol/address.ts";
import type { RestRequest, RestResponse, ServerEffect, ServerInput, ServerPort } from "../../protocol/server-port.ts";
import { after, type Instant, NEVER, seconds } from "../../protocol/time.ts";
import { HalfDoneStep } from "../half-done-step.ts";
import { type CommitQueue, createCommitQueue } from "./commit-queue.ts";
import type { RecordStore } from "./record-store.ts";

/** A request without HTTP. Settles when the answer may leave: what it changed is stored then. */
export type Ask = (request: RestRequest) => Promise<RestResponse>;

export interface DriverOptions {
  /** `undefined`: an effect for a store is a mistake in the server. */
  readonly store: RecordStore | undefined;
  readonly onBug: (error: unknown) => void;
  /** Makes a server that goes on with what is stored, for one that broke when a step was half done. Default: nobody can. */
  readonly replacement?: (() => ServerPort) | undefined;
  /** An input was turned away because too much waits for the store. */
  readonly onOverload?: (() => void) | undefined;
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

/** Steps that may wait for the store; beyond that inputs are turned away, or the memory would fill. */
const MOST_WAITING = 10_000;

export function createDriver(first: ServerPort, options: DriverOptions): Driver {
  const { store } = options;
  let server = first;
  /** Whose storage effects wait, in their order: one that was replaced still hears of its own. */
  const asking: ServerPort[] = [];
  const mayReplace = createReplacementLimit();
  let settleFailure: (error: HarnessError) => void = () => undefined;
  const failure = new Promise<HarnessError>((resolve) => {
    settleFailure = resolve;
  });
  const { answer, ask } = createAsking(options.answer, (input) => give(input));
  let phase: "starting" | "open" | "closing" | "failed" = "starting";

  const fail = (error: HarnessError): void => {
    phase = "failed";
    alarm.close();
    settleFailure(error);
  };

  const perform = (effects: readonly ServerEffect[], by: ServerPort): void => {
    for (const effect of effects) {
      if (effect.kind === "send") options.send(effect.to, effect.bytes);
      else if (effect.kind === "answer") answer(effect.ticket, effect.response);
      else if (queue !== undefined) {
        asking.push(by);
        queue.perform(effect);
      } else throw new Error(`an effect for the store, "${effect.kind}", reached the host: the server has no store`);
    }
  };

  const give = (input: ServerInput, to = server): void => {
    const at = now();
    let next = NEVER;
    try {
      // A deadline due now is served before an input.
      if (to === server && to.deadline <= at && input.kind !== "time") perform(to.handle({ kind: "time" }, at), to);
      perform(to.handle(input, at), to);
      next = server.deadline;
    } catch (error) {
      if (phase === "starting" && store !== undefined) return void fail(unreadable(store, error));
      options.onBug(error);
      if (input.kind === "rest") answer(input.ticket, BROKEN);
      if (error instanceof HalfDoneStep) return void replace(at, error);
      if (to !== first && isStart(input)) return void fail(beyondHelp(error));
      // Whoever breaks on a deadline keeps it: asking again at once would ask for ever.
      next = latest(server.deadline, after(at, seconds(1)));
    }
    alarm.set(next);
  };

  /** What waits for the store is stored before the new server reads, and answered by the old one. */
  const replace = (at: Instant, cause: HalfDoneStep): void => {
    if (options.replacement === undefined || !mayReplace(at)) return void fail(beyondHelp(cause));
    server = options.replacement();
    give({ kind: "start" });
  };

  const alarm = createAlarm(() => give({ kind: "time" }));
  const queue: CommitQueue | undefined =
    store &&
    createCommitQueue({
      store,
      give: (input) => give(input, asking.shift()),
      onFailure: (cause) => fail(broken(store, cause)),
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
      if (phase !== "open") return;
      if ((queue?.waiting ?? 0) < MOST_WAITING) return give(input);
      options.onOverload?.();
      if (input.kind === "rest") answer(input.ticket, OVERLOADED);
    },
    failure,
    async close() {
      if (phase !== "failed") phase = "closing";
      alarm.close();
      await queue?.idle();
    },
  };
}

/** Tells the answers to questions of this process from those that a front waits for. */
function createAsking(answerFront: DriverOptions["answer"], give: (input: ServerInput) => void) {
  let lastTicket = 0;
  const asked = new Map<number, (response: RestResponse) => void>();
  const ask: Ask = (request) =>
    new Promise((resolve) => {
      // The fronts count their tickets upward from 1.
      lastTicket -= 1;
      const ticket = lastTicket;
      asked.set(ticket, resolve);
      give({ kind: "rest", ticket, request });
    });
  return {
    ask,
    answer(ticket: number, response: RestResponse): void {
      const resolve = asked.get(ticket);
      if (resolve === undefined) return void answerFront(ticket, response);
      asked.delete(ticket);
      resolve(response);
    },
  };
}

/** More replacements than this within a minute are no help any more. */
const MOST_REPLACEMENTS = 5;

function createReplacementLimit(): (at: Instant) => boolean {
  let recent: readonly Instant[] = [];
  return (at) => {
    recent = [...recent.filter((earlier) => after(earlier, seconds(60)) > at), at];
    return recent.length <= MOST_REPLACEMENTS;
  };
}

const isStart = ({ kind }: ServerInput): boolean => kind === "start" || kind === "rows";

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

const beyondHelp = (cause: unknown): HarnessError =>
  new HarnessError(
    "server-broken",
    `a mistake in the server: ${text(cause instanceof HalfDoneStep ? cause.cause : cause)}. It has stopped rather than go on with a step that is half done; what is stored is whole, start it again`,
    { cause },
  );

const OVERLOADED = {
  status: 503,
  headers: { "Retry-After": "1" },
  body: { error: { code: 503, message: "Too much waits for the store" } },
} as const;

const BROKEN = {
  status: 500,
  body: { error: { code: 500, message: "A mistake in the server; its log has the stack" } },
} as const;
