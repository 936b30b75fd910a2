/** JSON Schemas of what is on disk, made from the zod schemas that the program itself checks with. */
import { z } from "zod";
import { CoverageRecord } from "../harness/record/coverage-record.ts";
import { FleetResult } from "../harness/record/fleet-result.ts";
import { LoadResult } from "../harness/record/load-result.ts";
import { TaskRecord } from "../harness/record/task-record.ts";
import { RunRecord, SavedPlan, Verdict } from "../harness/record/verdict.ts";

/** Of `verdict.json`. */
export const verdictJsonSchema = (): unknown =>
  describe(Verdict, "Verdict of a Fleetproof campaign", "What a campaign concludes: verdict.json of a run record.");

/** Of `plan.json` and `shrunk.json`: the plan stands under `plan`, beside what is needed to judge a replay. */
export const planJsonSchema = (): unknown =>
  describe(SavedPlan, "Saved plan of Fleetproof", "A plan that can be run again by `fleetproof replay`.");

/** Of `run.json`. */
export const runJsonSchema = (): unknown =>
  describe(RunRecord, "Run record of Fleetproof", "How a campaign came about: run.json of a run record.");

/** Of `coverage.json`. */
export const coverageJsonSchema = (): unknown =>
  describe(
    CoverageRecord,
    "Coverage of a Fleetproof campaign",
    "In how many plans each condition was met and each transition seen: coverage.json of a run record.",
  );

/** Of `tasks.json`. */
export const tasksJsonSchema = (): unknown =>
  describe(
    TaskRecord,
    "Device tasks of a Fleetproof campaign",
    "What became of them, after how many attempts, and how long it took: tasks.json of a run record.",
  );

/** Of `load.json`. */
export const loadJsonSchema = (): unknown =>
  describe(
    LoadResult,
    "Result of a Fleetproof load",
    "What a load measured and concludes: load.json of load or merge.",
  );

/** Of `fleet.json`. */
export const fleetResultJsonSchema = (): unknown =>
  describe(FleetResult, "Result of a Fleetproof fleet", "What a fleet came to: fleet.json of fleet or merge.");

function describe(schema: z.ZodType, title: string, description: string): unknown {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return { $schema, title, description, ...rest };
}
