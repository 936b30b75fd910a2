/**
 * An adapter that is a process, in any language: it reads questions from standard input and writes answers to standard
 * output, a line of JSON each.
 *
 * One that ends, or writes what is no answer, is gone: all that is asked from then on fails, with the last that it wrote to
 * standard error. That says nothing about the server.
 */

import { type LineProcess, startLineProcess } from "../../platform/line-process.ts";
import type { ChildEnd } from "../../platform/process.ts";
import { pause } from "../../platform/timers.ts";
import type { Micros } from "../../protocol/time.ts";
import type { Adapter, VerbOutcome } from "./adapter.ts";
import { ADAPTER_PATIENCE, tooLate } from "./patience.ts";
import { type Asked, PROTOCOL_VERSION, question, type Reply, readHello, readReply } from "./protocol.ts";

export interface ProcessAdapterOptions {
  /** As messages call it. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** For its first answer, and for its last. Default 10 s. */
  readonly patience?: Micros | undefined;
}

/** @throws HarnessError `target-not-usable`: it does not start, or does not say what it is */
export async function openProcessAdapter(options: ProcessAdapterOptions): Promise<Adapter> {
  const { name, patience = ADAPTER_PATIENCE } = options;
  const talk = new Conversation(options);
  const inTime = async (asked: Asked, parameters: Readonly<Record<string, unknown>>): Promise<VerbOutcome> => {
    const answered = new AbortController();
    const late = pause(patience, answered.signal).then(() => talk.failure(tooLate(patience)));
    const outcome = await Promise.race([talk.ask(asked, parameters), late]);
    answered.abort();
    return outcome;
  };
  try {
    const { closes, ...declaration } = readHello(name, await inTime("hello", { protocol: PROTOCOL_VERSION }));
    let closed = false;
    return {
      name,
      ...declaration,
      patience: options.patience,
      call: (verb, parameters) => talk.ask(verb, parameters),
      async close() {
        if (closed) return;
        closed = true;
        if (closes) await inTime("close", {});
        await talk.stop();
      },
    };
  } catch (error) {
    await talk.stop();
    throw error;
  }
}

class Conversation {
  private readonly child: LineProcess;
  private readonly waiting = new Map<number, (outcome: VerbOutcome) => void>();
  private next = 1;
  /** Why it answers nothing any more. */
  private over: string | undefined;
  private stopping = false;

  constructor({ command, args }: ProcessAdapterOptions) {
    this.child = startLineProcess({ command, args, onLine: (line) => this.hear(line) });
    void this.child.ended.then((end) => this.end(endText(end)));
  }

  ask(asked: Asked, parameters: Readonly<Record<string, unknown>>): Promise<VerbOutcome> {
    if (this.over !== undefined) return Promise.resolve(this.failure(this.over, true));
    const id = this.next++;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.child.write(JSON.stringify(question(id, asked, parameters)));
    });
  }

  failure(reason: string, gone = false): VerbOutcome {
    const said = lastLines(this.child.stderr());
    const whole = said === "" ? reason : `${reason}; it said: ${said}`;
    return gone ? { kind: "failed", reason: whole, gone: true } : { kind: "failed", reason: whole };
  }

  stop(): Promise<ChildEnd> {
    this.stopping = true;
    return this.child.stop();
  }

  private hear(line: string): void {
    if (this.over !== undefined || this.stopping || line.trim() === "") return;
    const reply = readReply(parsed(line));
    if (reply.ok) this.settle(reply.value);
    else this.end(`it wrote ${reply.error} (standard output is for answers alone; a log goes to standard error)`);
  }

  private settle({ id, outcome }: Reply): void {
    const resolve = this.waiting.get(id);
    this.waiting.delete(id);
    if (resolve === undefined) this.end(`it answered question ${id}, which nobody asked`);
    else resolve(outcome.kind === "failed" ? this.failure(outcome.reason) : outcome);
  }

  private end(reason: string): void {
    if (this.over !== undefined) return;
    this.over = reason;
    const failure = this.failure(reason, true);
    for (const resolve of this.waiting.values()) resolve(failure);
    this.waiting.clear();
  }
}

/** What is no JSON is no answer: it stays what it is. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}

const endText = ({ code, signal, stderr }: ChildEnd): string => {
  if (signal !== null) return `it was ended by ${signal}`;
  return code === null ? `it could not be started: ${stderr}` : `it ended with exit code ${code}`;
};

const LAST_LINES = 5;

const lastLines = (text: string): string =>
  text
    .trim()
    .split("\n")
    .slice(-LAST_LINES)
    .map((line) => line.trim())
    .join(" | ");
