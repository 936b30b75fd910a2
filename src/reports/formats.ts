/** The formats of a report, a row each: what `report --format` knows, and what `verify` writes. */
import { renderBadge } from "./badge.ts";
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
  readonly files: (view: ReportView) => readonly ReportFile[];
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
