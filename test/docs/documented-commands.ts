/** Every command line that the pages show, as a reader would type it. */
import type { Page } from "./pages.ts";
import { fleetproofArguments, simpleCommands } from "./shell.ts";

export interface DocumentedCommand {
  /** Where it stands: `docs/load.md:7`. */
  readonly place: string;
  readonly page: string;
  /** What follows `fleetproof`. */
  readonly argv: readonly string[];
}

const SHELLS: readonly string[] = ["sh", "bash", "shell", "console"];

export interface ShellText {
  readonly page: string;
  readonly line: number;
  readonly text: string;
  /** What the page has set so far and in this text. */
  readonly variables: ReadonlyMap<string, string>;
}

/** The blocks that are typed into a shell. Of a `console` block these are the lines behind `$ ` with what continues them. */
export function shellTexts(page: Page): readonly ShellText[] {
  const variables = new Map<string, string>();
  return page.blocks
    .filter(({ language }) => SHELLS.includes(language))
    .flatMap(({ language, text, line }) =>
      language === "console"
        ? [...text.matchAll(/^\$ ((?:.*\\\n)*.*)$/gm)].map(({ index, 1: typed = "" }) => ({
            line: line + text.slice(0, index).split("\n").length - 1,
            text: typed,
          }))
        : [{ line, text }],
    )
    .map(({ line, text }) => {
      for (const [, name = "", value = ""] of text.matchAll(/(?<=^|\s)(\w+)=("[^"]*"|'[^']*'|\$\([^)]*\)|\S+)/g))
        variables.set(name, value.replaceAll(/^["']|["']$/g, ""));
      return { page: page.name, line, text, variables: new Map(variables) };
    });
}

/** Those of a text, in its order. A variable that the page does not set, and an argument of `parallel`, count as 0. */
export function documentedCommands({ page, line, text, variables }: ShellText): readonly DocumentedCommand[] {
  const expand = (word: string): string =>
    word
      .replaceAll(/\$\{?(\w+)\}?/g, (_whole, name: string) => variables.get(name) ?? "0")
      .replaceAll(/\$\(date [^)]*\)/g, "2026-01-01T00:00:00Z")
      .replaceAll(/\$\(\([^)]*\)\)|\{[#%]?\}/g, "0");
  return simpleCommands(text).flatMap((words) => {
    const argv = fleetproofArguments(words);
    return argv === undefined ? [] : [{ place: `${page}:${line}`, page, argv: argv.map(expand) }];
  });
}
