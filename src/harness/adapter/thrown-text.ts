/** What a function of an adapter threw, in one line: what it says, what caused it, and where in the adapter it came from. */
import { quoted } from "./verbs.ts";

/** What the system says when a connection was never made. */
const NOT_REACHED: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

export function thrownText(error: unknown): string {
  if (!(error instanceof Error)) return quoted(error);
  const [first = error, ...causes] = chain(error);
  const because = causes.map((cause) => `: ${wordsOf(cause)}`).join("");
  const place = placeOf(first);
  const hint = [first, ...causes].some((each) => NOT_REACHED.has(codeOf(each)))
    ? "; does the server run, and is that its address?"
    : "";
  return `${first.name}: ${first.message}${because}${place === undefined ? "" : ` (${place})`}${hint}`;
}

/** No cycle of causes is longer than this. */
const MOST_CAUSES = 5;

/** The error and what caused it; of several that failed side by side, as the addresses of one host, the first. */
function chain(error: Error): readonly Error[] {
  const found = [error];
  for (let next = causeOf(error); next !== undefined && found.length < MOST_CAUSES; next = causeOf(next))
    found.push(next);
  return found;
}

function causeOf(error: Error): Error | undefined {
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  return inner instanceof Error ? inner : undefined;
}

const codeOf = (error: Error): unknown => ("code" in error ? error.code : undefined);

/** Some errors say nothing but their code. */
const wordsOf = (error: Error): string => (error.message === "" ? String(codeOf(error) ?? error.name) : error.message);

/** The first line of the stack that is not inside Node. */
const placeOf = ({ stack = "" }: Error): string | undefined =>
  stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .find((line) => !line.includes("node:"))
    ?.trim();
