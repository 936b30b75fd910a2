/** `as-expected.json`: how the verdict of a campaign met what was expected of its target, for whoever renders it again. */
import { z } from "zod";
import type { Meeting } from "./expectations.ts";

const Ids = z.array(z.string()).readonly();

export const MEETING_FILE = "as-expected.json";

export const MeetingRecord: z.ZodType<Meeting> = z.strictObject({
  known: Ids,
  unexpected: Ids,
  unseen: Ids,
  stale: Ids,
});
