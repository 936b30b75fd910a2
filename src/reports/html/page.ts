/**
 * A run record as one HTML page that needs nothing else: no network, no script. Failures first.
 *
 * Pure: gives text. It stands in the record, so its links to files are relative to it.
 */
import type { FailureSummary, Verdict } from "../../harness/record/verdict.ts";
import { campaignCharts } from "../charts/campaign-charts.ts";
import { expectationLines } from "../expectation-lines.ts";
import { failureGroups } from "../failure-groups.ts";
import { headline, isKnown } from "../headline.ts";
import type { ReportView } from "../report-view.ts";
import { failuresFirst, outcomeCounts } from "../requirement-lines.ts";
import { count } from "../text.ts";
import { troubleLines } from "../trouble-lines.ts";
import { chartFigures } from "./chart-section.ts";
import { type PageHead, renderDocument, table } from "./document.ts";
import { failureAnchor, failureEvidence, failureHead } from "./failure-section.ts";
import { type Content, element, type Markup } from "./markup.ts";
import { openQuestions, requirementSections } from "./requirement-section.ts";

/** Characters of evidence in one page; what does not fit stays in its files, and is said to. */
const MOST_EVIDENCE = 1_500_000;

/** Plans that cannot be relied on, told one by one. */
const MOST_PLANS = 20;

export function renderHtml(view: ReportView): string {
  const sections = SECTIONS.map(({ id, title, content }) => ({ id, title, content: content(view) }));
  return renderDocument(head(view), sections);
}

const SECTIONS: readonly {
  readonly id: string;
  readonly title: string;
  readonly content: (view: ReportView) => readonly Content[];
}[] = [
  { id: "trouble", title: "Read this first", content: ({ verdict }) => trouble(verdict) },
  { id: "expected", title: "What was expected", content: ({ expectations }) => list(expectationLines(expectations)) },
  { id: "glance", title: "At a glance", content: glance },
  { id: "failures", title: "What is broken", content: failures },
  { id: "open", title: "What is not decided", content: ({ verdict }) => openQuestions(verdict) },
  { id: "requirements", title: "Requirements", content: requirementSections },
  { id: "charts", title: "Device tasks in charts", content: (view) => chartFigures(campaignCharts(view)) },
  { id: "choices", title: "Observed choices", content: ({ verdict }) => choices(verdict) },
  {
    id: "coverage",
    title: "What was reached",
    content: ({ coverage }) => (coverage === "" ? [] : [element("pre", { class: "wrapped" }, coverage.trimEnd())]),
  },
];

function head({ verdict, expectations }: ReportView): PageHead {
  const { word, tone, reason } = headline(verdict, expectations);
  const asked = verdict.requestedRuns === undefined ? "" : ` of ${verdict.requestedRuns}`;
  return {
    title: `${word}: ${verdict.target} · Fleetproof`,
    outcome: { word, tone },
    subject: verdict.target,
    reason,
    facts: [
      ["seed", verdict.seed],
      ["profile", verdict.profile],
      ["plans", `${verdict.runs}${asked}`],
      ["different sequences of operations", String(verdict.distinctSequences)],
      ["virtual devices", String(verdict.devices)],
      ...(verdict.historyHash === undefined ? [] : ([["hash of all histories", verdict.historyHash]] as const)),
    ],
    more: [
      element(
        "ul",
        { class: "counts", "aria-label": "Requirements by outcome" },
        outcomeCounts(verdict.requirements).map((row) =>
          element("li", { class: row.colour }, `${row.symbol} ${row.count} ${row.text}`),
        ),
      ),
    ],
  };
}

/** All failures in a few lines, when there are several; those that are perhaps one defect together. */
function glance(view: ReportView): readonly Content[] {
  const { verdict, catalogue, expectations } = view;
  if (verdict.failures.length < 2) return [];
  const groups = failureGroups(verdict);
  const shown = groups.flatMap(({ first, others }) => [first, ...others]);
  const firstOf = ({ requirement }: FailureSummary): FailureSummary | undefined =>
    shown.find((other) => other.requirement === requirement);
  const rowOf = (failure: FailureSummary, comesWith: boolean): readonly Content[] => [
    [comesWith ? "↳ " : "", element("a", { href: `#${failureAnchor(failure.id)}` }, failure.id)],
    isKnown(failure.requirement, expectations) ? `${levelOf(failure, verdict)}, known` : levelOf(failure, verdict),
    failure === firstOf(failure)
      ? (catalogue.find(({ id }) => id === failure.requirement)?.sentence ?? "")
      : `${failure.requirement}, as above`,
    failure.expected,
    failure.actual,
    `${failure.plans} of ${verdict.runs}`,
  ];
  const joined =
    groups.length === shown.length ? "" : `, perhaps ${count(groups.length, "defect")}: ↳ comes with the one above`;
  return [
    table(
      `${count(shown.length, "failure")}${joined}`,
      ["broken", "level", "promise", "expected", "actual", "plans"].map((name) => ({ name })),
      groups.flatMap(({ first, others }) => [rowOf(first, false), ...others.map((other) => rowOf(other, true))]),
    ),
  ];
}

const levelOf = ({ requirement }: FailureSummary, { requirements: rows }: Verdict): string =>
  rows.find(({ id }) => id === requirement)?.level ?? "";

function failures(view: ReportView): readonly Content[] {
  let left = MOST_EVIDENCE;
  return failuresFirst(view.verdict).map((failure) => {
    const evidence = evidenceOf(view, failure);
    const fits = evidence !== undefined && evidence.markup.length <= left;
    if (fits) left -= evidence.markup.length;
    return element(
      "article",
      { class: `failure${isShould(failure, view.verdict) ? " should" : ""}`, id: failureAnchor(failure.id) },
      failureHead(view, failure),
      fits ? evidence : "",
      evidence !== undefined && !fits ? element("p", {}, "This page is full: the evidence is in the files.") : "",
    );
  });
}

/** What comes with another failure is told in short: its evidence is in its files. */
function evidenceOf(view: ReportView, failure: FailureSummary): Markup | undefined {
  const evidence = view.evidence.get(failure.id);
  if (evidence === undefined || failure.belongsTo !== undefined) return undefined;
  return failureEvidence(failure, evidence);
}

const isShould = (failure: FailureSummary, verdict: Verdict): boolean => levelOf(failure, verdict) === "SHOULD";

function choices({ observedChoices }: Verdict): readonly Content[] {
  if (observedChoices.length === 0) return [];
  return [
    element("p", {}, "What the profile leaves open, and what the target was seen to do."),
    element(
      "ul",
      {},
      observedChoices.map(({ choice, values }) =>
        element("li", {}, `${choice}: `, values.map(({ value, count: times }) => `${value} (${times}×)`).join(", ")),
      ),
    ),
  ];
}

function trouble(verdict: Verdict): readonly Content[] {
  return list(troubleLines(verdict, MOST_PLANS));
}

const list = (lines: readonly string[]): readonly Content[] =>
  lines.length === 0
    ? []
    : [
        element(
          "ul",
          {},
          lines.map((line) => element("li", {}, line)),
        ),
      ];
