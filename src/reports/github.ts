/**
 * A verdict as workflow commands of GitHub Actions: each line of these on a job's output becomes an annotation of the run.
 *
 * `error` for what fails the campaign, `warning` for a SHOULD that is not kept and for a campaign that concludes
 * nothing, `notice` for what is known to be broken. Pure.
 */
import { type FailureSummary, failsCampaign } from "../harness/record/verdict.ts";
import type { ReportView } from "./report-view.ts";
import { failuresFirst, seenIn } from "./requirement-lines.ts";
import { count } from "./text.ts";

type Level = "error" | "warning" | "notice";

/** GitHub shows ten annotations of each level for a step; the last one counts those that are left. */
const MOST_OF_A_LEVEL = 10;

export function renderGithub(view: ReportView): string {
  const { verdict } = view;
  const alone = failuresFirst(verdict).filter(({ belongsTo }) => belongsTo === undefined);
  const failures = alone.map((failure) => ({ level: levelOf(failure, view), failure }));
  const lines = (["error", "warning", "notice"] as const).flatMap((level) => {
    const own = failures.filter((each) => each.level === level);
    const shown = own.length > MOST_OF_A_LEVEL ? own.slice(0, MOST_OF_A_LEVEL - 1) : own;
    const left = own.slice(shown.length);
    return [
      ...shown.map(({ failure }) => annotation(level, titleOf(failure), textOf(failure, view))),
      ...(left.length === 0
        ? []
        : [
            annotation(
              level,
              `${count(left.length, "other failure")}`,
              left.map(({ failure }) => failure.id).join(", "),
            ),
          ]),
    ];
  });
  return [...lines, ...campaignLines(view)].map((line) => `${line}\n`).join("");
}

/** What is wrong with the campaign as a whole, and with what is expected of it. */
function campaignLines({ verdict, expectations }: ReportView): readonly string[] {
  const stale = (expectations?.stale ?? []).map((id) =>
    annotation(
      "error",
      `${id} is kept`,
      `${id} is expected to be broken, and is kept: take it out of the expectations`,
    ),
  );
  const unseen = expectations?.unseen ?? [];
  const told = unseen.length === 0 ? [] : [annotation("notice", "not seen this time", unseenText(unseen))];
  if (verdict.outcome !== "inconclusive" && verdict.harnessErrors.length === 0) return [...stale, ...told];
  const errors = verdict.harnessErrors.map(({ plan, reason }) => `${plan}: ${reason}`);
  return [
    ...stale,
    ...told,
    annotation("warning", `Fleetproof: ${verdict.outcome}`, [verdict.reason, ...errors].join("\n")),
  ];
}

const unseenText = (ids: readonly string[]): string =>
  `${ids.join(", ")}: expected to be broken, and too rare for its absence in one campaign to say anything`;

function levelOf({ requirement }: FailureSummary, { verdict, expectations }: ReportView): Level {
  if (expectations?.known.includes(requirement) === true) return "notice";
  const row = verdict.requirements.find(({ id }) => id === requirement);
  return row === undefined || failsCampaign(row, verdict) ? "error" : "warning";
}

const titleOf = ({ requirement }: FailureSummary): string => `${requirement} is broken`;

function textOf(failure: FailureSummary, { verdict, catalogue, replayCommand }: ReportView): string {
  const sentence = catalogue.find(({ id }) => id === failure.requirement)?.sentence;
  return [
    ...(sentence === undefined ? [] : [sentence]),
    `expected: ${failure.expected}`,
    `actual: ${failure.actual}`,
    `seen in ${seenIn(failure, verdict.runs)}`,
    `again: ${replayCommand(failure)}`,
  ].join("\n");
}

/** One workflow command. What a server says cannot end it, nor begin another one. */
export const annotation = (level: Level, title: string, text: string): string =>
  `::${level} title=${escapeProperty(title)}::${escapeData(text)}`;

const escapeData = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const escapeProperty = (text: string): string => escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
