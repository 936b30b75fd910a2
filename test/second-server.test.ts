/**
 * The second witness: a correct server of another design, written from the documents alone, is accused of nothing.
 *
 * The mutants prove that the oracle sees defects; this proves that it sees none where there are none, on a server that
 * shares neither its task engine nor its message layer with the reference server.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { historyHash } from "../src/harness/history/history-file.ts";
import { type Judgement, judge } from "../src/harness/oracle/oracle.ts";
import type { BuildServer } from "../src/harness/simulation/build-server.ts";
import { simulate } from "../src/harness/simulation/simulate.ts";
import { buildServer } from "../src/mutants/mutant.ts";
import { generatePlan } from "../src/scenarios/generate.ts";
import type { Plan } from "../src/scenarios/plan.ts";
import { MODES, type Mode } from "./second-server/modes.ts";
import { createSecondServer } from "./second-server/second-server.ts";

const PLANS = 150;
/** Requirements that the declared modes must exercise: a server that does little is accused of little. */
const MOST = 60;
const FOLDER = path.join(import.meta.dirname, "second-server");

const building =
  ({ habits }: Mode): BuildServer =>
  (context) =>
    createSecondServer(habits, context);

const planOf = ({ profile }: Mode, index: number): Plan =>
  generatePlan({ seed: "second-server", index, profile, mode: "sim" });

const judged = (mode: Mode): readonly { readonly plan: Plan; readonly judgement: Judgement }[] =>
  Array.from({ length: PLANS }, (_, index) => {
    const plan = planOf(mode, index);
    return { plan, judgement: judge(plan, simulate(plan, building(mode))) };
  });

/** Choices of which a campaign saw more than one value. */
function conflicts(judgements: readonly Judgement[]): readonly string[] {
  const seen = new Map<string, string>();
  return judgements
    .flatMap(({ choices }) => choices)
    .flatMap(({ requirement, choice, value }) => {
      const key = `${requirement}: ${choice}`;
      const known = seen.get(key) ?? value;
      seen.set(key, known);
      return known === value ? [] : [`${key} is ${known} and ${value}`];
    });
}

describe("the second server", () => {
  it("imports nothing of the reference server, the harness or the devices, nor the shared message layer", () => {
    const foreign = readdirSync(FOLDER).flatMap((file) =>
      [...readFileSync(path.join(FOLDER, file), "utf8").matchAll(/from "([^"]+)"/g)]
        .map(([, target = ""]) => target)
        .filter((target) => target.startsWith("..") && !/^\.\.\/\.\.\/src\/protocol\//.test(target))
        .concat(/createCoapEndpoint\(/.test(readFileSync(path.join(FOLDER, file), "utf8")) ? [file] : []),
    );
    expect(foreign).toEqual([]);
  });

  it.each(MODES.map((mode) => [mode.id, mode] as const))(`%s is accused of nothing in ${PLANS} plans`, (_id, mode) => {
    const runs = judged(mode);
    const accusations = runs.flatMap(({ plan, judgement }) =>
      judgement.tallies.flatMap(({ findings }) => findings.map((finding) => ({ plan: plan.id, ...finding }))),
    );
    expect(accusations).toEqual([]);
    expect(conflicts(runs.map(({ judgement }) => judgement))).toEqual([]);
    expect(runs.filter(({ judgement }) => judgement.cutOff)).toEqual([]);
    if (mode.profile.name !== "artik") return;
    const examined = runs.flatMap(({ judgement }) => judgement.tallies.filter((tally) => tally.examined > 0));
    expect(new Set(examined.map(({ requirement }) => requirement)).size).toBeGreaterThanOrEqual(MOST);
  });

  it("repeats its runs byte for byte, and no two modes, nor the reference server, do the same", () => {
    const hashes = MODES.map((mode) => {
      const plan = planOf(MODES[0] ?? mode, 3);
      const [first, second] = [building(mode), building(mode)].map((build) => historyHash(simulate(plan, build)));
      expect(second).toBe(first);
      return first;
    });
    const plan = planOf(MODES[0] as Mode, 3);
    expect(new Set([...hashes, historyHash(simulate(plan, buildServer()))]).size).toBe(MODES.length + 1);
  });
});
