/** JSON Schemas of what is on disk, made from the zod schemas that the program itself checks with. */
import { z } from "zod";
import { SavedPlan, Verdict } from "../harness/record/verdict.ts";

/** Of `verdict.json`. */
export const verdictJsonSchema = (): unknown =>
  describe(Verdict, "Verdict of a Fleetproof campaign", "What a campaign concludes: verdict.json of a run record.");

/** Of `plan.json` and `shrunk.json`: the plan stands under `plan`, beside what is needed to judge a replay. */
export const planJsonSchema = (): unknown =>
  describe(SavedPlan, "Saved plan of Fleetproof", "A plan that can be run again by `fleetproof replay`.");

function describe(schema: z.ZodType, title: string, description: string): unknown {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return { $schema, title, description, ...rest };
}
