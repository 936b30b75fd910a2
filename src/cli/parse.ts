/**
 * Reads a command line: which command, with which option texts. What the texts mean is said by the command's schema.
 *
 * Nothing is executed and nothing is printed here, so that a wrong command line costs nothing and help can be tested.
 */
import yargs, { type Argv } from "yargs";
import { UsageError } from "../platform/errors.ts";
import { nearest } from "../protocol/nearest.ts";
import { type Command, type OptionRow, unknownOption } from "./command.ts";

export type ParsedCommandLine =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "command"; readonly command: Command; readonly texts: Readonly<Record<string, unknown>> };

export interface CommandLineSettings {
  readonly version: string;
  /** Characters per line of help. */
  readonly columns: number;
}

/** @throws UsageError: unknown command, an option without its value, too many or too few arguments */
export async function parseCommandLine(
  argv: readonly string[],
  commands: readonly Command[],
  settings: CommandLineSettings,
): Promise<ParsedCommandLine> {
  const [first] = argv;
  if (first !== undefined && !first.startsWith("-")) refuseUnknownCommand(first, commands);
  let chosen: ParsedCommandLine | undefined;
  let text = "";
  const parser = commands.reduce(
    (built, command) =>
      built.command(patternOf(command), command.about, optionBuilder(command), (parsed) => {
        chosen = { kind: "command", command, texts: textsOf(parsed, command) };
      }),
    baseParser(settings),
  );
  try {
    await parser.parse([...argv], {}, (_error, _parsed, output) => {
      text = output;
    });
  } catch (error) {
    if (!isFromYargs(error)) throw error;
    throw wrongArguments(
      error,
      argv,
      commands.find(({ name }) => name === first),
    );
  }
  if (chosen !== undefined) return chosen;
  const asked = commands.find(({ name }) => name === first);
  if (text !== "") return { kind: "text", text: withoutTypes(text) + notesOf(asked) + examplesOf(asked) };
  throw new UsageError("missing-value", "no command given: fleetproof --help lists the commands");
}

function baseParser(settings: CommandLineSettings): Argv {
  return yargs([])
    .scriptName("fleetproof")
    .locale("en")
    .usage(
      "Finds out whether an LwM2M device-management task server keeps its promises.\n\nUsage: $0 <command> [options]",
    )
    .epilogue(
      "fleetproof <command> --help tells more about a command. Durations have a unit: 500ms, 20s, 5m, 2h, 7d.\nExit codes: 0 pass, 1 fail, 2 inconclusive or set-up fault, 64 wrong command line, 70 bug in fleetproof, 99 a threshold of load is crossed.",
    )
    .parserConfiguration({
      "camel-case-expansion": false,
      "boolean-negation": false,
      "dot-notation": false,
      "duplicate-arguments-array": false,
      "parse-numbers": false,
      "parse-positional-numbers": false,
    })
    .exitProcess(false)
    .fail(false)
    .help("help")
    .version(settings.version)
    .wrap(Math.max(60, Math.min(settings.columns, 110)));
}

/** As yargs wants it; what else a command of many takes is an extra argument to yargs. */
const patternOf = ({ name, positional }: Command): string =>
  positional === undefined ? name : `${name} <${positional.name}>`;

function usageOf({ name, positional }: Command): string {
  if (positional === undefined) return name;
  return `${name} <${positional.name}${positional.many === true ? "…" : ""}>`;
}

const optionBuilder =
  (command: Command) =>
  (built: Argv): Argv => {
    const started = built.usage(`${command.about}\n\nUsage: $0 ${usageOf(command)} [options]`);
    const { positional } = command;
    const placed =
      positional === undefined
        ? started
        : started.positional(positional.name, { type: "string", describe: positional.about });
    const rows = command.options.some(({ group }) => group !== undefined)
      ? command.options.map((option) => ({ group: "Options", ...option }))
      : command.options;
    return rows.reduce((parser, option) => parser.option(option.name, yargsOption(option)), placed);
  };

