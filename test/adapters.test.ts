/**
 * The commands of docs/adapters.md do what the page says: a server that does not speak the task API is verified through an
 * adapter in JavaScript and one in Python, over both transports.
 *
 * They run the built program, as a reader does; `npm ci` has built it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, it } from "vitest";
import { PROPERTY_PATHS } from "../src/harness/adapter/property-paths.ts";
import { Verdict } from "../src/harness/record/verdict.ts";
import { documentedCommands, shellTexts } from "./docs/documented-commands.ts";
import { ROOT, readPages } from "./docs/pages.ts";
import { requireTool } from "./tools.ts";

const python = requireTool(["python3"], "python3");
const directory = mkdtempSync(path.join(tmpdir(), "fleetproof-adapters-"));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.stdin?.end();
  rmSync(directory, { recursive: true, force: true });
});

const page = readPages().find(({ name }) => name === "docs/adapters.md");
const commands = page === undefined ? [] : shellTexts(page).flatMap(documentedCommands);
const commandWith = (option: string): readonly string[] =>
  commands.find(({ argv }) => argv.includes(option))?.argv ?? [];

interface Ended {
  readonly code: number | null;
  readonly text: string;
}

function fleetproof(argv: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, ["dist/cli/main.js", ...argv], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
  }
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, text })));
}

/** With few plans instead of 30 s of them. */
async function verify(option: string): Promise<{ readonly ended: Ended; readonly verdict: Verdict }> {
  const argv = commandWith(option);
  const time = argv.indexOf("--time");
  expect([argv[0], time > 0]).toEqual(["verify", true]);
  const out = path.join(directory, option);
  const small = ["--runs", "4", "--families", "mapping", "--seed", "adapters", "--shrink-budget", "0s", "--out", out];
  const ended = await fleetproof([...argv.slice(0, time), ...argv.slice(time + 2), ...small]);
  return { ended, verdict: Verdict.parse(JSON.parse(readFileSync(path.join(out, "verdict.json"), "utf8"))) };
}

function expectPass({ ended, verdict }: Awaited<ReturnType<typeof verify>>, target: string): void {
  expect([ended.code, verdict.outcome, verdict.harnessErrors], ended.text).toEqual([0, "pass", []]);
  expect(verdict).toMatchObject({ target, runs: 4 });
  const of = (outcome: string) => verdict.requirements.filter((row) => row.outcome === outcome).map(({ id }) => id);
  expect(of("pass")).toEqual(expect.arrayContaining(["G-01", "Q-05"]));
  expect(of("not-applicable")).toEqual(expect.arrayContaining(["A-01", "O-01", "S-01"]));
  expect(of("not-applicable")).toHaveLength(11);
}

describe.concurrent("the commands of docs/adapters.md", () => {
  it("verify through a module of JavaScript", async () => {
    expectPass(await verify("--adapter"), "adapter examples/adapter.js");
  });

  it.skipIf(python === undefined)("verify through a program in Python", async () => {
    expectPass(await verify("--adapter-command"), "adapter-command python3 examples/adapter.py");
  });

  it.skipIf(python === undefined)("check an adapter that is reached by HTTP", async () => {
    const child = spawn(python ?? "", ["examples/adapter.py", "--http"], {
      cwd: ROOT,
      stdio: ["pipe", "pipe", "inherit"],
    });
    children.push(child);
    const line = await new Promise<string>((resolve) => createInterface(child.stdout).once("line", resolve));
    const { url } = JSON.parse(line) as { readonly url: string };
    const argv = commandWith("--adapter-url").map((word) => (word === "http://127.0.0.1:9000/" ? url : word));
    expect(argv).toEqual(expect.arrayContaining(["preflight", url]));
    const { code, text } = await fleetproof([...argv, "--json"]);
    const { steps } = JSON.parse(text) as {
      readonly steps: readonly { readonly name: string; readonly outcome: string }[];
    };
    const wrong = steps.filter(({ outcome }) => outcome !== "ok").map(({ name }) => name);
    expect([code, wrong], text).toEqual([0, []]);
    expect(steps.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["a device does a task", "refuses an unknown task", "lets tasks expire"]),
    );
  });
});

describe("docs/adapters.md", () => {
  it("lists each property with its path", () => {
    const lines = readFileSync(path.join(ROOT, "docs", "adapters.md"), "utf8").split("\n");
    const rows = lines.filter((line) => line.startsWith("| `deviceProperties."));
    const listed = rows.flatMap((row) => {
      const [, group = "", path = "", names = ""] = row.split("|").map((cell) => cell.trim().replaceAll("`", ""));
      const resources = names.split(", ").map((text) => text.split(" "));
      return [[group, path], ...resources.map(([id, name]) => [`${group}.${name}`, `${path}/${id}`])];
    });
    expect(listed).toEqual(Object.entries(PROPERTY_PATHS));
  });
});

describe("a module of an adapter that lies elsewhere", () => {
  // In a process of its own: the test runner finds modules in its own way.
  const loads = (file: string): Promise<string> => {
    const program = `import { importDefault } from "./src/platform/modules.ts";
      console.log(JSON.stringify(await importDefault(${JSON.stringify(file)})));`;
    const argv = ["--import", "tsx", "--input-type=module", "--eval", program];
    const child = spawn(process.execPath, argv, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    return new Promise((resolve) => child.on("close", () => resolve(text)));
  };

  it("imports from fleetproof all the same", async () => {
    const file = path.join(directory, "imports.mjs");
    writeFileSync(file, `import { refuse } from "fleetproof"; export default refuse("no", 404);`);
    expect(JSON.parse(await loads(file))).toEqual({ refused: { status: 404, message: "no" } });
  });
});
