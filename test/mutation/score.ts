/**
 * What a report of Stryker says about each mutated file: killed, explained as equivalent, or survived.
 *
 * Pure. Mutants that Stryker ignored, because they change what is there for readers only, do not count at all.
 */
import { z } from "zod";
import type { Equivalent } from "./equivalents.ts";

const Position = z.object({ line: z.number(), column: z.number() });

/** The part of the mutation testing report schema that is needed here. */
export const MutationReport = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.string(),
      mutants: z.array(
        z.object({
          status: z.string(),
          replacement: z.string().default(""),
          location: z.object({ start: Position, end: Position }),
        }),
      ),
    }),
  ),
});
export type MutationReport = z.infer<typeof MutationReport>;
type Mutant = MutationReport["files"][string]["mutants"][number];

/** What was replaced by what; lines and columns from 1. */
export type Change = Pick<Mutant, "location" | "replacement">;

export interface FileScore {
  /** Its name, without folder. */
  readonly file: string;
  readonly mutants: number;
  readonly killed: number;
  readonly equivalent: number;
  readonly survivors: readonly Survivor[];
}

export interface Survivor {
  readonly file: string;
  /** The text of its first line, without indentation. */
  readonly line: string;
  /** `from → to`. */
  readonly change: string;
  readonly why: string | undefined;
}

export type Explain = (survivor: Omit<Survivor, "why">) => string | undefined;

const FOLDER = "src/reference-server/";
const KILLED = ["Killed", "Timeout"];
const SURVIVED = ["Survived", "NoCoverage"];

export const explainedBy =
  (equivalents: readonly Equivalent[]): Explain =>
  ({ file, line, change }) =>
    equivalents.find((row) => row.file === file && row.line === line && row.changes.includes(change))?.why;

/** One row per file, in the order of their names. */
export function scoreFiles({ files }: MutationReport, explain: Explain): readonly FileScore[] {
  return Object.entries(files)
    .map(([path, { source, mutants }]): FileScore => {
      const file = path.replace(FOLDER, "");
      const lines = source.split("\n");
      const survivors = mutants
        .filter(({ status }) => SURVIVED.includes(status))
        .map((mutant) => {
          const survivor = changeIn(file, lines, mutant);
          return { ...survivor, why: explain(survivor) };
        });
      const killed = mutants.filter(({ status }) => KILLED.includes(status)).length;
      const equivalent = survivors.filter(({ why }) => why !== undefined).length;
      return { file, mutants: killed + survivors.length, killed, equivalent, survivors };
    })
    .sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** Percent killed of all that are not explained as equivalent; one decimal, cut off. */
export function percentKilled({ mutants, killed, equivalent }: Pick<FileScore, "mutants" | "killed" | "equivalent">) {
  const countable = mutants - equivalent;
  return countable === 0 ? 100 : Math.floor((killed * 1000) / countable) / 10;
}

export const total = (scores: readonly FileScore[]): FileScore => ({
  file: "all",
  mutants: scores.reduce((sum, { mutants }) => sum + mutants, 0),
  killed: scores.reduce((sum, { killed }) => sum + killed, 0),
  equivalent: scores.reduce((sum, { equivalent }) => sum + equivalent, 0),
  survivors: scores.flatMap(({ survivors }) => survivors),
});

/** @param lines of the file before the change */
export const changeIn = (file: string, lines: readonly string[], mutant: Change): Omit<Survivor, "why"> => ({
  file,
  line: (lines[mutant.location.start.line - 1] ?? "").trim(),
  change: changeOf(mutant, lines),
});

function changeOf({ location: { start, end }, replacement }: Change, lines: readonly string[]): string {
  const text = lines.slice(start.line - 1, end.line);
  const last = text.length - 1;
  text[last] = (text[last] ?? "").slice(0, end.column - 1);
  text[0] = (text[0] ?? "").slice(start.column - 1);
  return `${collapsed(text.join(" "))} → ${collapsed(replacement)}`;
}

const collapsed = (text: string): string => text.replace(/\s+/g, " ").trim();
