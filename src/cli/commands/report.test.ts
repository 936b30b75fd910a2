import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { exists, readJson, readText, remove, writeText } from "../../platform/files.ts";
import { uniqueName } from "../../platform/hash.ts";
import { run } from "../run.ts";
import { testBench } from "../test-kit.ts";
import { createServices } from "../wiring.ts";

const newDirectory = (): string => path.join(tmpdir(), `fleetproof-${uniqueName()}`);

async function fleetproof(...argv: readonly string[]) {
  const bench = testBench();
  const code = await run(argv, bench.io, await createServices());
  return { code, out: bench.out(), err: bench.err() };
}

const SETTINGS = ["--runs", "25", "--seed", "report", "--families", "retry", "--jobs", "1"];
const broken = newDirectory();
const whole = newDirectory();

beforeAll(async () => {
  await fleetproof("verify", ...SETTINGS, "--mutant", "retry-by-timer", "--shrink-budget", "5s", "--out", broken);
  await fleetproof("verify", ...SETTINGS, "--out", whole);
});

describe("report of one record", () => {
  it("writes what verify wrote, byte for byte, from the files alone", async () => {
    const out = newDirectory();
    expect((await fleetproof("report", broken, "--format", "md,junit", "--out", out)).code).toBe(0);
    for (const file of ["report.md", "junit.xml"])
      expect(await readText(path.join(out, file))).toBe(await readText(path.join(broken, file)));
  });

  it("marks the events that show the violation, which it finds by judging the history again", async () => {
    const out = newDirectory();
    await fleetproof("report", broken, "--out", out);
    expect(await readText(path.join(out, "report.html"))).toContain('<g class="row marked">');
  });

  it("writes a capture for each failure, and says so when there is none to write", async () => {
    const out = newDirectory();
    const { out: said } = await fleetproof("report", broken, "--format", "pcapng", "--out", out);
    expect(said).toMatch(/failures\/R-06-retry-\d+\/shrunk\.pcapng\n/);
    for (const file of said.trimEnd().split("\n")) expect(await exists(file)).toBe(true);
    expect((await fleetproof("report", whole, "--format", "pcapng", "--out", out)).err).toContain("has no failures");
  });

  it("refuses what is no record, a record without a verdict, and a format that there is not", async () => {
    const cut = newDirectory();
    await writeText(path.join(cut, "run.json"), await readText(path.join(whole, "run.json")));
    expect(await fleetproof("report", newDirectory())).toMatchObject({ code: 64 });
    expect((await fleetproof("report", cut)).err).toContain("was cut short before there was a verdict");
    expect((await fleetproof("report", whole, "--format", "htm")).err).toContain("did you mean html?");
  });
});

describe("report of several records", () => {
  it("says what changed from the first to the last", async () => {
    const { code, out } = await fleetproof("report", broken, whole);
    expect(code).toBe(0);
    expect(out).toMatch(/\*\*Fixed:\*\* .*R-06/);
    expect((await fleetproof("report", whole, broken)).out).toMatch(/\*\*Newly broken:\*\* .*R-06 \(pass → fail\)/);
    expect((await fleetproof("report", whole, whole)).out).toContain("Nothing changed.");
  });

  it("writes it where it is told to, and refuses formats of a single record", async () => {
    const out = newDirectory();
    await fleetproof("report", broken, whole, "--out", out);
    expect(await readText(path.join(out, "comparison.md"))).toContain("# 2 records compared");
    expect((await fleetproof("report", broken, whole, "--format", "md")).code).toBe(64);
  });
});

describe("verify with expectations", () => {
  const verify = (...argv: readonly string[]) =>
    fleetproof("verify", ...SETTINGS, "--shrink-budget", "0s", "--out", newDirectory(), ...argv);
  const ofMutant = ["--mutant", "retry-by-timer"];

  it("writes the file, passes while nothing else breaks, and fails once an entry is kept", async () => {
    const file = path.join(newDirectory(), "expected.json");
    expect((await verify(...ofMutant, "--expectations", file, "--update-expectations")).code).toBe(0);
    expect(await readJson(file)).toMatchObject({
      formatVersion: 1,
      broken: expect.arrayContaining([{ requirement: "R-06" }]),
    });
    const known = await verify(...ofMutant, "--expectations", file);
    expect([known.code, known.out]).toEqual([0, expect.stringContaining("known to be broken: ")]);
    const stale = await verify("--expectations", file);
    expect([stale.code, stale.out]).toEqual([1, expect.stringMatching(/stale: .*R-06.* but kept/)]);
  });

  it("fails for what the file does not name", async () => {
    const file = path.join(newDirectory(), "expected.json");
    await writeText(file, '{ "formatVersion": 1, "broken": [] }');
    expect((await verify(...ofMutant, "--expectations", file)).code).toBe(1);
  });

  it("refuses a file that is missing or does not fit, and an update without a file, before anything runs", async () => {
    const file = path.join(newDirectory(), "expected.json");
    await writeText(file, '{ "formatVersion": 1, "broken": ["R-06"] }');
    expect(await verify("--expectations", file)).toMatchObject({ code: 64, err: expect.stringContaining("broken.0") });
    await remove(file);
    expect(await verify("--expectations", file)).toMatchObject({ code: 64 });
    expect(await verify("--update-expectations")).toMatchObject({ code: 64 });
  });
});
