/** Commands that work on saved plans and histories, with the real harness and the simulated servers. */
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { judged } from "../harness/failures/failures.ts";
import { historyText } from "../harness/history/history-file.ts";
import { judge } from "../harness/oracle/oracle.ts";
import { readSavedPlan } from "../harness/record/formats.ts";
import { savedPlan } from "../harness/saved/record-files.ts";
import { replaySavedPlan } from "../harness/saved/replay.ts";
import { simulate } from "../harness/simulation/simulate.ts";
import { MUTANTS, mutantById } from "../mutants/all-mutants.ts";
import { buildServer } from "../mutants/mutant.ts";
import { exists, readText, writeJson, writeText } from "../platform/files.ts";
import { uniqueName } from "../platform/hash.ts";
import { ARTIK } from "../protocol/profile.ts";
import { generatePlan } from "../scenarios/generate.ts";
import type { Plan } from "../scenarios/plan.ts";
import { run } from "./run.ts";
import { testBench } from "./test-kit.ts";

const MUTANT = "retransmits-with-new-message-id";
const REQUIREMENT = mutantById(MUTANT)?.requirement ?? "";

const newDirectory = (): string => path.join(tmpdir(), `fleetproof-${uniqueName()}`);

const findingOf = (plan: Plan, mutant: string | undefined) => {
  const build = buildServer(mutant === undefined ? undefined : mutantById(mutant));
  const history = simulate(plan, build);
  return { history, finding: judged(plan, history, REQUIREMENT).finding };
};

const FAILING = ((): Plan => {
  for (let index = 0; index < 500; index++) {
    const plan = generatePlan({ seed: "saved-plans", index, profile: ARTIK, mode: "sim" });
    if (findingOf(plan, MUTANT).finding !== undefined) return plan;
  }
  throw new Error("the mutant is not caught");
})();

const ALL_BROKEN = judge(FAILING, findingOf(FAILING, MUTANT).history).tallies.flatMap(({ requirement, findings }) =>
  findings.length > 0 ? [requirement] : [],
);

/** `plan.json` and `history.ndjson` of the failing plan, as a record has them. */
async function failure(): Promise<string> {
  const directory = newDirectory();
  const { history, finding } = findingOf(FAILING, MUTANT);
  if (finding === undefined) throw new Error("no finding");
  const origin = { fleetproof: "0.1.0", target: "sim", mutant: MUTANT, exact: true };
  await writeJson(path.join(directory, "plan.json"), savedPlan(FAILING, finding, history, origin));
  await writeText(path.join(directory, "history.ndjson"), historyText(history));
  return directory;
}

async function command(argv: readonly string[], prepare: (bench: ReturnType<typeof testBench>) => void = () => {}) {
  const bench = testBench({
    mutants: MUTANTS,
    serverFor: (id) => buildServer(id === undefined ? undefined : mutantById(id)),
    replaySavedPlan,
  });
  prepare(bench);
  const code = await run(argv, bench.io, bench.services);
  return { code, out: bench.out(), err: bench.err() };
}

