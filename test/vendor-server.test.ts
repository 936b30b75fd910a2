/**
 * The vendor's server of examples/: another design, another language, no code of ours. Verified like anybody's server it
 * is accused of nothing; with a defect switched on it fails by the requirement that the defect breaks. The commands of
 * the tutorial are typed against it.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CommandIo } from "../src/cli/io.ts";
import { run } from "../src/cli/run.ts";
import { createServices } from "../src/cli/wiring.ts";
import { runCampaign } from "../src/harness/campaign/campaign.ts";
import type { LiveAddress } from "../src/harness/execution/target.ts";
import type { ReplayOutcome } from "../src/harness/record/replay-outcome.ts";
import { SavedPlan, type Verdict } from "../src/harness/record/verdict.ts";
import { replaySavedPlan } from "../src/harness/saved/replay.ts";
import { type Child, startChild } from "../src/platform/process.ts";
import { Profile } from "../src/protocol/profile.ts";
import { documentedCommands, shellTexts } from "./docs/documented-commands.ts";
import { readPage } from "./docs/pages.ts";
import { requireTool } from "./tools.ts";

const execute = promisify(execFile);
const ROOT = path.join(import.meta.dirname, "..");
const FOLDER = path.join(ROOT, "examples", "vendor-server");
const PLANS = path.join(FOLDER, "plans");
const text = (...names: string[]): string => readFileSync(path.join(FOLDER, ...names), "utf8");
const profile = Profile.parse(JSON.parse(text("profile.json")));
/** What the profile says. */
const TIMES = ["--ack-timeout", "0.3", "--max-retransmit", "1", "--response-timeout", "1.5", "--awake-window", "3"];

const startVendor = (options: readonly string[]): Promise<Child> =>
  startChild({
    command: process.execPath,
    args: [path.join(FOLDER, "server.js"), "--http", "0", "--coap", "0", ...options],
  });

interface Addresses {
  readonly http: string;
  readonly coap: string;
}

/** @returns what was done with a server of its own */
async function withVendor<T>(defect: string | undefined, work: (addresses: Addresses) => Promise<T>): Promise<T> {
  const child = await startVendor([...TIMES, ...(defect === undefined ? [] : ["--defect", defect])]);
  try {
    return await work(child.ready as Addresses);
  } finally {
    await child.stop();
  }
}

const targetAt = ({ http, coap }: Addresses): LiveAddress => ({
  kind: "live",
  name: "vendor",
  http,
  coap: coap.replace("coap://", ""),
});

/** A busy machine may be too late to tell; then the plan runs again. */
async function replayed(defect: string, isFixed: boolean): Promise<ReplayOutcome> {
  const saved = SavedPlan.parse(JSON.parse(text("plans", `${defect}.plan.json`)));
  return withVendor(isFixed ? undefined : defect, async (addresses) => {
    let outcome = await replaySavedPlan(saved, targetAt(addresses));
    const isUnclear = (): boolean => outcome.kind === "inconclusive" || (!isFixed && outcome.kind === "passes");
    for (let more = 3; more > 0 && isUnclear(); more--) outcome = await replaySavedPlan(saved, targetAt(addresses));
    return outcome;
  });
}

const bothWays = async (defect: string) => ({
  broken: await replayed(defect, false),
  fixed: await replayed(defect, true),
});

const faketime = requireTool(["faketime"], "faketime");
const DEFECTS = readdirSync(PLANS).map((file) => file.replace(".plan.json", ""));

/** All wait most of the time, so all are under way at once. */
const underWay = new Map<string, Promise<unknown>>();
function begin(name: string, work: Promise<unknown>): void {
  // Whoever waits for it learns of a failure.
  work.catch(() => undefined);
  underWay.set(name, work);
}
const resultOf = async <T>(name: string): Promise<T> => (await underWay.get(name)) as T;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), "fleetproof-vendor-"));
  begin(
    "tutorial",
    withVendor("one-task-per-update", (broken) => withVendor(undefined, (sound) => typeAll(broken, sound))),
  );
  begin("sound", withVendor(undefined, campaignAt));
  if (faketime !== undefined) begin("seven days", sevenDays(faketime));
  for (const defect of DEFECTS) begin(defect, bothWays(defect));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function campaignAt(addresses: Addresses): Promise<Verdict> {
  const options = { profile, only: [], require: [], strict: true, shrinkBudget: 0, version: "test" } as const;
  const campaign = () => runCampaign({ target: targetAt(addresses), seed: "vendor", runs: 14, ...options });
  let { verdict } = await campaign();
  for (let more = 2; more > 0 && verdict.outcome === "inconclusive"; more--) ({ verdict } = await campaign());
  return verdict;
}

