/**
 * The vendor's server of examples/: another design, another language, no code of ours. Verified like anybody's server it
 * is accused of nothing; with a defect switched on it fails by the requirement that the defect breaks.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { runCampaign } from "../src/harness/campaign.ts";
import type { Verdict } from "../src/harness/record/verdict.ts";
import { type Child, startChild } from "../src/platform/process.ts";
import { Profile } from "../src/protocol/profile.ts";
import type { FamilyName } from "../src/scenarios/families/names.ts";
import { requireTool } from "./tools.ts";

const execute = promisify(execFile);
const FOLDER = path.join(import.meta.dirname, "..", "examples", "vendor-server");
const profile = Profile.parse(JSON.parse(readFileSync(path.join(FOLDER, "profile.json"), "utf8")));
/** What the profile says. */
const TIMES = ["--ack-timeout", "0.3", "--max-retransmit", "1", "--response-timeout", "1.5", "--awake-window", "3"];

const startVendor = (options: readonly string[]): Promise<Child> =>
  startChild({
    command: process.execPath,
    args: [path.join(FOLDER, "server.js"), "--http", "0", "--coap", "0", ...options],
  });

interface Campaign {
  readonly seed: string;
  readonly runs: number;
  readonly families?: readonly FamilyName[];
}

async function verified(options: readonly string[], campaign: Campaign): Promise<Verdict> {
  const child = await startVendor([...TIMES, ...options]);
  const { http, coap } = child.ready as { readonly http: string; readonly coap: string };
  try {
    const target = { kind: "live", name: "vendor", http, coap: coap.replace("coap://", "") } as const;
    const rest = { profile, only: [], require: [], strict: true, shrinkBudget: 0, version: "test" } as const;
    return (await runCampaign({ target, ...rest, ...campaign })).verdict;
  } finally {
    const { stderr } = await child.stop();
    if (stderr !== "") throw new Error(stderr);
  }
}

/** Seeds whose few plans bring about what the defect spoils. */
const DEFECTS: readonly (readonly [string, string, Campaign])[] = [
  ["one-task-per-update", "Q-04", { families: ["lifetime"], seed: "v202", runs: 14 }],
  ["retry-by-timer", "R-06", { families: ["retry"], seed: "v67", runs: 14 }],
  ["absent-devices-never-expire", "E-05", { families: ["expiry"], seed: "v83", runs: 22 }],
  ["method-not-allowed-as-invalid", "M-05", { families: ["mapping"], seed: "v118", runs: 14 }],
  ["second-location", "G-03", { families: ["registration"], seed: "v23", runs: 14 }],
  ["repeats-as-new-message", "R-07", { families: ["idempotence"], seed: "v146", runs: 10 }],
];

/** Campaigns wait most of the time, so all are under way at once. */
const campaigns = new Map<string, Promise<Verdict>>();
const started = (name: string, campaign: Promise<Verdict>): void => {
  // Whoever waits for it learns of a failure.
  campaign.catch(() => undefined);
  campaigns.set(name, campaign);
};
beforeAll(() => {
  started("none", verified([], { seed: "vendor", runs: 24 }));
  for (const [defect, , campaign] of DEFECTS) started(defect, verified(["--defect", defect], campaign));
});

const verdictOf = async (name: string): Promise<Verdict> => {
  const verdict = await campaigns.get(name);
  if (verdict === undefined) throw new Error(`no campaign is called ${name}`);
  return verdict;
};

describe("the vendor's server", () => {
  it("keeps its promises, all that it has declared among them", async () => {
    const { failures, outcome, requirements } = await verdictOf("none");
    expect(failures.map(({ requirement, expected, actual }) => ({ requirement, expected, actual }))).toEqual([]);
    expect(outcome).toBe("pass");
    expect(requirements.filter((row) => row.outcome === "pass").length).toBeGreaterThanOrEqual(30);
  });

  it.each(DEFECTS)("fails with %s by %s", async (defect, requirement) => {
    const { outcome, requirements } = await verdictOf(defect);
    expect(requirements.filter(({ violations }) => violations > 0).map(({ id }) => id)).toContain(requirement);
    expect(outcome).toBe("fail");
  });

  it("says what it takes, and refuses a defect that it does not have", async () => {
    await expect(startVendor(["--defect", "nonsense"])).rejects.toThrow(/nonsense is none of one-task-per-update/);
    const help = readFileSync(path.join(FOLDER, "README.md"), "utf8");
    for (const [defect] of DEFECTS) expect(help).toContain(`\`${defect}\``);
  });
});

const faketime = requireTool(["faketime"], "faketime");

describe.skipIf(faketime === undefined)("a server whose calendar faketime makes fast", () => {
  it("fails a task with 4004 after seven days, and removes its record after thirty", async () => {
    const server = [process.execPath, path.join(FOLDER, "server.js"), "--http", "0", "--coap", "0"];
    const child = await startChild({
      command: faketime ?? "",
      args: ["--exclude-monotonic", "-f", "+0 x604800", ...server],
    });
    const { http, pid } = child.ready as { readonly http: string; readonly pid: number };
    try {
      const { stdout } = await execute(process.execPath, [path.join(FOLDER, "seven-days.js"), http]);
      expect(stdout).toMatch(/^ended .* FAILED 4004, after \d+\.\d\d days$/m);
      expect(stdout).toMatch(/^removed {2}HTTP 404$/m);
    } finally {
      // faketime does not pass signals on; it ends with the program that it has started.
      process.kill(pid, "SIGTERM");
      await child.ended;
    }
  });
});
