/** A verdict in a few lines of Markdown, for a comment at a pull request. Pure. */
import type { FailureSummary } from "../harness/record/verdict.ts";
import { headline } from "./headline.ts";
import type { ReportView } from "./report-view.ts";
import { failuresFirst, outcomeCounts } from "./requirement-lines.ts";
import { count, tableRow } from "./text.ts";

/** Failures that stand in the table; the others are counted. */
const MOST_FAILURES = 10;

export function renderSummary(view: ReportView): string {
  const { verdict } = view;
  const { word, reason } = headline(verdict, view.expectations);
  const counts = outcomeCounts(verdict.requirements).map((row) => `${row.symbol} ${row.count} ${row.text}`);
  const failures = failuresFirst(verdict).filter(({ belongsTo }) => belongsTo === undefined);
  const lines = [
    `**Fleetproof: ${word}** on ${verdict.target}: ${reason}`,
    "",
    `${counts.join(" · ")} · ${count(verdict.runs, "plan")} · seed \`${verdict.seed}\``,
    ...(failures.length === 0 ? [] : ["", ...table(failures, view)]),
  ];
  return `${lines.join("\n")}\n`;
}

function table(failures: readonly FailureSummary[], view: ReportView): readonly string[] {
  const left = failures.length - MOST_FAILURES;
  return [
    tableRow(["broken", "expected", "actual", "see it again"]),
    "|---|---|---|---|",
    ...failures
      .slice(0, MOST_FAILURES)
      .map((failure) =>
        tableRow([
          failure.requirement,
          plain(failure.expected),
          plain(failure.actual),
          `\`${view.replayCommand(failure)}\``,
        ]),
      ),
    ...(left > 0 ? ["", `and ${count(left, "other failure")}`] : []),
  ];
}

/** What a server answers is no markup. */
const plain = (text: string): string => text.replaceAll(/([<>*`_\\])/g, "\\$1");
