/** The chart of one plan: how many device tasks were in which state over time. */
import type { StateSeries } from "../../harness/record/verdict.ts";
import { stateColour } from "../state-colours.ts";
import { count } from "../text.ts";
import { type Chart, countAxis, timeAxis } from "./chart.ts";

export function stateChart({ plan, times, series }: StateSeries): Chart {
  const shown = series.filter(({ counts }) => counts.some((value) => value > 0));
  const sums = times.map((_, index) => shown.reduce((sum, { counts }) => sum + (counts[index] ?? 0), 0));
  const ends = shown
    .map(({ status, counts }) => ({ status, left: counts.at(-1) ?? 0 }))
    .filter(({ left }) => left > 0)
    .map(({ status, left }) => `${left} ${status}`)
    .join(", ");
  return {
    name: "states",
    title: `Device tasks by state over time, in the plan with most of them (${plan})`,
    says: `Of up to ${count(Math.max(0, ...sums), "device task")} of plan ${plan}, at the end ${ends === "" ? "none is left" : ends}.`,
    kind: "areas",
    x: timeAxis("time since the start of the plan", times.at(-1) ?? 0),
    y: countAxis("device tasks", Math.max(0, ...sums)),
    series: shown.map(({ status, counts }, index) => ({
      name: status,
      colour: stateColour(status, index),
      points: times.map((x, at) => ({ x, y: counts[at] ?? 0 })),
    })),
  };
}
