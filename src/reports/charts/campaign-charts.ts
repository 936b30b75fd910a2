/** All charts of a campaign's record: what the page and the pictures show. */
import type { ReportView } from "../report-view.ts";
import type { Chart } from "./chart.ts";
import { stateChart } from "./state-charts.ts";
import { taskCharts } from "./task-charts.ts";

export const campaignCharts = ({ states, tasks }: Pick<ReportView, "states" | "tasks">): readonly Chart[] => [
  ...(tasks === undefined ? [] : taskCharts(tasks)),
  ...(states === undefined ? [] : [stateChart(states)]),
];
