/** The examples work as examples/README.md says. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { SavedPlan } from "../src/harness/record/verdict.ts";
import { replaySavedPlan } from "../src/harness/replay.ts";
import { mutantById } from "../src/mutants/all-mutants.ts";
import { buildServer } from "../src/mutants/mutant.ts";
import { Profile } from "../src/protocol/profile.ts";
import { startServer } from "../src/reference-server/adapters/serve.ts";
import { SHIPPED_PROFILES } from "../src/scenarios/profiles/shipped-profiles.ts";

const example = (name: string): unknown =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, "..", "examples", name), "utf8"));

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
