/** The examples work as examples/README.md says. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readFleetFile } from "../src/cli/fleet-file.ts";
import { readWorkloadFile } from "../src/cli/load/workload-file.ts";
import { refuseWithoutFirmware } from "../src/cli/load/workload-fits.ts";
import { SavedPlan } from "../src/harness/record/verdict.ts";
import { replaySavedPlan } from "../src/harness/saved/replay.ts";
import { mutantById } from "../src/mutants/all-mutants.ts";
import { buildServer } from "../src/mutants/mutant.ts";
import { Profile } from "../src/protocol/profile.ts";
import { startServer } from "../src/reference-server/adapters/serve.ts";
import { SHIPPED_PROFILES } from "../src/scenarios/profiles/shipped-profiles.ts";

const EXAMPLES = path.join(import.meta.dirname, "..", "examples");
const example = (name: string): unknown => JSON.parse(readFileSync(path.join(EXAMPLES, name), "utf8"));

describe("examples", () => {
  it("retry-by-timer.plan.json fails on its mutant by its requirement, and passes on the reference server", async () => {
    const saved = SavedPlan.parse(example("retry-by-timer.plan.json"));
    const mutant = mutantById(saved.mutant ?? "");
    const failing = await replaySavedPlan(saved, { kind: "sim", name: "sim", build: buildServer(mutant) });
    expect(failing).toMatchObject({ kind: "reproduced", finding: { requirement: "R-06" } });
    const healthy = await replaySavedPlan(saved, { kind: "sim", name: "sim", build: buildServer() });
    expect(healthy.kind).toBe("passes");
  });

  it("scaled-times.profile.json is a profile", () => {
    expect(Profile.parse(example("scaled-times.profile.json"))).toMatchObject({ name: "scaled-times", reaction: 2 });
  });

  it("firmware-load.yaml is a workload with updates and a filter that fit the groups of firmware-fleet.yaml", async () => {
    const workload = await readWorkloadFile(path.join(EXAMPLES, "firmware-load.yaml"));
    const fleet = await readFleetFile(path.join(EXAMPLES, "firmware-fleet.yaml"));
    expect(() => refuseWithoutFirmware(workload.tasks, fleet)).not.toThrow();
    const filters = workload.tasks.flatMap(({ targets }) => (targets.kind === "filter" ? [targets.filter] : []));
    expect(filters).toEqual(["serverProperties.group=meters"]);
    expect(fleet.groups.map(({ name }) => name)).toContain("meters");
  });

  it("devices.json provisions a server", async () => {
    const provision = example("devices.json") as { deviceTypes: unknown[]; devices: unknown[] };
    const server = await startServer({ profile: SHIPPED_PROFILES.artik, http: 0, coap: 0, provision });
    try {
      const response = await fetch(`${server.http}/devicemgmt/devices/meter-2/properties`);
      expect(response.status).toBe(200);
    } finally {
      await server.close();
    }
  });
});
