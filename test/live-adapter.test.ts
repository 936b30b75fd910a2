/**
 * Commands with an adapter whose server can be killed and started again: one that keeps its data keeps S-01 and S-02, one
 * that forgets breaks S-01. The server is the reference server, hosted here.
 */
import { describe, it } from "vitest";
import { z } from "zod";
import { run } from "../src/cli/run.ts";
import { testBench } from "../src/cli/test-kit.ts";
import type { ProvisionedDevice, TargetDefinition } from "../src/harness/adapter/define-target.ts";
import { openModuleAdapter } from "../src/harness/adapter/module-adapter.ts";
import { runCampaign } from "../src/harness/campaign/campaign.ts";
import { type SavedPlan, Verdict } from "../src/harness/record/verdict.ts";
import { replaySavedPlan } from "../src/harness/saved/replay.ts";
import { makeTemporaryDirectory, readJson, remove, writeJson } from "../src/platform/files.ts";
import { millis } from "../src/protocol/time.ts";
import { createLog } from "../src/reference-server/adapters/log.ts";
import { openStore } from "../src/reference-server/adapters/open-store.ts";
import { startServer } from "../src/reference-server/adapters/serve.ts";
import { SHIPPED_PROFILES } from "../src/scenarios/profiles/shipped-profiles.ts";
import { deviceType, verbsOf } from "./adapted-server.ts";
import { RESTART_PLAN } from "./restart-plan.ts";

interface Restartable {
  readonly definition: TargetDefinition;
  /** What it was asked: kill, start, kill, … */
  readonly phases: readonly string[];
}

/** @param data a file; `undefined`: when it is killed it forgets all but its devices */
async function restartable(data: string | undefined): Promise<Restartable> {
  const phases: string[] = [];
  const devices: ProvisionedDevice[] = [];
  const start = async (http: number, coap: number) => {
    const address = { profile: SHIPPED_PROFILES.live, log: createLog("silent"), http, coap };
    if (data !== undefined) return startServer({ ...address, store: await openStore(data) });
    const dtids = [...new Set(devices.map(({ dtid }) => dtid))];
    return startServer({ ...address, provision: { deviceTypes: dtids.map(deviceType), devices } });
  };
  let server = await start(0, 0);
  const verbs = verbsOf(server);
  const [http, coap] = [Number(new URL(server.http).port), Number(new URL(server.coap).port)];
  const definition: TargetDefinition = {
    ...verbs,
    capabilities: { ...verbs.capabilities, restart: true },
    provision(provisioned) {
      devices.push(...provisioned);
      return verbs.provision(provisioned);
    },
    async restart(phase) {
      phases.push(phase);
      if (phase === "kill") await server.close(NO_GRACE);
      else server = await start(http, coap);
    },
    close: () => server.close(NO_GRACE),
  };
  return { definition, phases };
}

const NO_GRACE = millis(0);

const fleetproof = async (definition: TargetDefinition, ...argv: readonly string[]) => {
  const services = { runCampaign, replaySavedPlan, openAdapter: () => openModuleAdapter("./my-server.js", definition) };
  const bench = testBench(services);
  const code = await run([...argv, "--adapter", "./my-server.js"], bench.io, bench.services);
  return { code, text: bench.out() + bench.err() };
};

async function replayed(definition: TargetDefinition, directory: string) {
  const file = `${directory}/plan.json`;
  const saved: SavedPlan = {
    formatVersion: 1,
    fleetproof: "0",
    target: "sim",
    requirement: "S-01",
    plan: RESTART_PLAN,
  };
  await writeJson(file, saved);
  const { code, text } = await fleetproof(definition, "replay", file, "--json");
  return { code, ...z.object({ broken: z.array(z.string()), kept: z.array(z.string()) }).parse(JSON.parse(text)) };
}

const inDirectory = async (test: (directory: string) => Promise<void>): Promise<void> => {
  const directory = await makeTemporaryDirectory();
  try {
    await test(directory);
  } finally {
    await remove(directory);
  }
};

describe.concurrent("an adapter that can kill its server and start it again", () => {
  it("shows that a server which keeps its data keeps S-01 and S-02", async ({ expect }) =>
    inDirectory(async (directory) => {
      const outcome = await replayed((await restartable(`${directory}/server.db`)).definition, directory);
      expect(outcome).toMatchObject({ code: 0, broken: [], kept: expect.arrayContaining(["S-01", "S-02"]) });
    }));

  it("shows that a server which forgets breaks S-01", async ({ expect }) =>
    inDirectory(async (directory) => {
      const outcome = await replayed((await restartable(undefined)).definition, directory);
      expect(outcome).toMatchObject({ code: 1, broken: expect.arrayContaining(["S-01"]) });
    }));

  it("is asked to by the plans of a campaign, one after the other", async ({ expect }) =>
    inDirectory(async (directory) => {
      const { definition, phases } = await restartable(`${directory}/server.db`);
      const small = ["--runs", "1", "--families", "restart", "--seed", "adapted-57", "--shrink-budget", "0s"];
      await fleetproof(definition, "verify", ...small, "--profile", "live", "--out", directory);
      const verdict = Verdict.parse(await readJson(`${directory}/verdict.json`));
      expect(verdict).toMatchObject({ outcome: "pass", runs: 1, harnessErrors: [] });
      expect(phases.length).toBeGreaterThanOrEqual(4);
      expect(phases.map((phase, index) => phase === (index % 2 === 0 ? "kill" : "start"))).not.toContain(false);
    }));
});
