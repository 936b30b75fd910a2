/** The formats of a report, a row each: what `report --format` knows, and what `verify` writes. */
import { renderBadge } from "./badge.ts";
import { campaignCharts } from "./charts/campaign-charts.ts";
import type { Chart } from "./charts/chart.ts";
import { svgPicture } from "./charts/svg-picture.ts";
import { renderGithub } from "./github.ts";
import { renderHtml } from "./html/page.ts";
import { renderJunit } from "./junit.ts";
import { renderMarkdown } from "./markdown.ts";
import { renderPcapng } from "./pcapng.ts";
import type { ReportView } from "./report-view.ts";
import { renderSummary } from "./summary.ts";

export interface ReportFile {
  /** Relative to the record. */
  readonly path: string;
  readonly content: string | Uint8Array;
}

export interface ReportFormat {
  readonly name: string;
  readonly about: string;
  /** `verify` writes it without being asked. */
  readonly always: boolean;
  readonly files: (view: ReportView, tools: ReportTools) => readonly ReportFile[] | Promise<readonly ReportFile[]>;
  /** For standard output, instead of files. */
  readonly printed?: (view: ReportView) => string;
}

/** What a format may need from outside. */
export interface ReportTools {
  /** Bytes of a PNG. */
  readonly drawPng: (chart: Chart) => Promise<Uint8Array>;
}

export const REPORT_FORMATS: readonly ReportFormat[] = [
  {
    name: "html",
    about: "one page that needs nothing else, with a sequence diagram of each failure (report.html)",
    always: true,
    files: (view) => [{ path: "report.html", content: renderHtml(view) }],
  },
  {
    name: "md",
    about: "the same as Markdown (report.md)",
    always: true,
    files: (view) => [{ path: "report.md", content: renderMarkdown(view) }],
  },
  {
    name: "junit",
    about: "JUnit XML, a test for each requirement (junit.xml)",
    always: true,
    files: (view) => [{ path: "junit.xml", content: renderJunit(view) }],
  },
  {
    name: "summary",
    about: "a few lines of Markdown for a comment at a pull request (summary.md)",
    always: false,
    files: (view) => [{ path: "summary.md", content: renderSummary(view) }],
  },
  {
    name: "badge",
    about: "a badge (badge.svg)",
    always: false,
    files: ({ verdict }) => [{ path: "badge.svg", content: renderBadge(verdict) }],
  },
  {
    name: "png",
    about: "its charts as pictures (completion.png, attempts.png, latencies.png, states.png; of a load others)",
    always: false,
    files: (view, tools) => chartFiles(campaignCharts(view), tools),
  },
  {
    name: "svg",
    about: "the same as SVG",
    always: false,
    files: (view) => svgFiles(campaignCharts(view)),
  },
  {
    name: "github",
    about: "annotations for GitHub Actions, printed to standard output",
    always: false,
    files: () => [],
    printed: renderGithub,
  },
  {
    name: "pcapng",
    about: "the datagrams of each failure for Wireshark (failures/ID/shrunk.pcapng)",
    always: false,
    files: ({ evidence }) =>
      [...evidence].map(([id, { history }]) => ({
        path: `failures/${id}/shrunk.pcapng`,
        content: renderPcapng(history),
      })),
  },
];

export const svgFiles = (charts: readonly Chart[]): readonly ReportFile[] =>
  charts.map((chart) => ({ path: `${chart.name}.svg`, content: svgPicture(chart) }));

/** A picture of each; one after another, since a canvas is large. */
export async function chartFiles(charts: readonly Chart[], { drawPng }: ReportTools): Promise<readonly ReportFile[]> {
  const files: ReportFile[] = [];
  for (const chart of charts) files.push({ path: `${chart.name}.png`, content: await drawPng(chart) });
  return files;
}
