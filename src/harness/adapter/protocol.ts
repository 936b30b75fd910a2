/**
 * The JSON protocol of adapters: one message asks for a verb, one answers. Over the streams of a process each message is
 * a line; over HTTP each question is a POST and its answer the body.
 *
 * Version 1. docs/adapters.md is its specification.
 */
import { z } from "zod";
import { HarnessError } from "../../platform/errors.ts";
import { err, ok, type Result } from "../../protocol/result.ts";
import type { VerbOutcome } from "./adapter.ts";
import { checkCapabilities, checkCoap, type Declaration } from "./declaration.ts";
import { RefusedValue } from "./module-adapter.ts";
import { quoted, shapeProblem, VERB_NAMES, type Verb } from "./verbs.ts";

export const PROTOCOL_VERSION = 1;

/** What may be asked besides the verbs: first, and last. */
export type Asked = Verb | "hello" | "close";

export interface Question {
  readonly id: number;
  readonly verb: Asked;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export const question = (id: number, verb: Asked, parameters: Readonly<Record<string, unknown>>): Question => ({
  id,
  verb,
  arguments: parameters,
});

export interface Reply {
  readonly id: number;
  readonly outcome: VerbOutcome;
}

const Id = z.looseObject({ id: z.number().int() });

/** What an answer says; the error says why it is none. */
export function readReply(value: unknown): Result<Reply, string> {
  const id = Id.safeParse(value);
  if (!id.success) return err(`${quoted(value)} is no answer: it has no id`);
  const { id: number, ...rest } = id.data;
  const outcome = outcomeIn(rest);
  return outcome === undefined
    ? err(`${quoted(value)} is no answer: besides its id it has one of result, refused and error`)
    : ok({ id: number, outcome });
}

function outcomeIn(rest: Readonly<Record<string, unknown>>): VerbOutcome | undefined {
  const [key, ...more] = Object.keys(rest);
  if (more.length > 0) return undefined;
  if (key === "result") return { kind: "result", value: rest.result };
  if (key === "error")
    return { kind: "failed", reason: typeof rest.error === "string" ? rest.error : quoted(rest.error) };
  const refused = RefusedValue.safeParse(rest);
  return refused.success ? { kind: "refused", ...refused.data.refused } : undefined;
}

// ── hello

const Hello = z.strictObject({
  protocol: z.number().int(),
  coap: z.unknown().optional(),
  capabilities: z.unknown().optional(),
  verbs: z.array(z.enum([...VERB_NAMES, "close"])),
});

/** Of an adapter that speaks the protocol. */
export interface SpokenDeclaration extends Declaration {
  /** It wants to be told when all is over. */
  readonly closes: boolean;
}

/** @throws HarnessError `target-not-usable`: it does not say what it is */
export function readHello(name: string, outcome: VerbOutcome): SpokenDeclaration {
  const wrong = (problem: string): HarnessError => new HarnessError("target-not-usable", `${name}: hello: ${problem}`);
  if (outcome.kind === "failed") throw wrong(outcome.reason);
  if (outcome.kind === "refused") throw wrong(outcome.message);
  const parsed = Hello.safeParse(outcome.value);
  if (!parsed.success) throw wrong(shapeProblem(parsed.error, outcome.value));
  const { protocol } = parsed.data;
  if (protocol !== PROTOCOL_VERSION)
    throw wrong(`it speaks version ${protocol} of the protocol, this program version ${PROTOCOL_VERSION}`);
  const verbs = new Set(VERB_NAMES.filter((verb) => parsed.data.verbs.includes(verb)));
  const capabilities = checkCapabilities(parsed.data.capabilities, verbs);
  if (!capabilities.ok) throw wrong(capabilities.error);
  const coap = checkCoap(parsed.data.coap);
  if (!coap.ok) throw wrong(coap.error);
  return { coap: coap.value, capabilities: capabilities.value, verbs, closes: parsed.data.verbs.includes("close") };
}
