/**
 * What a command is: a row of options, a schema that turns their texts into values, and a function that does the work.
 * Reading the command line itself is parse.ts.
 */
import { z } from "zod";
import { UsageError } from "../platform/errors.ts";
import { parseDuration } from "../protocol/duration.ts";
import { nearest } from "../protocol/nearest.ts";
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
  /**
   * Looks at the values without doing anything.
   *
   * @param texts option texts by name; switches are `true`
   * @throws UsageError when a value does not fit, or an option is not known
   */
  check(texts: Readonly<Record<string, unknown>>): void;
  /** Checks the texts, and does the work. @throws UsageError as `check`, and for what only the work can find out */
  execute(texts: Readonly<Record<string, unknown>>, services: Services, io: CommandIo): Promise<ExitCode>;
}

export interface CommandDefinition<Options> extends Omit<Command, "check" | "execute"> {
  readonly schema: z.ZodType<Options>;
  run(options: Options, services: Services, io: CommandIo): Promise<ExitCode>;
}

/** Puts the schema in front of the work: what `run` gets has been checked. */
export function defineCommand<Options>(definition: CommandDefinition<Options>): Command {
  const { schema, run, ...rest } = definition;
  const read = (texts: Readonly<Record<string, unknown>>): Options => {
    const parsed = schema.safeParse(texts);
    if (parsed.success) return parsed.data;
    throw wrongOption(definition, parsed.error, texts);
  };
  return {
    ...rest,
    check: (texts) => void read(texts),
    execute: async (texts, services, io) => run(read(texts), services, io),
  };
}

function wrongOption(
  command: Omit<Command, "check" | "execute">,
  error: z.ZodError,
  texts: Readonly<Record<string, unknown>>,
): UsageError {
  // A value that is missing is often there under a misspelt name.
  const issue = error.issues.find(({ code }) => code === "unrecognized_keys") ?? error.issues[0];
  if (issue?.code === "unrecognized_keys") return unknownOption(command, issue.keys[0] ?? "");
  const place = String(issue?.path[0] ?? "");
  const name = place === command.positional?.name ? place.toUpperCase() : `--${place}`;
  const message = issue?.code === "invalid_value" ? noneOf(issue.values, texts[place]) : issue?.message;
  return new UsageError("bad-value", `${name}: ${message ?? "does not fit"}`);
}

/** An option that the command does not have, with the nearest that it has. */
export function unknownOption(command: Pick<Command, "name" | "options">, name: string): UsageError {
  const near = nearest(
    name,
    command.options.map((option) => option.name),
  );
  const help = `fleetproof ${command.name} --help lists the options`;
  const hint = near === undefined ? help : `did you mean --${near}? ${help}`;
  return new UsageError("unknown-option", `unknown option --${name}: ${hint}`);
}

function noneOf(values: readonly unknown[], given: unknown): string {
  const names = values.map(String);
  const near = nearest(String(given), names);
  return `"${given}" is none of ${names.join(", ")}${near === undefined ? "" : `: did you mean ${near}?`}`;
}

// ── schemas of option values

export const Flag = z.boolean("takes no value").default(false);
export const Text = z.string().min(1, "must not be empty");
/** What plans are drawn from, and what stands in names and paths. */
export const Seed = Text.regex(/^[\w.:-]{1,48}$/, "must be 1 to 48 letters, figures or any of . : _ -");

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
