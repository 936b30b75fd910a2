/** What all charts of device tasks over time share: the colours of states, and the unit of the time axis. */

/** From waiting (blue) over working (amber) to the ends: done green, failed red, expired brown, cancelled grey. */
const COLOURS: Readonly<Record<string, string>> = {
  waiting: "#8fb3dd",
  "in flight": "#f2b134",
  succeeded: "#4fa36b",
  failed: "#d1495b",
  "expired (4004)": "#8c6d4f",
  cancelled: "#9a9a9a",
};
const OTHER_COLOUR = "#444444";

export const stateColour = (status: string): string => COLOURS[status] ?? OTHER_COLOUR;

/** The largest unit in which so many seconds are still a number of some size. */
export function timeUnit(lastSeconds: number): { readonly name: string; readonly seconds: number } {
  if (lastSeconds > 3 * 86_400) return { name: "days", seconds: 86_400 };
  if (lastSeconds > 3 * 3_600) return { name: "hours", seconds: 3_600 };
  return lastSeconds > 600 ? { name: "minutes", seconds: 60 } : { name: "seconds", seconds: 1 };
}
