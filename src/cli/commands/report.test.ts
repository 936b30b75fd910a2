import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { createLatencies } from "../../harness/load/latencies.ts";
import { exists, readJson, readText, remove, writeText } from "../../platform/files.ts";
import { uniqueName } from "../../platform/hash.ts";
import { loadResult } from "../load/test-kit.ts";
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

  it("writes its charts as pictures, and prints annotations without writing anything", async () => {
    const out = newDirectory();
    const { out: said } = await fleetproof("report", broken, "--format", "png,github", "--out", out);
    const lines = said.trimEnd().split("\n");
    expect(lines.slice(0, 4).map((file) => path.basename(file))).toEqual([
      "completion.png",
      "attempts.png",
      "latencies.png",
      "states.png",
    ]);
    for (const file of lines.slice(0, 4)) expect(await exists(file)).toBe(true);
    expect(lines.slice(4).every((line) => line.startsWith("::"))).toBe(true);
    expect(lines[4]).toMatch(/^::error title=R-06 is broken::/);
  });

  it("reads a record of a version that did not write tasks.json", async () => {
    const [file, out] = [path.join(whole, "tasks.json"), newDirectory()];
    const text = await readText(file);
    await remove(file);
    expect((await fleetproof("report", whole, "--out", out)).code).toBe(0);
    await writeText(file, text);
    const page = await readText(path.join(out, "report.html"));
    expect([page.includes('id="chart-states"'), page.includes('id="chart-attempts"')]).toEqual([true, false]);
  });

  it("renders a load and a fleet, and refuses formats that they do not have before it writes any", async () => {
    const [load, out] = [newDirectory(), newDirectory()];
    await writeText(path.join(load, "load.json"), JSON.stringify(loadResult({ outcome: "interrupted" })));
    const { out: said } = await fleetproof("report", load, "--format", "html,md,junit,github", "--out", out);
    expect(said).toContain("::warning title=Fleetproof load%3A INTERRUPTED::");
    expect(await readText(path.join(out, "report.html"))).toContain("INTERRUPTED</span>");
    const refused = await fleetproof("report", load, "--format", "md,pcapng", "--out", load);
    expect([refused.code, await exists(path.join(load, "report.md"))]).toEqual([64, false]);
    expect(refused.err).toContain("cannot be shown as pcapng");
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
    expect(out).toMatch(/^ {2}Fixed: .*R-06/m);
    expect((await fleetproof("report", whole, broken)).out).toMatch(/^ {2}Newly broken: .*R-06 \(pass → fail\)/m);
    expect((await fleetproof("report", whole, whole)).out).toContain("Nothing changed.");
  });

  it("writes it where it is told to, prints one format, and refuses those of a single record", async () => {
    const out = newDirectory();
    await fleetproof("report", broken, whole, "--out", out);
    expect(await readText(path.join(out, "comparison.md"))).toContain("# 2 records compared");
    expect(await readText(path.join(out, "comparison.html"))).toContain("BETTER</span>");
    expect((await fleetproof("report", broken, whole, "--format", "md")).out).toContain("- **Fixed:** ");
    const refused = await fleetproof("report", broken, whole, "--format", "junit");
    expect(refused).toMatchObject({ code: 64, err: expect.stringContaining("the formats are html, md, text") });
    expect(await fleetproof("report", broken, whole, "--format", "md,html")).toMatchObject({ code: 64 });
  });

  const written = async (file: string, value: unknown): Promise<string> => {
    const directory = newDirectory();
    await writeText(path.join(directory, file), JSON.stringify(value));
    return directory;
  };

  it("compares loads: what crossed, and by how much spans changed", async () => {
    const spans = (milliseconds: number) => {
      const latencies = createLatencies();
      latencies.record(milliseconds * 1_000);
      const counts = latencies.counts();
      return { spans: [{ name: "task.completion" as const, labels: { operation: "read" }, counts }], counts: [] };
    };
    const threshold = { text: "p99(task.completion) < 1s", quantity: "span" } as const;
    const before = loadResult({ series: spans(800), thresholds: [{ ...threshold, outcome: "held", value: 800_000 }] });
    const after = loadResult({
      outcome: "crossed",
      series: spans(2_000),
      thresholds: [{ ...threshold, outcome: "crossed", value: 2_000_000 }],
    });
    const { out, code } = await fleetproof(
      "report",
      await written("load.json", before),
      await written("load.json", after),
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^WORSE: Newly crossed: p99\(task\.completion\) < 1s \(800 ms → 2\.00 s\)$/m);
    expect(out).toMatch(/^ {2}p99 +800 ms +2\.00 s +× 2\.50$/m);
  });

  it("refuses to compare a load with a campaign, naming both", async () => {
    const load = await written("load.json", loadResult());
    const refused = await fleetproof("report", whole, load);
    expect(refused.code).toBe(64);
    expect(refused.err).toContain(`${whole} is a record of verify, ${load} one of load: they cannot be compared`);
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
      broken: expect.arrayContaining([expect.objectContaining({ requirement: "R-06", seen: expect.anything() })]),
    });
    const known = await verify(...ofMutant, "--expectations", file);
    expect([known.code, known.out]).toEqual([0, expect.stringContaining("known to be broken: ")]);
    const stale = await verify("--expectations", file);
    expect([stale.code, stale.out]).toEqual([1, expect.stringMatching(/stale: .*R-06.* but kept/)]);
  });

  it("keeps in the record what was expected, so that its page says it when it is made again, and forgets it in the next run", async () => {
    const record = newDirectory();
    const settings = [...SETTINGS, "--shrink-budget", "0s", "--out", record, ...ofMutant];
    const file = path.join(newDirectory(), "expected.json");
    const first = await fleetproof("verify", ...settings, "--expectations", file, "--update-expectations");
    expect(first.out).toContain("AS EXPECTED  known to be broken: ");
    const page = await readText(path.join(record, "report.html"));
    expect(page).toContain("AS EXPECTED");
    await fleetproof("report", record, "--format", "html");
    expect(await readText(path.join(record, "report.html"))).toBe(page);
    await fleetproof("verify", ...settings);
    expect(await exists(path.join(record, "as-expected.json"))).toBe(false);
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
