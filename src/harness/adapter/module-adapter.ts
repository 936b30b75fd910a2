/**
 * An adapter that is a module of JavaScript: its functions are the verbs.
 */
import { z } from "zod";
import { HarnessError, UsageError } from "../../platform/errors.ts";
import { nearest } from "../../protocol/nearest.ts";
import type { Adapter, VerbOutcome } from "./adapter.ts";
import { checkCapabilities, checkCoap } from "./declaration.ts";
import { thrownText } from "./thrown-text.ts";
import { quoted, VERB_NAMES, VERBS, type Verb } from "./verbs.ts";

type Functions = Readonly<Record<string, unknown>>;

/** What a definition may hold besides verbs. */
const OTHER_FIELDS = ["capabilities", "coap", "start", "close"] as const;
const FIELDS: readonly string[] = [...OTHER_FIELDS, ...VERB_NAMES];

/**
 * @param name of the file, for messages
 * @param definition what the module exports as default
 * @throws UsageError `bad-file`: it is no definition; HarnessError `target-not-usable`: its `start` fails
 */
export async function openModuleAdapter(name: string, definition: unknown): Promise<Adapter> {
  const wrong = (problem: string): UsageError => new UsageError("bad-file", `${name}: ${problem}`);
  if (typeof definition !== "object" || definition === null)
    throw wrong(
      `its default export is ${quoted(definition)} and not a target: export default defineTarget({ … }), as docs/adapters.md shows`,
    );
  const functions = definition as Functions;
  const problem = fieldProblem(functions);
  if (problem !== undefined) throw wrong(problem);
  const verbs = new Set(VERB_NAMES.filter((verb) => functions[verb] !== undefined));
  const capabilities = checkCapabilities(functions.capabilities, verbs);
  if (!capabilities.ok) throw wrong(capabilities.error);
  const started = functions.start === undefined ? functions.coap : await start(name, functions);
  const coap = checkCoap(started);
  if (!coap.ok) throw wrong(coap.error);
  let closed = false;
  return {
    name,
    coap: coap.value,
    capabilities: capabilities.value,
    verbs,
    call: (verb, parameters) => call(functions, verb, parameters),
    async close() {
      if (closed) return;
      closed = true;
      const outcome = await attempt(functions, "close", []);
      if (outcome.kind === "failed") throw new HarnessError("target-not-usable", `${name}: close: ${outcome.reason}`);
    },
  };
}

function fieldProblem(functions: Functions): string | undefined {
  const stray = Object.keys(functions).find((key) => !FIELDS.includes(key));
  if (stray !== undefined) {
    const near = nearest(stray, FIELDS);
    return `there is no "${stray}": ${near === undefined ? `there are ${FIELDS.join(", ")}` : `did you mean ${near}?`}`;
  }
  const noFunction = [...VERB_NAMES, "start", "close"].find(
    (key) => functions[key] !== undefined && typeof functions[key] !== "function",
  );
  if (noFunction !== undefined) return `${noFunction} is ${quoted(functions[noFunction])} and not a function`;
  const { coap, start: starts } = functions;
  if ((coap === undefined) === (starts === undefined))
    return coap === undefined
      ? "coap is missing: the address at which devices reach the server, or a function start that gives it"
      : "give either coap or start";
  return undefined;
}

async function start(name: string, functions: Functions): Promise<unknown> {
  const outcome = await attempt(functions, "start", []);
  if (outcome.kind === "result") return outcome.value;
  const why = outcome.kind === "refused" ? outcome.message : outcome.reason;
  throw new HarnessError("target-not-usable", `${name}: start: ${why}`);
}

function call(functions: Functions, verb: Verb, parameters: Readonly<Record<string, unknown>>): Promise<VerbOutcome> {
  return attempt(
    functions,
    verb,
    VERBS[verb].parameters.map((parameter) => parameters[parameter]),
  );
}

/** A method: what it stands beside is its `this`. */
async function attempt(functions: Functions, key: string, values: readonly unknown[]): Promise<VerbOutcome> {
  const method = functions[key];
  if (typeof method !== "function") return { kind: "result", value: undefined };
  try {
    const value: unknown = await Reflect.apply(method, functions, values);
    const refused = RefusedValue.safeParse(value);
    return refused.success ? { kind: "refused", ...refused.data.refused } : { kind: "result", value };
  } catch (error) {
    return { kind: "failed", reason: `it threw ${thrownText(error)}` };
  }
}

/** The status is one of an error. */
export const RefusedValue = z.strictObject({
  refused: z.strictObject({ status: z.number().int().min(400).max(599).default(400), message: z.string().default("") }),
});