describe("the vendor's server", () => {
  it("keeps its promises, all that it has declared among them", async () => {
    const verdict = await resultOf<Verdict>("sound");
    expect(verdict.failures.map(({ requirement, expected, actual }) => ({ requirement, expected, actual }))).toEqual(
      [],
    );
    expect(verdict.outcome).toBe("pass");
    expect(verdict.requirements.filter((row) => row.outcome === "pass").length).toBeGreaterThanOrEqual(30);
  });

  it.each(DEFECTS)("fails with %s by the requirement of its plan, and passes without", async (defect) => {
    const requirement = SavedPlan.parse(JSON.parse(text("plans", `${defect}.plan.json`))).requirement;
    expect(text("README.md")).toMatch(new RegExp(`^\\| \`${defect}\` \\|.*\\| ${requirement} \\|$`, "m"));
    const { broken, fixed } = await resultOf<Awaited<ReturnType<typeof bothWays>>>(defect);
    expect(broken).toMatchObject({ kind: "reproduced", finding: { requirement } });
    expect(fixed).toMatchObject({ kind: "passes" });
  });

  it("has a plan for each of its defects, and refuses one that it does not have", async () => {
    const said = await startVendor(["--defect", "nonsense"]).catch((error: Error) => error.message);
    const names = /is none of (.*)$/.exec(String(said))?.[1]?.split(", ") ?? [];
    expect(names.toSorted()).toEqual(DEFECTS.toSorted());
  });
});

interface Ended {
  readonly exit: number;
  readonly out: string;
}

async function typed(argv: readonly string[]): Promise<Ended> {
  let out = "";
  const write = (part: string): void => {
    out += part;
  };
  const io: CommandIo = {
    out: write,
    err: write,
    outIsTerminal: false,
    errIsTerminal: false,
    columns: 80,
    colours: false,
    signal: new AbortController().signal,
  };
  return { exit: await run(argv, io, await createServices()), out };
}

/** A busy machine may be too late to tell, or to see a defect; then the command is typed again. It accuses nobody. */
async function typedUntilClear(argv: readonly string[], expected: number): Promise<Ended> {
  let ended = await typed(argv);
  for (let more = 2; more > 0 && ended.exit !== expected && ended.exit !== 1; more--) ended = await typed(argv);
  return ended;
}

/** The page's addresses are those of the server that the reader has running: the broken one, from `fix` on the sound one. */
async function typeAll(broken: Addresses, sound: Addresses): Promise<readonly Ended[]> {
  const page = readPage("docs/tutorial.md", readFileSync(path.join(ROOT, "docs", "tutorial.md"), "utf8"));
  const commands = shellTexts(page).flatMap(documentedCommands);
  return Promise.all(
    commands.map(({ argv }, index) => {
      const { http, coap } = index < COMMANDS_BEFORE_THE_FIX ? broken : sound;
      const moved = argv.map((word) =>
        word.replace("http://127.0.0.1:8080/v1.1", http).replace("coap://127.0.0.1:5683", coap),
      );
      const at = argv[0] === "replay" ? ["--target", http, "--coap", coap] : [];
      const out = argv[0] === "verify" ? ["--out", path.join(directory, String(index)), "--shrink-budget", "0s"] : [];
      return typedUntilClear([...moved, ...at, ...out], TUTORIAL[index]?.[0] ?? 0);
    }),
  );
}

/** Those of the page, in its order, and how each ends. */
const TUTORIAL: readonly (readonly [exit: number, says: RegExp])[] = [
  [0, /^READY/m],
  [1, /✗ Q-04[\s\S]*^FAIL/m],
  [1, /^REPRODUCED/m],
  [0, /^PASSES/m],
  [0, /^PASS /m],
];
const COMMANDS_BEFORE_THE_FIX = 3;

describe("docs/tutorial.md", () => {
  it("shows commands that end and say what the page tells", async () => {
    const ended = await resultOf<readonly Ended[]>("tutorial");
    expect(ended.map(({ exit }) => exit)).toEqual(TUTORIAL.map(([exit]) => exit));
    for (const [index, [, says]] of TUTORIAL.entries()) expect(ended[index]?.out).toMatch(says);
  });
});

describe.skipIf(faketime === undefined)("a server whose calendar faketime makes fast", () => {
  it("fails a task with 4004 after seven days, and removes its record after thirty", async () => {
    const said = await resultOf<string>("seven days");
    expect(said).toMatch(/^ended .* FAILED 4004, after \d+\.\d\d days$/m);
    expect(said).toMatch(/^removed {2}HTTP 404$/m);
  });
});

/** @returns what examples/vendor-server/seven-days.js says; it throws when it is not content */
async function sevenDays(program: string): Promise<string> {
  const server = [process.execPath, path.join(FOLDER, "server.js"), "--http", "0", "--coap", "0"];
  const child = await startChild({ command: program, args: ["--exclude-monotonic", "-f", "+0 x604800", ...server] });
  const { http, pid } = child.ready as { readonly http: string; readonly pid: number };
  try {
    return (await execute(process.execPath, [path.join(FOLDER, "seven-days.js"), http])).stdout;
  } finally {
    // faketime does not pass signals on; it ends with the program that it has started.
    process.kill(pid, "SIGTERM");
    await child.ended;
  }
}
