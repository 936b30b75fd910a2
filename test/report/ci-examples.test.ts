/** The CI configurations in examples/ci: they are YAML, and what they run runs, here with small numbers. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { run } from "../../src/cli/run.ts";
import { testBench } from "../../src/cli/test-kit.ts";
import { createServices } from "../../src/cli/wiring.ts";

const folder = mkdtempSync(path.join(tmpdir(), "fleetproof-ci-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const example = (name: string): unknown =>
  parse(readFileSync(path.join(import.meta.dirname, "..", "..", "examples", "ci", name), "utf8"));

const Workflow = z.object({
  jobs: z.object({ verify: z.object({ steps: z.array(z.object({ run: z.string().optional() })) }) }),
});
const Pipeline = z.object({ fleetproof: z.object({ script: z.array(z.string()), after_script: z.array(z.string()) }) });

/** Scripts in the order in which they run; what the CI system puts in is put in. */
const SYSTEMS = [
  {
    file: "github-actions.yml",
    scripts: () =>
      Workflow.parse(example("github-actions.yml")).jobs.verify.steps.flatMap(({ run: script }) =>
        script === undefined ? [] : [script.replaceAll(/\$\{\{[^}]*\}\}/g, "4711")],
      ),
  },
  {
    file: "gitlab-ci.yml",
    scripts: () => {
      const { script, after_script: after } = Pipeline.parse(example("gitlab-ci.yml")).fleetproof;
      return [...script, ...after].map((line) => line.replaceAll('"$CI_PIPELINE_ID"', "4711"));
    },
  },
];

const CALL = /npx fleetproof ([^\n;]*)/g;

/** A defective server, and few plans. */
const SMALL = ["--mutant", "retry-by-timer", "--families", "retry", "--jobs", "1", "--shrink-budget", "1s"];

async function fleetproof(line: string, directory: string) {
  const words = line.trim().split(/\s+/);
  const placed = words.map((word) => (word.startsWith("fleetproof-") ? path.join(directory, word) : word));
  const small = words[0] === "verify" ? placed.map((word) => (word === "1000" ? "15" : word)).concat(SMALL) : placed;
  const bench = testBench();
  const code = await run(small, bench.io, await createServices());
  return { command: words[0], code, out: bench.out(), err: bench.err() };
}

describe.each(SYSTEMS)("examples/ci/$file", ({ file, scripts }) => {
  const directory = path.join(folder, file);

  it("verifies, reports and keeps the failing plans, which the next run replays", async () => {
    mkdirSync(path.join(directory, "bin"), { recursive: true });
    writeFileSync(path.join(directory, "fleetproof-expected.json"), '{ "formatVersion": 1, "broken": [] }');
    // The shell runs around commands that have run already.
    for (const name of ["npm", "npx"]) {
      writeFileSync(path.join(directory, "bin", name), "#!/bin/sh\nexit 0\n");
      chmodSync(path.join(directory, "bin", name), 0o755);
    }
    const calls = scripts().flatMap((script) => [...script.matchAll(CALL)].map(([, line = ""]) => line));
    const [replay = "", ...others] = calls;
    const done: Awaited<ReturnType<typeof fleetproof>>[] = [];
    for (const line of others) done.push(await fleetproof(line, directory));
    // An annotation stands on a line of its own, and says how to see the failure again.
    const annotated = /^::error title=R-06 is broken::.*%0Aagain: .*replay .*shrunk\.json$/m.test(done[0]?.out ?? "");
    expect(annotated).toBe(file === "github-actions.yml");
    expect(done.map(({ command, code }) => [command, code])).toEqual([
      ["verify", 1],
      ["report", 0],
    ]);
    const summary = path.join(directory, "step-summary.md");
    const environment = { ...process.env, PATH: `${directory}/bin:${process.env.PATH}`, GITHUB_STEP_SUMMARY: summary };
    for (const script of scripts())
      execFileSync("bash", ["-e", "-c", script], { cwd: directory, env: environment, stdio: "pipe" });
    expect(readdirSync(path.join(directory, "fleetproof-corpus")).join()).toMatch(/^R-06-retry-\d+/);
    const again = await fleetproof(replay, directory);
    expect([again.command, again.code]).toEqual(["replay", 1]);
    expect(again.out).toContain("REPRODUCED");
    for (const name of ["report.html", "junit.xml", "summary.md", "badge.svg"])
      expect(existsSync(path.join(directory, "fleetproof-out", name))).toBe(true);
  });
});
