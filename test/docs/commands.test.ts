/**
 * The commands of the pages work: each runs in this process with small numbers, or is parsed down to the values of its
 * options where it cannot run here; treatments.ts says which and why.
 */
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CommandIo } from "../../src/cli/io.ts";
import { parseCommandLine } from "../../src/cli/parse.ts";
import { COMMANDS, run } from "../../src/cli/run.ts";
import type { RunningServer, Services } from "../../src/cli/services.ts";
import { createServices } from "../../src/cli/wiring.ts";
import { startServer } from "../../src/reference-server/adapters/serve.ts";
import { SHIPPED_PROFILES } from "../../src/scenarios/profiles/shipped-profiles.ts";
import { documentedCommands, shellTexts } from "./documented-commands.ts";
import { ROOT, readPages } from "./pages.ts";
import { simpleCommands } from "./shell.ts";
import { type Place, treatmentOf } from "./treatments.ts";

const pages = readPages();
const texts = pages.flatMap(shellTexts);
const commands = texts.flatMap(documentedCommands);
const names = COMMANDS.map(({ name }) => name);

const home = process.cwd();
let directory: string;
let services: Services;
let server: RunningServer;
let place: Place;

beforeAll(async () => {
  services = { ...(await createServices()), smallestExample: async () => undefined };
  server = await startServer({ profile: SHIPPED_PROFILES.live, http: 0, coap: 0, open: true });
  directory = mkdtempSync(path.join(tmpdir(), "fleetproof-docs-"));
  process.chdir(directory);
  layOutFiles();
  let number = 0;
  place = { http: server.http, coap: server.coap, next: () => number++ };
  await typed("verify --mutant retry-by-timer --families retry --runs 12 --jobs 1 --seed docs --shrink-budget 1s");
  const failure = readdirSync("fleetproof-out/failures")[0] ?? "";
  cpSync(`fleetproof-out/failures/${failure}/shrunk.json`, "stand-in.json");
});

afterAll(async () => {
  process.chdir(home);
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

/** What the pages take for given: the files of the checkout, and those that a reader has written. */
function layOutFiles(): void {
  for (const name of ["examples", "docs", "package.json"]) symlinkSync(path.join(ROOT, name), name);
  cpSync("examples/devices.json", "house.yaml");
  cpSync("examples/load.yaml", "load.yaml");
  writeFileSync("fleet.yaml", "formatVersion: 1\ngroups: [{ name: all, share: 1 }]\n");
  writeFileSync("admin-token", "secret\n");
}

const typed = (line: string) => perform(line.split(" "));

/** Runs a command; `serve` is stopped as soon as it is ready. */
async function perform(argv: readonly string[]): Promise<{ readonly exit: number; readonly text: string }> {
  const stop = new AbortController();
  let text = "";
  const io: CommandIo = {
    out(part) {
      text += part;
      if (part.startsWith('{"ready":true')) stop.abort();
    },
    err(part) {
      text += part;
    },
    outIsTerminal: false,
    errIsTerminal: false,
    columns: 100,
    colours: false,
    signal: stop.signal,
  };
  return { exit: await run(argv, io, services), text };
}

async function check(argv: readonly string[]): Promise<void> {
  const shown = argv.filter((word) => word !== "…");
  // A parser of one command is made in a tenth of the time that one of all takes.
  const asked = COMMANDS.filter(({ name }) => name === argv[0]);
  const parsed = await parseCommandLine(shown, asked.length === 0 ? COMMANDS : asked, {
    version: "0.0.0",
    columns: 80,
  });
  if (parsed.kind === "command") parsed.command.check(parsed.texts);
}

describe("the commands of the pages", () => {
  it("are all found: no block names one that was overlooked", () => {
    const pattern = new RegExp(`\\b(?:fleetproof(?: --)?|cli/main\\.[jt]s) (?:${names.join("|")})(?= |$|['"])`, "gm");
    const withoutComments = ({ text }: { readonly text: string }): string => text.replaceAll(/(^|\s)#.*$/gm, "");
    for (const text of texts) {
      const named =
        withoutComments(text)
          .replaceAll(/\\\n\s*/g, " ")
          .match(pattern)?.length ?? 0;
      const found = documentedCommands(text).filter(({ argv }) => names.includes(argv[0] ?? "")).length;
      expect(found, `${text.page}:${text.line}`).toBe(named);
    }
    expect(commands.length).toBeGreaterThan(10);
  });

  it.each(pages.filter(({ name }) => commands.some(({ page }) => page === name)).map(({ name }) => name))(
    "of %s run, or can be parsed",
    async (name) => {
      for (const { argv, place: where } of commands.filter(({ page }) => page === name)) {
        await expect(check(argv), `${where}: fleetproof ${argv.join(" ")}`).resolves.toBeUndefined();
        const treatment = treatmentOf(argv, place);
        if (treatment.kind === "parse") continue;
        const { exit, text } = await perform(treatment.argv);
        expect(treatment.exits, `${where}: fleetproof ${treatment.argv.join(" ")}\n${text}`).toContain(exit);
      }
    },
  );

  it("that --help gives as examples can be parsed", async () => {
    const examples = COMMANDS.flatMap((command) => command.examples);
    for (const example of examples) {
      const [words = []] = simpleCommands(example);
      await expect(check(words), example).resolves.toBeUndefined();
    }
  });

  it("name files of the checkout that are there, and scripts that npm knows", () => {
    const { scripts } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    for (const { page, line, text } of texts) {
      for (const words of simpleCommands(text)) {
        const missing = words
          .map((word) => word.replace(/^\.\//, ""))
          .filter((word) => /^(?:examples|docs|src|test|bench)\/[\w./-]+$/.test(word))
          .filter((word) => !existsSync(path.join(ROOT, word)));
        expect(missing, `${page}:${line}`).toEqual([]);
        const script =
          words[0] === "npm" && words[1] === "run" ? words.slice(2).find((word) => !word.startsWith("-")) : undefined;
        if (script !== undefined) expect(Object.keys(scripts), `${page}:${line}`).toContain(script);
      }
    }
  });

  it("are spoken of with options that they have", () => {
    const unknown = pages.flatMap(({ name, spans }) =>
      spans.flatMap((span) => {
        const [, word = "", rest = ""] = /^(?:npx )?(?:fleetproof )?([a-z]+)( .*)$/.exec(span) ?? [];
        const command = COMMANDS.find((each) => each.name === word);
        const options = [...rest.matchAll(/(?<= )--([a-z][a-z-]*[a-z])/g)].map(([, option = ""]) => option);
        const known = ["help", "version", ...(command?.options ?? []).map((option) => option.name)];
        return command === undefined
          ? []
          : options.filter((option) => !known.includes(option)).map((option) => `${name}: ${word} --${option}`);
      }),
    );
    expect(unknown).toEqual([]);
  });
});
