/**
 * Live, on loopback: the same campaign code against real sockets. The reference server is not accused of anything, and
 * a defective one is, through the requirement that it breaks.
 */
import { describe, expect, it } from "vitest";
import { type CampaignResult, runCampaign } from "../src/harness/campaign/campaign.ts";
import { judge } from "../src/harness/oracle/oracle.ts";
import { mutantById } from "../src/mutants/all-mutants.ts";
import { startServer } from "../src/reference-server/adapters/serve.ts";
import type { FamilyName } from "../src/scenarios/families/names.ts";
import { SHIPPED_PROFILES } from "../src/scenarios/profiles/shipped-profiles.ts";

const profile = SHIPPED_PROFILES.live;

const OPTIONS = {
  profile,
  seed: "live-test",
  only: [],
  require: [],
  strict: true,
  shrinkBudget: 0,
  version: "test",
} as const;

async function campaign(
  mutantId: string | undefined,
  runs: number,
  families?: readonly FamilyName[],
): Promise<CampaignResult> {
  const mutant = mutantId === undefined ? undefined : mutantById(mutantId);
  const server = await startServer({
    profile,
    http: 0,
    coap: 0,
    rules: mutant?.rules?.(() => {}),
    coapRules: mutant?.coapRules?.(() => {}),
  });
  try {
    const coap = server.coap.replace("coap://", "");
    return await runCampaign({
      target: { kind: "live", name: "hosted here", http: server.http, coap },
      ...OPTIONS,
      runs,
      ...(families === undefined ? {} : { families }),
    });
  } finally {
    await server.close();
  }
}

describe("a live campaign", () => {
  it("keeps at least 20 requirements of the reference server, and accuses it of nothing", async () => {
    const { verdict } = await campaign(undefined, 40);
    expect(verdict.failures.map(({ requirement, expected, actual }) => ({ requirement, expected, actual }))).toEqual(
      [],
    );
    expect(verdict.outcome).toBe("pass");
    expect(verdict.requirements.filter(({ outcome }) => outcome === "pass").length).toBeGreaterThanOrEqual(20);
    expect(verdict.runs).toBe(40);
  });

  it("is inconclusive, and accuses nobody, when the target goes away in the middle", async () => {
    const server = await startServer({ profile, http: 0, coap: 0 });
    let gone: Promise<void> | undefined;
    const { verdict } = await runCampaign({
      ...OPTIONS,
      target: { kind: "live", name: "goes away", http: server.http, coap: server.coap.replace("coap://", "") },
      runs: 20,
      onProgress: ({ elapsed }) => {
        if (elapsed > 2_000) gone ??= server.close();
      },
    });
    await gone;
    expect(verdict.failures).toEqual([]);
    expect(verdict.outcome).toBe("inconclusive");
    expect(verdict.reason).toMatch(/plans cannot be relied on: the target is gone/);
  });

  it.each<{ mutant: string; requirement: string; families: readonly FamilyName[] }>([
    { mutant: "expired-as-not-found", requirement: "E-10", families: ["mapping"] },
    { mutant: "fails-on-reset", requirement: "R-03", families: ["retry"] },
    { mutant: "complete-with-first-device", requirement: "T-02", families: ["queue", "retry"] },
  ])("finds $mutant through $requirement, and keeps its history", async ({ mutant, requirement, families }) => {
    const { verdict, failures } = await campaign(mutant, 60, families);
    expect(verdict.outcome).toBe("fail");
    const failure = failures.find(({ finding }) => finding.requirement === requirement);
    if (failure === undefined)
      throw new Error(`${requirement} did not fail; failed: ${verdict.failures.map((f) => f.requirement)}`);
    expect(failure.history.header.mode).toBe("live");
    const again = judge(failure.plan, failure.history).tallies.find((tally) => tally.requirement === requirement);
    expect(again?.findings.length).toBeGreaterThan(0);
  });
});
