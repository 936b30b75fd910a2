/**
 * Runs the campaign for Stryker, one mutant after the other in a warm process: only the server is loaded anew.
 *
 * It has to be loaded anew for each mutant, because tables and rules are made while their modules are loaded. Plain
 * JavaScript, because Stryker loads its plugins without a loader for TypeScript.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import { DryRunStatus, MutantRunStatus, TestStatus } from "@stryker-mutator/api/test-runner";
import { register } from "tsx/cjs/api";

const TEST = { id: "campaign", name: "a simulated campaign finds nothing wrong with the server" };
const LOADED_ANEW = ["/src/reference-server/", "/src/mutants/", "/test/mutation/"];
/** How often a mutated place may be passed within one plan before the server counts as one that does not come to an end. */
const MOST_HITS = 1_000_000;

class CampaignRunner {
  constructor() {
    this.require = createRequire(`${process.cwd()}/`);
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    register();
    const { makeCases } = this.require("./test/mutation/cases.ts");
    this.cases = makeCases(process.env.MUTATION_SEED ?? "mutation", Number(process.env.MUTATION_PLANS ?? 300));
    if (process.env.MUTATION_ALL !== "1") this.isExplained = this.explanations();
  }

  /** Whether a change is explained as making no difference; then it need not run again. */
  explanations() {
    const { EQUIVALENTS } = this.require("./test/mutation/equivalents.ts");
    const { changeIn, explainedBy } = this.require("./test/mutation/score.ts");
    const explain = explainedBy(EQUIVALENTS);
    return ({ fileName, location: { start, end }, replacement }) => {
      const lines = readFileSync(fileName, "utf8").split("\n");
      // Stryker counts from 0 here, and from 1 in its report.
      const from1 = ({ line, column }) => ({ line: line + 1, column: column + 1 });
      const change = { location: { start: from1(start), end: from1(end) }, replacement };
      return explain(changeIn(basename(fileName), lines, change)) !== undefined;
    };
  }

  async dryRun() {
    const startedAt = performance.now();
    const complaint = this.complaint(undefined);
    const timeSpentMs = performance.now() - startedAt;
    const result =
      complaint === undefined
        ? { status: TestStatus.Success }
        : { status: TestStatus.Failed, failureMessage: complaint };
    return { status: DryRunStatus.Complete, tests: [{ ...TEST, ...result, timeSpentMs }] };
  }

  async mutantRun({ activeMutant }) {
    if (this.isExplained?.(activeMutant) === true) return { status: MutantRunStatus.Survived, nrOfTests: 1 };
    const complaint = this.complaint(activeMutant.id);
    return complaint === undefined
      ? { status: MutantRunStatus.Survived, nrOfTests: 1 }
      : { status: MutantRunStatus.Killed, killedBy: [TEST.id], failureMessage: complaint, nrOfTests: 1 };
  }

  complaint(mutant) {
    for (const path of Object.keys(this.require.cache)) {
      if (LOADED_ANEW.some((folder) => path.includes(folder))) delete this.require.cache[path];
    }
    const stryker = { activeMutant: mutant, hitCount: 0, hitLimit: MOST_HITS };
    globalThis.__stryker__ = stryker;
    try {
      const { complaintOf } = this.require("./test/mutation/campaign.ts");
      for (const one of this.cases) {
        stryker.hitCount = 0;
        const complaint = complaintOf(one);
        if (complaint !== undefined) return complaint;
      }
      return undefined;
    } catch (error) {
      return String(error);
    }
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "campaign", CampaignRunner)];
