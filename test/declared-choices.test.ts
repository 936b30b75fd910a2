/**
 * Servers that declare one choice and do another: each declared choice is held against the server, in either direction,
 * through the requirement that its row of docs/semantics.md belongs to.
 *
 * The server is the reference server with the rules of the choice that is done; the plans and the oracle know only what
 * is declared. The last column is what the row belongs to: one of these requirements must accuse.
 */
import { describe, expect, it } from "vitest";
import { judge } from "../src/harness/oracle/oracle.ts";
import type { BuildServer } from "../src/harness/simulation/build-server.ts";
import { simulate } from "../src/harness/simulation/simulate.ts";
import { buildServer } from "../src/mutants/mutant.ts";
import { ARTIK, coapParams, type Profile } from "../src/protocol/profile.ts";
import { generatePlan } from "../src/scenarios/generate.ts";

/**
 * By then each of them has been accused; most are within twenty. What the usual profile declares is no more frequent in
 * plans than anything else and may take a hundred.
 */
const PLANS = 300;

interface Row {
  readonly choice: keyof Profile;
  readonly values: readonly [unknown, unknown];
  readonly requirements: readonly string[];
}

const ROWS: readonly Row[] = [
  { choice: "errorMapping", values: ["corrected", "literal"], requirements: ["M-04"] },
  {
    choice: "fallbackCodes",
    values: [
      { clientError: 4000, serverError: 5000 },
      { clientError: 4020, serverError: 5030 },
    ],
    requirements: ["M-10"],
  },
  { choice: "timerRetry", values: [undefined, 30], requirements: ["R-06"] },
  { choice: "timerRetry", values: [5, 300], requirements: ["R-06"] },
  { choice: "responseTimeout", values: [120, 20], requirements: ["R-02", "R-04", "R-05", "Q-06", "I-04"] },
  { choice: "awakeWindow", values: [93, 30], requirements: ["Q-02", "Q-07", "Q-08"] },
  { choice: "updateFromNewAddress", values: ["accept", "require-register"], requirements: ["G-04"] },
  { choice: "drainAfterFailure", values: ["stop", "continue"], requirements: ["R-13"] },
  { choice: "defaultExpiresAfter", values: [604_800, 86_400], requirements: ["E-01"] },
  {
    choice: "expiresAfterBounds",
    values: [
      { min: 1, max: 2_592_000 },
      { min: 60, max: 604_800 },
    ],
    requirements: ["L-04"],
  },
  { choice: "beyondBounds", values: ["refused", "shortened"], requirements: ["L-04"] },
  { choice: "inFlightAtExpiry", values: ["fail", "answer-counts"], requirements: ["E-07"] },
  { choice: "lateResponse", values: ["ignored", "updates-mirror"], requirements: ["D-06"] },
  { choice: "retention", values: [2_592_000, 5_184_000], requirements: ["L-01", "L-02"] },
  { choice: "locationAtReRegister", values: ["new", "reused"], requirements: ["G-02"] },
  { choice: "defaultLifetime", values: [86_400, 3_600], requirements: ["G-05", "G-04", "Q-02", "Q-03"] },
  {
    choice: "coap",
    values: [
      { ackTimeout: 2, ackRandomFactor: 1.5, maxRetransmit: 4 },
      { ackTimeout: 5, ackRandomFactor: 2, maxRetransmit: 2 },
    ],
    requirements: ["R-07"],
  },
];

function declaring(choice: keyof Profile, value: unknown): Profile {
  const { [choice]: _own, ...others } = ARTIK as Profile;
  return { ...others, name: ARTIK.name, reaction: ARTIK.reaction, ...(value === undefined ? {} : { [choice]: value }) };
}

/** The reference server by the rules of another profile than the one that it is given. */
function doing(profile: Profile): BuildServer {
  const reference = buildServer();
  return (context) => reference({ ...context, profile, coap: coapParams(profile) });
}

/** The number of the first plan in which one of the requirements is broken; `undefined`: none is. */
function firstAccused(declared: Profile, done: Profile, requirements: readonly string[]): number | undefined {
  const build = doing(done);
  for (let index = 0; index < PLANS; index += 1) {
    const plan = generatePlan({ seed: "declared", index, profile: declared, mode: "sim" });
    const { tallies } = judge(plan, simulate(plan, build));
    if (tallies.some(({ requirement, findings }) => findings.length > 0 && requirements.includes(requirement)))
      return index + 1;
  }
  return undefined;
}

const CASES = ROWS.flatMap(({ choice, values, requirements }) =>
  [values, values.toReversed()].map(([declared, done]) => ({ choice, declared, done, requirements })),
);

describe(`a server that declares one thing and does another is accused within ${PLANS} plans`, () => {
  it.each(CASES)("$choice: declares $declared, does $done", ({ choice, declared, done, requirements }) => {
    const plans = firstAccused(declaring(choice, declared), declaring(choice, done), requirements);
    expect(plans, `one of ${requirements.join(", ")}`).toBeLessThanOrEqual(PLANS);
  });
});
