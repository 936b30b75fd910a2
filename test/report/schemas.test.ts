/** Records as they are on disk fit the published JSON Schemas, and records that are spoilt do not. */
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { loadResult } from "../../src/cli/load/test-kit.ts";
import { run } from "../../src/cli/run.ts";
import { testBench } from "../../src/cli/test-kit.ts";
import { createServices } from "../../src/cli/wiring.ts";
import { uniqueName } from "../../src/platform/hash.ts";
import { mistakes } from "./schemas.ts";

const directory = path.join(tmpdir(), `fleetproof-${uniqueName()}`);
const read = (file: string): Record<string, unknown> => JSON.parse(readFileSync(path.join(directory, file), "utf8"));

describe("the published JSON Schemas", () => {
  beforeAll(async () => {
    const mutant = ["--mutant", "retry-by-timer", "--families", "retry", "--shrink-budget", "2s"];
    const settings = ["--runs", "20", "--seed", "report", "--jobs", "1"];
    await run(["verify", ...mutant, ...settings, "--out", directory], testBench().io, await createServices());
  });

  it.each(["run", "verdict", "coverage", "tasks"])(
    "%s.schema.json fits what verify writes, and nothing else",
    (name) => {
      const record = read(`${name}.json`);
      expect(mistakes(name, record)).toEqual([]);
      expect(mistakes(name, { ...record, formatVersion: 2 })).not.toEqual([]);
      expect(mistakes(name, { ...record, extra: 1 })).not.toEqual([]);
    },
  );

  it("plan.schema.json fits the plan of a failure", () => {
    const [failure] = read("verdict.json").failures as readonly { shrunk: string }[];
    expect(mistakes("plan", read(failure?.shrunk ?? ""))).toEqual([]);
  });

  it("fleet-result.schema.json fits what fleet writes in virtual time, and nothing else", async () => {
    const out = `${directory}-fleet`;
    const fleet = ["--target", "sim", "--devices", "5", "--duration", "10m", "--seed", "schema", "--out", out];
    await run(["fleet", ...fleet], testBench().io, await createServices());
    const record: object = JSON.parse(readFileSync(path.join(out, "fleet.json"), "utf8"));
    expect(mistakes("fleet-result", record)).toEqual([]);
    expect(mistakes("fleet-result", { ...record, virtual: { events: 1 } })).not.toEqual([]);
  });

  it("load.schema.json fits a result of a load, and not one without an outcome", () => {
    expect(mistakes("load", loadResult())).toEqual([]);
    expect(mistakes("load", { ...loadResult(), outcome: "good" })).not.toEqual([]);
  });
});
