/** The time of day as text, for records. */
import { type Instant, toUnixMillis } from "../protocol/time.ts";

/** `2026-01-01T00:00:00Z`. */
export function timeOfDay(instant: Instant): string {
  // A Swedish date and time is ISO 8601 but for the letter between them.
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: "UTC", dateStyle: "short", timeStyle: "medium" });
  return `${format.format(toUnixMillis(instant)).replace(" ", "T")}Z`;
}
