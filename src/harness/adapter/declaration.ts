/**
 * What an adapter says of itself, checked: where its server is reached, what that can do, and which verbs there are.
 */
import type { z } from "zod";
import { nearest } from "../../protocol/nearest.ts";
import { err, ok, type Result } from "../../protocol/result.ts";
import { Capabilities, unsupported } from "./capabilities.ts";
import { NEEDED_VERBS, quoted, shapeProblem, type Verb } from "./verbs.ts";

export interface Declaration {
  /** `coap://127.0.0.1:5683` */
  readonly coap: string;
  readonly capabilities: Capabilities;
  readonly verbs: ReadonlySet<Verb>;
}

/** What is wrong with it: field and remedy. */
export function checkCapabilities(value: unknown, verbs: ReadonlySet<Verb>): Result<Capabilities, string> {
  const parsed = Capabilities.safeParse(value);
  if (!parsed.success) return err(capabilityProblem(parsed.error, value));
  const missing = NEEDED_VERBS.find((verb) => !verbs.has(verb));
  if (missing !== undefined) return err(`${missing} is missing: each adapter has it`);
  const [empty] = unsupported(parsed.data, verbs);
  if (empty === undefined) return ok(parsed.data);
  return err(`capabilities.${empty.capability} is declared and needs the verb ${empty.verb}, which is missing`);
}

function capabilityProblem(error: z.ZodError, value: unknown): string {
  const [issue] = error.issues;
  if (issue?.code !== "unrecognized_keys" || issue.path.length > 0)
    return `capabilities${place(shapeProblem(error, value))}`;
  const [key = ""] = issue.keys;
  const names = Object.keys(Capabilities.shape);
  const near = nearest(key, names);
  const hint = near === undefined ? `there are ${names.join(", ")}` : `did you mean ${near}?`;
  return `capabilities: there is no "${key}": ${hint}`;
}

/** Behind `capabilities`: `.expiry.minSeconds: …`, or `: …`. */
const place = (problem: string): string => (/^[\w.[\]]+: /.test(problem) ? `.${problem}` : `: ${problem}`);

function isCoapUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === "coap:" && url.hostname !== "";
}

export function checkCoap(value: unknown): Result<string, string> {
  if (typeof value === "string" && isCoapUrl(value)) return ok(value);
  return err(`coap: ${quoted(value)} is not an address such as coap://127.0.0.1:5683`);
}
