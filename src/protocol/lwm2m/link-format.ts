/**
 * CoRE link format: the list of objects in Register and Update, and the answer to Discover.
 *
 * Reading is total and a little wider than the grammar: blanks around separators, and any character but quotes,
 * separators and blanks in an unquoted value. Of an attribute given twice the first counts.
 *
 * Spec: RFC 6690 §2; OMA LwM2M Core §6.2.3.
 */
import { err, ok, type Result } from "../result.ts";

/** One link. Spec: RFC 6690 §2. */
export interface Link {
  /** What stands between `<` and `>`, as it came. */
  readonly path: string;
  /** `true` for an attribute without a value; quotes and escapes are taken off. */
  readonly attributes: ReadonlyMap<string, string | true>;
}

const TARGET = /<([^<>]*)>/y;
const NAME = /[A-Za-z0-9!#$&+\-.^_`|~%*]+/y;
const QUOTED = /"([^"\\]*(?:\\[\s\S][^"\\]*)*)"/y;
const UNQUOTED = /[^\s",;\\]+/y;
const BLANKS = /\s*/y;

/** @returns the links in their order, none for an empty text; or what was expected and where */
export function parseLinks(text: string): Result<readonly Link[], string> {
  if (text.trim() === "") return ok([]);
  const links: Link[] = [];
  const scanner = scan(text);
  do {
    scanner.skip();
    const path = scanner.take(TARGET);
    if (path === undefined) return err(`expected <path> at character ${scanner.at()}`);
    const attributes = parseAttributes(scanner);
    if (!attributes.ok) return attributes;
    links.push({ path, attributes: attributes.value });
  } while (scanner.eat(","));
  return scanner.finished() ? ok(links) : err(`expected "," or ";" at character ${scanner.at()}`);
}

function parseAttributes(scanner: Scanner): Result<ReadonlyMap<string, string | true>, string> {
  const attributes = new Map<string, string | true>();
  while (scanner.eat(";")) {
    scanner.skip();
    const name = scanner.take(NAME);
    if (name === undefined) return err(`expected an attribute at character ${scanner.at()}`);
    let value: string | true | undefined = true;
    if (scanner.eat("=")) {
      scanner.skip();
      value = scanner.take(QUOTED)?.replace(/\\([\s\S])/g, "$1") ?? scanner.take(UNQUOTED);
      if (value === undefined) return err(`expected the value of ${name} at character ${scanner.at()}`);
    }
    if (!attributes.has(name)) attributes.set(name, value);
  }
  return ok(attributes);
}

interface Scanner {
  readonly at: () => number;
  readonly finished: () => boolean;
  /** Skips blanks. */
  readonly skip: () => void;
  /** Takes the pattern at this place: its group if it has one, else all of it. */
  readonly take: (pattern: RegExp) => string | undefined;
  /** Skips blanks and this character. False, and nothing but blanks skipped, when it is not there. */
  readonly eat: (character: string) => boolean;
}

function scan(text: string): Scanner {
  let position = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match === null) return undefined;
    position += match[0].length;
    return match[1] ?? match[0];
  };
  const skip = (): void => void take(BLANKS);
  const eat = (character: string): boolean => {
    skip();
    if (text[position] !== character) return false;
    position += 1;
    return true;
  };
  return { at: () => position, finished: () => position === text.length, skip, take, eat };
}

/** Writes links so that `parseLinks` reads them back: numbers and versions bare, every other value quoted. */
export function formatLinks(links: readonly Link[]): string {
  return links.map(({ path, attributes }) => `<${path}>${[...attributes].map(formatAttribute).join("")}`).join(",");
}

const BARE = /^\d+(\.\d+)*$/;

function formatAttribute([name, value]: readonly [string, string | true]): string {
  if (value === true) return `;${name}`;
  return BARE.test(value) ? `;${name}=${value}` : `;${name}="${value.replace(/["\\]/g, "\\$&")}"`;
}
