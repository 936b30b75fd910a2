/**
 * A run record as one Markdown page: verdict, every requirement, and for each failure its smallest plan and what happened.
 *
 * Pure: gives text. The page stands in the record, so its links are relative to it.
 */
import type { FailureSummary, RequirementVerdict, Verdict } from "../harness/record/verdict.ts";
import { eventLines } from "./event-lines.ts";
import { evidentEvents } from "./evident-events.ts";
import { expectationLines } from "./expectation-lines.ts";
import { failureGroups } from "./failure-groups.ts";
import { headline, isKnown } from "./headline.ts";
import { planLines } from "./plan-text.ts";
import type { FailureEvidence, ReportView } from "./report-view.ts";
import {
  failuresFirst,
  groupRequirements,
  markOf,
  mayShrink,
  outcomeCounts,
  outcomeRow,
  seenIn,
  whatPlan,
  whichOf,
} from "./requirement-lines.ts";
import { count } from "./text.ts";
import { troubleLines } from "./trouble-lines.ts";

const PLAN_WIDTH = 110;
/** Plans that cannot be relied on, told one by one. */
const MOST_PLANS = 20;

export function renderMarkdown(view: ReportView): string {
  const { verdict } = view;
  const sections = [
    headSection(view),
    expectedSection(view),
    glanceSection(verdict),
    ...failuresFirst(verdict).map((failure) => failureSection(view, failure)),
    matrixSection(view),
    ...(view.chart === undefined ? [] : [["## States", "", `![Device tasks by state over time](${view.chart})`]]),
    choicesSection(verdict),
    troubleSection(verdict),
    view.coverage === "" ? [] : ["## What was reached", "", view.coverage.trimEnd()],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function headSection({ verdict, expectations }: ReportView): readonly string[] {
  const { word, reason } = headline(verdict, expectations);
  const rows = [
    ["target", verdict.target],
    ["profile", verdict.profile],
    ["seed", verdict.seed],
    ["plans", `${verdict.runs}${verdict.requestedRuns === undefined ? "" : ` of ${verdict.requestedRuns}`}`],
    ["different sequences of operations", String(verdict.distinctSequences)],
    ["virtual devices", String(verdict.devices)],
    ...(verdict.historyHash === undefined ? [] : [["hash of all histories", verdict.historyHash]]),
  ];
  return [
    `# ${word}: ${verdict.target}`,
    "",
    plain(reason),
    "",
    "| | |",
    "|---|---|",
    ...rows.map(([name = "", value = ""]) => `| ${name} | ${plain(value)} |`),
    "",
    outcomeCounts(verdict.requirements)
      .map((row) => `${row.symbol} ${row.count} ${row.text}`)
      .join(" · "),
  ];
}

function expectedSection({ expectations }: ReportView): readonly string[] {
  const lines = expectationLines(expectations);
  return lines.length === 0 ? [] : ["## What was expected", "", ...lines.map((line) => `- ${line}`)];
}

/** All failures in a few lines, when there are several; those that are perhaps one defect together. */
function glanceSection(verdict: Verdict): readonly string[] {
  if (verdict.failures.length < 2) return [];
  const row = (failure: FailureSummary, comesWith: boolean): string =>
    `| ${comesWith ? "↳ " : ""}[${failure.id}](${failure.shrunk}) | ${plain(failure.expected)} | ${plain(failure.actual)} | ${failure.plans} | ${count(failure.operations, "operation")}, ${count(failure.faults, "fault")} |`;
  return [
    "## Failures",
    "",
    "What stands behind a ↳ most likely comes with the one above: another side of it, or another way to it.",
    "",
    "| failure | expected | actual | plans | plan made small |",
    "|---|---|---|---:|---|",
    ...failureGroups(verdict).flatMap(({ first, others }) => [
      row(first, false),
      ...others.map((other) => row(other, true)),
    ]),
  ];
}

function failureSection(view: ReportView, failure: FailureSummary): readonly string[] {
  const requirement = view.catalogue.find(({ id }) => id === failure.requirement);
  const level = view.verdict.requirements.find(({ id }) => id === failure.requirement)?.level ?? "";
  const evidence = view.evidence.get(failure.id);
  return [
    `## ${failure.requirement} is broken${isKnown(failure.requirement, view.expectations) ? ", as expected" : ""}${whichOf(failure, view.verdict)}`,
    "",
    `> ${plain(requirement?.sentence ?? "")}`,
    ...(requirement === undefined ? [] : [">", `> ${level}, ${plain(requirement.source)}`]),
    "",
    `- **expected:** ${plain(failure.expected)}`,
    `- **actual:** ${plain(failure.actual)}`,
    `- **seen in** ${seenIn(failure, view.verdict.runs)}`,
    ...(failure.belongsTo === undefined ? [] : [`- **comes with** ${failure.belongsTo}`]),
    ...(failure.alsoBroke === undefined
      ? []
      : [`- **its plan made small also breaks** ${failure.alsoBroke.join(", ")}`]),
    `- **again:** \`${view.replayCommand(failure)}\``,
    ...(mayShrink(failure) && view.shrinkCommand !== undefined
      ? [`- **smaller:** \`${view.shrinkCommand(failure)}\``]
      : []),
    `- **files:** [plan](${failure.plan}), [its history](${failure.history}), [plan made small](${failure.shrunk})`,
    // What comes with another failure is told in short: its evidence is in its files.
    ...(evidence === undefined || failure.belongsTo !== undefined ? [] : ["", ...evidenceLines(failure, evidence)]),
  ];
}

function evidenceLines(failure: FailureSummary, { plan, history, finding }: FailureEvidence): readonly string[] {
  return [
    `### The plan, ${whatPlan(failure)}: ${count(plan.operations.length, "operation")}, ${count(plan.faults.length, "fault")}`,
    "",
    "```text",
    ...planLines(plan, PLAN_WIDTH, evidentEvents(history, finding.events)),
    "```",
    "",
    "<details><summary>The plan as JSON</summary>",
    "",
    "```json",
    JSON.stringify(plan, null, 2),
    "```",
    "",
    "</details>",
    "",
    "### What happened",
    "",
    "`←` came in at the server, `→` went out, `⇒` `⇐` are REST requests and answers; `>` marks the events that show it.",
    "",
    "```text",
    ...eventLines(history, finding.events),
    "```",
  ];
}

function matrixSection({ verdict, catalogue }: ReportView): readonly string[] {
  const row = (each: RequirementVerdict) => {
    const outcome = outcomeRow(markOf(each));
    const sentence = catalogue.find(({ id }) => id === each.id)?.sentence ?? "";
    const reason = each.reason === undefined ? "" : `<br>*${plain(each.reason)}*`;
    return `| ${outcome.symbol} | ${each.id} | ${each.level} | ${outcome.text} | ${each.examined} | ${each.undecided} | ${each.violations} | ${plain(sentence)}${reason} |`;
  };
  return [
    "## Requirements",
    ...groupRequirements(verdict.requirements).flatMap((group) => [
      "",
      `### ${group.title}`,
      "",
      "| | id | level | outcome | examined | undecided | violations | |",
      "|---|---|---|---|---:|---:|---:|---|",
      ...group.rows.map(row),
    ]),
  ];
}

function choicesSection({ observedChoices }: Verdict): readonly string[] {
  if (observedChoices.length === 0) return [];
  return [
    "## Observed choices",
    "",
    "What the profile leaves open, and what the target was seen to do.",
    "",
    "| choice | seen |",
    "|---|---|",
    ...observedChoices.map(
      ({ choice, values }) =>
        `| ${plain(choice)} | ${values.map(({ value, count: times }) => `${plain(value)} (${times}×)`).join(", ")} |`,
    ),
  ];
}

function troubleSection(verdict: Verdict): readonly string[] {
  const lines = troubleLines(verdict, MOST_PLANS).map((line) => `- ${plain(line)}`);
  return lines.length === 0 ? [] : ["## What went wrong on our side", "", ...lines];
}

/** Text inside a table cell or a line: no markup of its own. */
const plain = (text: string): string => text.replaceAll(/\s+/g, " ").replaceAll(/([|<>*`_\\])/g, "\\$1");
