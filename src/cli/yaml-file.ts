/**
 * YAML (or JSON, which is YAML too) that people write: the value, and where in the text each part of it stands.
 *
 * Spec: YAML 1.2.2.
 */
import { type Document, LineCounter, parseDocument } from "yaml";
import { err, ok, type Result } from "../protocol/result.ts";

export interface YamlText {
  readonly value: unknown;
  /** Line, from 1, of what stands at the path, else of the nearest around it. */
  lineOf(path: readonly PropertyKey[]): number;
}

export interface FileProblem {
  /** From 1. */
  readonly line: number;
  /** Begins with the field, if it is one. */
  readonly message: string;
}

export function parseYaml(text: string): Result<YamlText, FileProblem> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) return err({ line: lines.linePos(broken.pos[0]).line, message: broken.message });
  const value = plainOf(document);
  if (!value.ok) return err({ line: 1, message: value.error });
  return ok({ value: value.value, lineOf: (path) => lineOf(document, path, lines) });
}

/** An alias that points nowhere, or thousands of them, are found only here. */
function plainOf(document: Document): Result<unknown, string> {
  try {
    return ok(document.toJS({ maxAliasCount: 100 }));
  } catch (problem) {
    if (problem instanceof ReferenceError) return err(problem.message);
    throw problem;
  }
}

function lineOf(document: Document, path: readonly PropertyKey[], lines: LineCounter): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (typeof node !== "object" || node === null || !("range" in node) || !Array.isArray(node.range)) continue;
    const [start]: readonly unknown[] = node.range;
    if (typeof start === "number") return lines.linePos(start).line;
  }
  return 1;
}

/** `devices[3].did` */
export const fieldText = (path: readonly PropertyKey[]): string =>
  path.map((key, index) => (typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${String(key)}`)).join("");
