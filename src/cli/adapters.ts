/** `--adapter`, `--adapter-command` and `--adapter-url`: reading them, and opening what they name. */
import type { Adapter } from "../harness/adapter/adapter.ts";
import { openHttpAdapter } from "../harness/adapter/http-adapter.ts";
import { openModuleAdapter } from "../harness/adapter/module-adapter.ts";
import { openProcessAdapter } from "../harness/adapter/process-adapter.ts";
import { UsageError } from "../platform/errors.ts";
import { exists } from "../platform/files.ts";
import { importDefault } from "../platform/modules.ts";
import { type Micros, millis } from "../protocol/time.ts";
import { type OptionRow, PositiveDuration, Text } from "./command.ts";

export const ADAPTER_OPTIONS: readonly OptionRow[] = [
  {
    name: "adapter",
    value: "FILE",
    about: "JavaScript module that adapts a server which does not speak the task API, instead of --target",
  },
  {
    name: "adapter-command",
    value: "COMMAND",
    about: "program that does the same in any language, by lines of JSON on its standard streams",
  },
  { name: "adapter-url", value: "URL", about: "the same by HTTP: where it listens" },
  {
    name: "adapter-timeout",
    value: "DURATION",
    about: "time that an adapter has for each answer, the first with its start included",
    presetText: "10s; 2s in preflight, but for the first",
  },
];

export const AdapterSchemas = {
  adapter: Text.optional(),
  "adapter-command": Text.optional(),
  "adapter-url": Text.optional(),
  "adapter-timeout": PositiveDuration.optional(),
};

const OPTIONS = ["adapter", "adapter-command", "adapter-url"] as const;
type AdapterOption = (typeof OPTIONS)[number];

export type AdapterTexts = { readonly [K in AdapterOption]?: string | undefined } & {
  /** Milliseconds. */
  readonly "adapter-timeout"?: number | undefined;
};

export interface AdapterChoice {
  readonly kind: "adapter";
  readonly option: AdapterOption;
  /** A path, a command line, a URL. */
  readonly text: string;
  /** For one answer; absent: as usual. */
  readonly patience?: Micros | undefined;
}

/**
 * @returns `undefined`: none is given
 * @throws UsageError when there are two, or one that cannot be read
 */
export function readAdapter(texts: AdapterTexts): AdapterChoice | undefined {
  const timeout = texts["adapter-timeout"];
  const patience = timeout === undefined ? {} : { patience: millis(timeout) };
  const given = OPTIONS.flatMap((option) => {
    const text = texts[option];
    return text === undefined ? [] : [{ kind: "adapter", option, text, ...patience } as const];
  });
  const [first, second] = given;
  if (second !== undefined)
    throw new UsageError("conflict", `--${first?.option} and --${second.option} name two targets: give one`);
  if (
    first?.option === "adapter-url" &&
    !/^https?:$/.test(URL.canParse(first.text) ? new URL(first.text).protocol : "")
  )
    throw new UsageError("bad-value", `--adapter-url: "${first.text}" is not a URL such as http://127.0.0.1:9000/`);
  if (first?.option === "adapter-command" && wordsOf(first.text) === undefined)
    throw new UsageError("bad-value", `--adapter-command: "${first.text}" has a quote that does not end`);
  return first;
}

/** As records name it, and as `readSavedAdapter` reads it back: `adapter-command python3 adapter.py`. */
export const adapterName = ({ option, text }: AdapterChoice): string => `${option} ${text}`;

/** @returns `undefined`: it names no adapter */
export function readSavedAdapter(name: string): AdapterChoice | undefined {
  const [, option, text] = /^(\S+) (.+)$/s.exec(name) ?? [];
  const known = OPTIONS.find((each) => each === option);
  return known === undefined || text === undefined ? undefined : readAdapter({ [known]: text });
}

/** @throws UsageError `bad-file`: the module is none; HarnessError `target-not-usable`: it does not say what it is */
export async function openAdapter({ option, text, patience }: AdapterChoice): Promise<Adapter> {
  switch (option) {
    case "adapter": {
      if (!(await exists(text))) throw new UsageError("bad-file", `--adapter: there is no file ${text}`);
      return { ...(await openModuleAdapter(text, await importDefault(text))), patience };
    }
    case "adapter-command": {
      const [command = "", ...args] = wordsOf(text) ?? [];
      return openProcessAdapter({ name: text, command, args, patience });
    }
    case "adapter-url":
      return openHttpAdapter({ name: text, url: text, patience });
  }
}

/** The words of a command line; quotes of either kind keep blanks together. `undefined`: one of them does not end. */
export function wordsOf(line: string): readonly string[] | undefined {
  const words = [...line.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) => word);
  if (words.join("") !== line.replaceAll(/"[^"]*"|'[^']*'|\s/g, (part) => (/^\s$/.test(part) ? "" : part)))
    return undefined;
  return words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single ?? ""));
}