describe("replay", () => {
  it("finds the recorded history again, event by event", async () => {
    const { code, out } = await command(["replay", path.join(await failure(), "plan.json")]);
    expect([code, out.split("  ")[0]]).toEqual([1, "REPRODUCED"]);
    expect(out).toContain("the same as the recorded one, event by event");
  });

  it("names the event when one line of the recorded history is another one, and the plan has its hash", async () => {
    const directory = await failure();
    const file = path.join(directory, "history.ndjson");
    const lines = (await readText(file)).split("\n");
    await writeText(file, lines.with(6, (lines[6] ?? "").replace(/"at":\d+/, '"at":7')).join("\n"));
    const plan = path.join(directory, "plan.json");
    await writeText(plan, (await readText(plan)).replace(/"historyHash": "sha256:./, '"historyHash": "sha256:x'));
    const { code, out } = await command(["replay", plan]);
    expect(code).toBe(1);
    expect(out.replaceAll(/\s+/g, " ")).toMatch(
      /differs from the recorded one, first at event 5, recorded as .*"at":7,/,
    );
  });

  it("writes the run with --out, whatever it showed: a plan that replays, its history, a capture", async () => {
    const [from, out] = [await failure(), newDirectory()];
    const held = await command(["replay", path.join(from, "plan.json"), "--target", "sim", "--out", out]);
    expect([held.code, held.out]).toEqual([0, expect.stringMatching(new RegExp(`  ${REQUIREMENT} .* examined`))]);
    expect(held.out).toContain(`  written   ${out}\n`);
    expect((await command(["replay", path.join(out, "plan.json")])).out).toContain("the same as the recorded one");
    expect((await command(["recheck", path.join(out, "history.ndjson")])).code).toBe(0);
    const all = newDirectory();
    expect((await command(["replay", from, "--out", all])).code).toBe(1);
    const again = await readSavedPlan(path.join(all, "plan", "plan.json"));
    expect(again).toMatchObject({ requirement: REQUIREMENT, mutant: MUTANT });
    expect(await exists(path.join(all, "plan", "history.pcapng"))).toBe(true);
  });

  it("replays every plan below a directory, one line each, and ends with the worst", async () => {
    const directory = newDirectory();
    for (const name of ["a", "b"]) {
      const from = await failure();
      for (const file of ["plan.json", "history.ndjson"])
        await writeText(path.join(directory, name, file), await readText(path.join(from, file)));
    }
    await writeText(path.join(directory, "c/plan.json"), '{"formatVersion":9}');
    const broken = await command(["replay", directory]);
    expect(broken.code).toBe(1);
    expect(broken.out.split("\n").map((line) => line.slice(0, 17).trim())).toEqual([
      "REPRODUCED",
      "REPRODUCED",
      "ERROR",
      "",
      "3 plans: 1 error,",
      "",
    ]);
    expect(broken.out).toContain("saved plan format 9 is newer than this version reads (1)");
    const fixed = await command(["replay", directory, "--target", "sim", "--json"]);
    expect(fixed.code).toBe(2);
    expect(JSON.parse(fixed.out)).toMatchObject({
      interrupted: false,
      plans: [{ outcome: "passes" }, { outcome: "passes" }, { outcome: "error" }],
    });
    const healthy = await command(["replay", path.join(directory, "a"), "--target", "sim"]);
    expect([healthy.code, healthy.out.slice(0, 5)]).toEqual([0, "FIXED"]);
  });

  it("does not fail for what the expectations name, on one plan and on a directory", async () => {
    const directory = await failure();
    const file = path.join(newDirectory(), "expected.json");
    await writeJson(file, { formatVersion: 1, broken: ALL_BROKEN.map((requirement) => ({ requirement })) });
    const one = await command(["replay", path.join(directory, "plan.json"), "--expectations", file]);
    expect([one.code, one.out]).toEqual([
      0,
      expect.stringMatching(/^REPRODUCED.*\n[\s\S]*\nknown to be broken: .*\n$/),
    ]);
    const all = await command(["replay", directory, "--expectations", file]);
    expect([all.code, all.out.slice(0, 5)]).toEqual([0, "KNOWN"]);
    const json = await command(["replay", directory, "--expectations", file, "--json"]);
    expect(JSON.parse(json.out)).toMatchObject({ expectations: { known: ALL_BROKEN, unexpected: [], stale: [] } });
  });

  it("fails for what the expectations do not name, and for what they name and is kept", async () => {
    const directory = await failure();
    const file = path.join(newDirectory(), "expected.json");
    await writeJson(file, { formatVersion: 1, broken: [] });
    const unknown = await command(["replay", directory, "--expectations", file]);
    expect([unknown.code, unknown.out]).toEqual([1, expect.stringContaining("not in the file: ")]);
    await writeJson(file, { formatVersion: 1, broken: [{ requirement: REQUIREMENT }] });
    for (const where of [directory, path.join(directory, "plan.json")]) {
      const stale = await command(["replay", where, "--target", "sim", "--expectations", file]);
      expect([stale.code, stale.out]).toEqual([
        1,
        expect.stringContaining(`stale: ${REQUIREMENT} in ${file}, but kept`),
      ]);
    }
    await writeText(path.join(directory, "c/plan.json"), '{"formatVersion":9}');
    const unsure = await command(["replay", directory, "--target", "sim", "--expectations", file]);
    expect([unsure.code, unsure.out]).toEqual([2, expect.not.stringContaining("stale")]);
  });

  it("refuses --strict without expectations, and expectations that cannot be read", async () => {
    const plan = path.join(await failure(), "plan.json");
    expect((await command(["replay", plan, "--strict"])).err).toContain("--strict goes with --expectations");
    expect((await command(["replay", plan, "--expectations", plan])).code).toBe(64);
  });

  it("refuses a directory without plans, and a place where nothing is", async () => {
    const empty = newDirectory();
    await writeText(path.join(empty, "run.json"), "{}");
    expect((await command(["replay", empty])).code).toBe(64);
    expect((await command(["replay", newDirectory()])).err).toContain("does not exist");
  });
});

describe("recheck", () => {
  it("judges a failure from its history alone: exit code 1, and nothing differs", async () => {
    const { code, out } = await command(["recheck", await failure(), "--only", REQUIREMENT]);
    expect(code).toBe(1);
    expect(out).toContain("The same as recorded: 1 finding.");
    expect(out).toMatch(new RegExp(`^FAIL {2}broken: ${REQUIREMENT}$`, "m"));
  });

  it("prints one JSON document", async () => {
    const { out } = await command(["recheck", await failure(), "--only", REQUIREMENT, "--json"]);
    expect(JSON.parse(out)).toMatchObject({ outcome: "fail", histories: 1, same: 1, differences: [], unreadable: [] });
  });

  it("ends with exit code 2 where there is nothing to judge or nothing can be read, and names the line", async () => {
    const directory = await failure();
    await writeText(path.join(directory, "history.ndjson"), '{"formatVersion":7}\n');
    const { code, out } = await command(["recheck", directory]);
    expect([code, out.replaceAll(/\s+/g, " ")]).toEqual([2, expect.stringContaining("history format 7 is newer")]);
    const nothing = newDirectory();
    await writeText(path.join(nothing, "run.json"), "{}");
    expect(await command(["recheck", nothing])).toMatchObject({ code: 2, out: "" });
  });

  it("refuses a place where nothing is, and an id that no requirement has", async () => {
    expect((await command(["recheck", newDirectory()])).code).toBe(64);
    expect((await command(["recheck", await failure(), "--only", "X-"])).code).toBe(64);
  });
});

describe("shrink", () => {
  const sizeOf = ({ operations, faults }: Plan): number => operations.length + faults.length;

  it("writes a smaller plan that breaks the same requirement, with its history, beside the file", async () => {
    const directory = await failure();
    const { code, out } = await command(["shrink", path.join(directory, "plan.json")]);
    expect([code, out.split("\n")[0]]).toEqual([0, `${REQUIREMENT} still fails.`]);
    const small = await readSavedPlan(path.join(directory, "shrunk.json"));
    expect(small).toMatchObject({ requirement: REQUIREMENT, target: "sim", mutant: MUTANT });
    expect(sizeOf(small.plan)).toBeLessThan(sizeOf(FAILING));
    expect((await command(["replay", path.join(directory, "shrunk.json")])).out).toContain("the same as the recorded");
    expect((await command(["recheck", path.join(directory, "shrunk-history.ndjson")])).code).toBe(1);
  });

  it("gives the whole command, with what was given, where the small plan would replace the one it is made from", async () => {
    const file = path.join(await failure(), "shrunk.json");
    await writeText(file, await readText(path.join(path.dirname(file), "plan.json")));
    const { code, err } = await command(["shrink", file, "--target", "sim", "--requirement", REQUIREMENT]);
    const small = path.join(path.dirname(file), "shrunk-smaller.json");
    expect(code).toBe(64);
    expect(err).toContain(`shrink ${file} --out ${small} --requirement ${REQUIREMENT} --target sim\n`);
  });

  it("writes the smallest so far when it is interrupted, and when the time is up", async () => {
    const file = path.join(await failure(), "plan.json");
    const out = path.join(newDirectory(), "small.json");
    let looks = 0;
    const clock = () => ++looks * 100;
    const timed = await command(["shrink", file, "--out", out, "--shrink-budget", "1s"], ({ services }) =>
      Object.assign(services, { now: clock }),
    );
    expect(timed.code).toBe(0);
    expect(timed.out.replaceAll(/\s+/g, " ")).toContain("the time was up before everything was tried");
    expect(findingOf((await readSavedPlan(out)).plan, MUTANT).finding).toBeDefined();
    expect(await exists(path.join(path.dirname(out), "small-history.ndjson"))).toBe(true);
    const interrupted = await command(["shrink", file, "--out", out], ({ abort, services }) =>
      Object.assign(services, {
        now: () => {
          if (++looks > 40) abort();
          return 0;
        },
      }),
    );
    expect(interrupted.code).toBe(0);
    expect(findingOf((await readSavedPlan(out)).plan, MUTANT).finding).toBeDefined();
  });

  it("has nothing to do when the requirement holds on the target: exit code 2, no file", async () => {
    const directory = await failure();
    const { code, err } = await command(["shrink", path.join(directory, "plan.json"), "--target", "sim"]);
    expect([code, err]).toEqual([2, `fleetproof: ${REQUIREMENT} does not fail on sim: nothing to make small\n`]);
    expect(await exists(path.join(directory, "shrunk.json"))).toBe(false);
  });

  it("does not replace the plan that it was given, and knows its requirements", async () => {
    const file = path.join(await failure(), "plan.json");
    expect((await command(["shrink", file, "--out", file])).code).toBe(64);
    expect((await command(["shrink", file, "--requirement", "X-01"])).code).toBe(64);
  });
});
