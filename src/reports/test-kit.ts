/** A small failed campaign as data, for the tests of this folder. */

import type { History, HistoryEvent } from "../harness/history/history.ts";
import type { RequirementVerdict, Verdict } from "../harness/record/verdict.ts";
import { Plan } from "../scenarios/plan.ts";

export const requirement = (id: string, fields: Partial<RequirementVerdict> = {}): RequirementVerdict => ({
  id,
  level: "MUST",
  subject: "server",
  outcome: "pass",
  examined: 10,
  plans: 3,
  undecided: 0,
  violations: 0,
  ...fields,
});

export const failure = (id: string, wanted: string): Verdict["failures"][number] => ({
  id,
  requirement: wanted,
  plan: `failures/${id}/plan.json`,
  history: `failures/${id}/history.ndjson`,
  shrunk: `failures/${id}/shrunk.json`,
  operations: 2,
  faults: 1,
  expected: "sent again within 5 s after the Update at 12.000 s",
  actual: "no request until 60.000 s",
  plans: 37,
  historyHash: "sha256:00",
  replay: "",
});

export const FAILED_VERDICT: Verdict = {
  formatVersion: 1,
  outcome: "fail",
  reason: "broken: R-04",
  target: "sim",
  seed: "4711",
  profile: "artik",
  runs: 1000,
  requestedRuns: 1000,
  distinctSequences: 990,
  devices: 3260,
  cutOff: 0,
  harnessErrors: [],
  interrupted: false,
  historyHash: "sha256:abc",
  requirements: [
    requirement("Q-01"),
    requirement("Q-05", { level: "SHOULD", outcome: "fail", violations: 2, reason: "…" }),
    requirement("R-04", { outcome: "fail", examined: 812, undecided: 4, violations: 37, reason: "…" }),
    requirement("R-11", { outcome: "not-checked", examined: 0, plans: 0, reason: "to come" }),
    requirement("E-01", {
      outcome: "not-exercised",
      examined: 0,
      plans: 0,
      reason: "no plan of this campaign brought it about",
    }),
  ],
  failures: [failure("Q-05-queue-3", "Q-05"), failure("R-04-retry-17", "R-04")],
  observedChoices: [{ choice: "M-08 4.00", values: [{ value: "4000", count: 12 }] }],
};

export const SMALL_PLAN: Plan = Plan.parse({
  formatVersion: 1,
  id: "retry-17",
  family: "retry",
  simSeed: "s",
  profile: {},
  deviceTypes: [{}],
  fleet: [{ registersAt: 0 }],
  latency: 20,
  operations: [
    {
      at: 1_000,
      kind: "create-task",
      task: 0,
      taskType: "W",
      property: "deviceProperties.device.timezone",
      value: "UTC",
      devices: [0],
    },
    { at: 12_000, kind: "update", device: 0 },
  ],
  faults: [{ kind: "loss", device: 0, from: 500, until: 9_000, direction: "both", permille: 1000 }],
  quietFrom: 20_000,
  until: 60_000,
});

export const historyOf = (events: readonly HistoryEvent[]): History => ({
  header: {
    formatVersion: 1,
    plan: "retry-17",
    mode: "sim",
    startedAt: 0,
    devices: ["retry-17-d0"],
    deviceTypes: ["retry-17-t0"],
  },
  events,
});

/** CON POST /rd?ep=a, message id 0x1a2b, token 9f01. */
export const REGISTER_BYTES = Uint8Array.from([
  0x42, 0x02, 0x1a, 0x2b, 0x9f, 0x01, 0xb2, 0x72, 0x64, 0x44, 0x65, 0x70, 0x3d, 0x61,
]);