function yargsOption(option: OptionRow) {
  const shown = option.presetText ?? option.preset;
  const about = option.value === undefined ? option.about : `${option.value}  ${option.about}`;
  const describe = shown === undefined ? about : `${about} [default: ${shown}]`;
  const group = option.group === undefined ? {} : { group: `${option.group}:` };
  return option.value === undefined
    ? ({ type: "boolean", describe, ...group } as const)
    : ({ type: "string", describe, requiresArg: true, ...group } as const);
}

/** Only what the user wrote, and presets: neither yargs' own keys nor options that are absent. */
function textsOf(parsed: Readonly<Record<string, unknown>>, command: Command): Readonly<Record<string, unknown>> {
  const { positional } = command;
  const extra = (parsed._ as readonly unknown[]).slice(1);
  const takesMany = positional?.many === true;
  if (extra.length > 0 && !takesMany)
    throw new UsageError("bad-value", `unexpected argument "${String(extra[0])}" after ${usageOf(command)}`);
  const presets = command.options.flatMap(({ name, preset }) =>
    preset === undefined ? [] : [[name, preset] as const],
  );
  const given = Object.entries(parsed).filter(
    ([name, value]) => !OWN_KEYS.includes(name) && value !== undefined && !isAbsentSwitch(name, value, command),
  );
  const many = takesMany ? { [positional.name]: [parsed[positional.name], ...extra] } : {};
  return { ...Object.fromEntries(presets), ...Object.fromEntries(given), ...many };
}

const OWN_KEYS: readonly string[] = ["_", "$0", "help", "version"];

const isAbsentSwitch = (name: string, value: unknown, command: Command): boolean =>
  value === false && command.options.some((option) => option.name === name && option.value === undefined);

function refuseUnknownCommand(name: string, commands: readonly Command[]): void {
  const names = commands.map((command) => command.name);
  if (names.includes(name)) return;
  const near = nearest(name, names);
  const hint =
    near === undefined
      ? `the commands are ${names.join(", ")}; fleetproof --help tells what they do`
      : `did you mean ${near}?`;
  throw new UsageError("bad-value", `unknown command "${name}": ${hint}`);
}

/** Every option says in words what its value is; "[string]" behind it would only be noise. */
const withoutTypes = (text: string): string => text.replaceAll(/\s*\[(?:string|boolean)\](?: \[required\])?/g, "");

const notesOf = (command: Command | undefined): string =>
  command?.notes === undefined
    ? ""
    : `\n\n${[`${command.notes.title}:`, ...command.notes.lines.map((line) => `  ${line}`)].join("\n")}`;

/** Not wrapped, so that they can be copied. */
const examplesOf = (command: Command | undefined): string =>
  command === undefined ? "" : ["\n\nExamples:", ...command.examples.map((each) => `  fleetproof ${each}`)].join("\n");

/** yargs throws a class of its own, or a plain Error; we never throw a plain one while a command line is read. */
const isFromYargs = (error: unknown): error is Error =>
  error instanceof Error && (error.name === "YError" || error.constructor === Error);

/** The name of the first option that the command does not have. */
function strayOption(argv: readonly string[], command: Command): string | undefined {
  const end = argv.indexOf("--");
  const given = argv.slice(0, end < 0 ? argv.length : end).flatMap((text) => /^--?([a-z][^=]*)/i.exec(text)?.[1] ?? []);
  return given.find((name) => !OWN_KEYS.includes(name) && !command.options.some((option) => option.name === name));
}

/** What yargs says of a command line, in words that name what to do. */
function wrongArguments(cause: Error, argv: readonly string[], command: Command | undefined): UsageError {
  const { message } = cause;
  // A mistyped option first: what is missing was often meant as its value.
  const stray = command === undefined ? undefined : strayOption(argv, command);
  if (command !== undefined && stray !== undefined) return unknownOption(command, stray);
  if (message.startsWith("Not enough non-option arguments") && command?.positional !== undefined) {
    const { name, about } = command.positional;
    return new UsageError("missing-value", `fleetproof ${command.name} needs <${name}>: ${about}`, { cause });
  }
  const option = /^Not enough arguments following: (.+)$/.exec(message)?.[1];
  if (option !== undefined) return new UsageError("missing-value", `--${option} needs a value`, { cause });
  return new UsageError("bad-value", message, { cause });
}
