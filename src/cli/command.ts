/**
 * What a command is: a row of options, a schema that turns their texts into values, and a function that does the work.
 * Reading the command line itself is parse.ts.
 */
import { z } from "zod";
import { UsageError } from "../platform/errors.ts";
import { parseDuration } from "../protocol/duration.ts";
import type { ExitCode } from "./exit-codes.ts";
import type { CommandIo } from "./io.ts";
import type { Services } from "./services.ts";

export interface OptionRow {
  readonly name: string;
  /** What the value is, as `--help` shows it: `N`, `DURATION`. Absent: a switch. */
  readonly value?: string;
  /** What it does, with its unit. */
  readonly about: string;
  /** Used when the option is absent. */
  readonly preset?: string;
  /** What `--help` shows as default, where the default depends on other options. */
  readonly presetText?: string;
  /** The heading under which `--help` shows it. Default: with the others. */
  readonly group?: string;
}

export interface PositionalRow {
  readonly name: string;
  readonly about: string;
  /** One or more of them: the schema gets an array. */
  readonly many?: true;
}

export interface Command {
  readonly name: string;
  readonly about: string;
  readonly positional?: PositionalRow;
  readonly options: readonly OptionRow[];
  readonly examples: readonly string[];
  /** What `--help` lists besides, with its heading. */
  readonly notes?: { readonly title: string; readonly lines: readonly string[] };
  /** @param texts option texts by name; switches are `true`. @throws UsageError when a value does not fit */
  execute(texts: Readonly<Record<string, unknown>>, services: Services, io: CommandIo): Promise<ExitCode>;
}

export interface CommandDefinition<Options> extends Omit<Command, "execute"> {
  readonly schema: z.ZodType<Options>;
  run(options: Options, services: Services, io: CommandIo): Promise<ExitCode>;
}

/** Puts the schema in front of the work: what `run` gets has been checked. */
export function defineCommand<Options>(definition: CommandDefinition<Options>): Command {
  const { schema, run, ...rest } = definition;
  return {
    ...rest,
    execute: async (texts, services, io) => {
      const parsed = schema.safeParse(texts);
      if (!parsed.success) throw wrongOption(definition, parsed.error);
      return run(parsed.data, services, io);
    },
  };
}

function wrongOption(command: Omit<Command, "execute">, error: z.ZodError): UsageError {
  const [issue] = error.issues;
  const help = `fleetproof ${command.name} --help lists the options`;
  if (issue?.code === "unrecognized_keys") {
    const [name = ""] = issue.keys;
    const near = nearest(
      name,
      command.options.map((option) => option.name),
    );
    const hint = near === undefined ? help : `did you mean --${near}? ${help}`;
    return new UsageError("unknown-option", `unknown option --${name}: ${hint}`);
  }
  const place = String(issue?.path[0] ?? "");
  const name = place === command.positional?.name ? place.toUpperCase() : `--${place}`;
  return new UsageError("bad-value", `${name}: ${issue?.message ?? "does not fit"}`);
}

/** The candidate that a slip of the finger away is closest; `undefined` when none is close. */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(text, candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}

/** Insertions, deletions, replacements, and swaps of two neighbours, from one text to the other. */
function editDistance(from: string, to: string): number {
  let before: readonly number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const swaps = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swapped = swaps ? (before[j - 2] ?? 0) + 1 : replaced;
      next.push(Math.min(replaced, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[to.length] ?? 0;
}

// ── schemas of option values

export const Flag = z.boolean("takes no value").default(false);
export const Text = z.string().min(1, "must not be empty");

/** @returns milliseconds */
export const Duration = z.string().transform((text, context) => {
  const result = parseDuration(text);
  if (result.ok) return result.value;
  context.addIssue({ code: "custom", message: result.error });
  return z.NEVER;
});

export const PositiveDuration = Duration.refine((milliseconds) => milliseconds > 0, "must be longer than nothing");

export const integer = (min: number, max: number) =>
  z.string().transform((text, context) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    context.addIssue({ code: "custom", message: `"${text}" is not a whole number from ${min} to ${max}` });
    return z.NEVER;
  });

/** `Q-,R-04`: the parts between commas. */
export const List = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== ""),
);
