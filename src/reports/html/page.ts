/**
 * A run record as one HTML page that needs nothing else: no network, no script. Failures first.
 *
 * Pure: gives text. It stands in the record, so its links to files are relative to it.
 */
import type { FailureSummary, RequirementVerdict, Verdict } from "../../harness/record/verdict.ts";
import type { ReportView } from "../report-view.ts";
import {
  failuresFirst,
  groupRequirements,
  markOf,
  outcomeCounts,
  outcomeRow,
  type RequirementGroup,
} from "../requirement-lines.ts";
import { count } from "../text.ts";
import { failureAnchor, failureEvidence, failureHead } from "./failure-section.ts";
import { type Content, element, type Markup, verbatim } from "./markup.ts";
import { drawStates } from "./state-chart.ts";
import { STYLE } from "./style.ts";

/** Characters of evidence in one page; what does not fit stays in its files, and is said to. */
const MOST_EVIDENCE = 1_500_000;

export function renderHtml(view: ReportView): string {
  const { verdict } = view;
  const sections = SECTIONS.map((section) => ({ ...section, content: section.content(view) })).filter(
    ({ content }) => content.length > 0,
  );
  const page = element(
    "html",
    { lang: "en" },
    element(
      "head",
      {},
      element("meta", { charset: "utf-8" }),
      element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
      element("title", {}, `${verdict.outcome.toUpperCase()}: ${verdict.target} · Fleetproof`),
      element("style", {}, verbatim(STYLE)),
    ),
    element(
      "body",
      {},
      element("a", { class: "skip", href: `#${sections[0]?.id ?? ""}` }, "To the results"),
      head(verdict),
      element(
        "header",
        {},
        element(
          "nav",
          { "aria-label": "Sections" },
          element(
            "ul",
            {},
            sections.map(({ id, title }) => element("li", {}, element("a", { href: `#${id}` }, title))),
          ),
        ),
      ),
      element(
        "main",
        {},
        sections.map(({ id, title, content }) =>
          element(
            "section",
            { id, "aria-labelledby": `${id}-title` },
            element("h2", { id: `${id}-title` }, title),
            content,
          ),
        ),
      ),
      element("footer", {}, "Made by Fleetproof. Everything on this page stands in the record beside it, as data."),
    ),
  );
  return `<!doctype html>\n${page.markup}\n`;
}

interface Section {
  readonly id: string;
  readonly title: string;
  /** Empty: there is nothing to say. */
  readonly content: (view: ReportView) => readonly Content[];
}

const SECTIONS: readonly Section[] = [
  { id: "failures", title: "What is broken", content: failures },
  { id: "trouble", title: "What went wrong on our side", content: ({ verdict }) => trouble(verdict) },
  { id: "requirements", title: "Requirements", content: requirements },
  {
    id: "states",
    title: "Device tasks over time",
    content: ({ states }) => (states === undefined ? [] : [drawStates(states)]),
  },
  { id: "choices", title: "Observed choices", content: ({ verdict }) => choices(verdict) },
  {
    id: "coverage",
    title: "What was reached",
    content: ({ coverage }) => (coverage === "" ? [] : [element("pre", { class: "wrapped" }, coverage.trimEnd())]),
  },
];

function head(verdict: Verdict): Markup {
  const asked = verdict.requestedRuns === undefined ? "" : ` of ${verdict.requestedRuns}`;
  const facts: readonly (readonly [string, string])[] = [
    ["seed", verdict.seed],
    ["profile", verdict.profile],
    ["plans", `${verdict.runs}${asked}`],
    ["different sequences of operations", String(verdict.distinctSequences)],
    ["virtual devices", String(verdict.devices)],
    ...(verdict.historyHash === undefined ? [] : ([["hash of all histories", verdict.historyHash]] as const)),
  ];
  return element(
    "header",
    {},
    element(
      "h1",
      {},
      element("span", { class: `outcome ${verdict.outcome}` }, verdict.outcome.toUpperCase()),
      verdict.target,
    ),
    element("p", {}, verdict.reason),
    element(
      "dl",
      { class: "facts" },
      facts.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
    ),
    element(
      "ul",
      { class: "counts", "aria-label": "Requirements by outcome" },
      outcomeCounts(verdict.requirements).map((row) =>
        element("li", { class: row.colour }, `${row.symbol} ${row.count} ${row.text}`),
      ),
    ),
  );
}

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
  return failureEvidence(failure.id, evidence);
}

const isShould = ({ requirement }: FailureSummary, { requirements: rows }: Verdict): boolean =>
  rows.find(({ id }) => id === requirement)?.level === "SHOULD";

function requirements(view: ReportView): readonly Content[] {
  const groups = groupRequirements(view.verdict.requirements);
  return groups.map((group) => [
    element("h3", {}, `${group.letter} · ${group.title}`),
    tiles(group, view.verdict),
    element("details", {}, element("summary", {}, summaryOf(group)), matrix(group, view)),
  ]);
}

const summaryOf = ({ rows, examined, undecided, violations }: RequirementGroup): string =>
  `${count(rows.length, "requirement")}: ${examined} examined, ${undecided} undecided, ${count(violations, "violation")}`;

function tiles({ rows }: RequirementGroup, verdict: Verdict): Markup {
  return element(
    "ul",
    { class: "tiles" },
    rows.map((row) => {
      const { symbol, text, colour } = outcomeRow(markOf(row));
      const failure = verdict.failures.find(({ requirement }) => requirement === row.id);
      const label = { "aria-label": `${row.id} ${text}`, title: `${row.id}: ${text}`, class: colour };
      const content = `${symbol} ${row.id}`;
      return element(
        "li",
        {},
        failure === undefined
          ? element("span", label, content)
          : element("a", { ...label, href: `#${failureAnchor(failure.id)}` }, content),
      );
    }),
  );
}

const COLUMNS = ["", "id", "level", "outcome", "examined", "undecided", "violations", "promise"] as const;
const NUMBERS: ReadonlySet<string> = new Set(["examined", "undecided", "violations"]);

function matrix({ rows }: RequirementGroup, { catalogue }: ReportView): Markup {
  const cells = (row: RequirementVerdict): readonly Content[] => {
    const { symbol, text, colour } = outcomeRow(markOf(row));
    const sentence = catalogue.find(({ id }) => id === row.id)?.sentence ?? "";
    return [
      element("td", { class: colour }, symbol),
      element("td", { class: "id" }, row.id),
      element("td", {}, row.level),
      element("td", { class: colour }, text),
      ...[row.examined, row.undecided, row.violations].map((value) => element("td", { class: "number" }, value)),
      element("td", {}, sentence, row.reason === undefined ? "" : element("small", {}, row.reason)),
    ];
  };
  return element(
    "div",
    { class: "scroll" },
    element(
      "table",
      {},
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          COLUMNS.map((name) => element("th", { scope: "col", class: NUMBERS.has(name) && "number" }, name)),
        ),
      ),
      element(
        "tbody",
        {},
        rows.map((row) => element("tr", {}, cells(row))),
      ),
    ),
  );
}

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
  const lines = [
    ...(verdict.interrupted ? ["The campaign was interrupted: what follows is what was done until then."] : []),
    ...(verdict.cutOff > 0 ? [`${count(verdict.cutOff, "plan")} did not run to the end.`] : []),
    ...verdict.harnessErrors.map(({ plan, reason }) => `${plan} cannot be relied on: ${reason}`),
  ];
  if (lines.length === 0) return [];
  return [
    element(
      "ul",
      {},
      lines.map((line) => element("li", {}, line)),
    ),
  ];
}
