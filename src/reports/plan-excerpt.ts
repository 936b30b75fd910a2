/** The lines of a long plan that a screen has room for: those that show the violation and those before them. Pure. */
import { isEvident } from "./plan-text.ts";
import { count } from "./text.ts";

export interface ExcerptLine {
  readonly kind: "plan" | "evident" | "left-out";
  readonly text: string;
}

/** A line after the violation counts as far away as this many lines before it. */
const AFTER = 3;

/** @param most lines of the plan that are kept; what is left out is said in lines of their own */
export function excerpt(lines: readonly string[], most: number): readonly ExcerptLine[] {
  const kinds = kindsOf(lines);
  const kept = new Set(lines.length <= most + 1 ? lines.keys() : nearest(kinds, most));
  const result: ExcerptLine[] = [];
  let left = 0;
  const close = (): void => {
    if (left > 0) result.push({ kind: "left-out", text: `… ${count(left, "line")} more in the report` });
    left = 0;
  };
  for (const [index, text] of lines.entries()) {
    if (!kept.has(index)) {
      left += 1;
      continue;
    }
    close();
    result.push({ kind: kinds[index] ?? "plan", text });
  }
  close();
  return result;
}

function nearest(kinds: readonly ExcerptLine["kind"][], most: number): readonly number[] {
  const marks = kinds.flatMap((kind, index) => (kind === "evident" ? [index] : []));
  // A plan of which no line shows the violation is told from its beginning.
  if (marks.length === 0) return [...kinds.keys()].slice(0, most);
  const distance = (index: number): number =>
    Math.min(...marks.map((mark) => (index <= mark ? mark - index : (index - mark) * AFTER)));
  return [...kinds.keys()].sort((a, b) => distance(a) - distance(b)).slice(0, Math.max(most, marks.length));
}

/** A line that goes on is of the kind of its first one. */
function kindsOf(lines: readonly string[]): readonly ("plan" | "evident")[] {
  let kind: "plan" | "evident" = "plan";
  return lines.map((line) => {
    if (isEvident(line)) kind = "evident";
    else if (!line.startsWith("  ")) kind = "plan";
    return kind;
  });
}
