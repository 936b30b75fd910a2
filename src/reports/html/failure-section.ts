/** One failure on the page: what was promised, what happened instead, the smallest plan and the picture of it. Pure. */
import type { FailureSummary } from "../../harness/record/verdict.ts";
import { eventLines } from "../event-lines.ts";
import { evidentEvents } from "../evident-events.ts";
import { isKnown } from "../headline.ts";
import { excerpt } from "../plan-excerpt.ts";
import { planLines } from "../plan-text.ts";
import type { FailureEvidence, ReportView } from "../report-view.ts";
import { isSmallest, mayShrink, seenIn, whatPlan, whichOf } from "../requirement-lines.ts";
import { count } from "../text.ts";
import { type Content, element, type Markup } from "./markup.ts";
import { sequenceOf } from "./sequence.ts";
import { drawSequence } from "./sequence-svg.ts";

/** Characters: the page breaks lines itself. */
const PLAN_WIDTH = 2_000;

export const failureAnchor = (id: string): string => `failure-${id}`;

/** What is said of every failure, without its evidence. */
export function failureHead(view: ReportView, failure: FailureSummary): readonly Content[] {
  const { verdict, catalogue } = view;
  const requirement = catalogue.find(({ id }) => id === failure.requirement);
  const level = verdict.requirements.find(({ id }) => id === failure.requirement)?.level ?? "";
  const said: readonly (readonly [string, Content])[] = [
    ["expected", failure.expected],
    ["actual", failure.actual],
    ["seen in", seenIn(failure, verdict.runs)],
    ...(failure.belongsTo === undefined
      ? []
      : ([["comes with", element("a", { href: `#${failureAnchor(failure.belongsTo)}` }, failure.belongsTo)]] as const)),
    ...(failure.alsoBroke === undefined ? [] : ([["also breaks", failure.alsoBroke.join(", ")]] as const)),
  ];
  return [
    element(
      "h3",
      {},
      `${failure.requirement} is broken${isKnown(failure.requirement, view.expectations) ? ", as expected" : ""}${whichOf(failure, verdict)}`,
    ),
    requirement === undefined
      ? ""
      : element(
          "blockquote",
          {},
          element("p", {}, requirement.sentence),
          element("small", {}, `${level} · ${requirement.source}`),
        ),
    element(
      "dl",
      { class: "said" },
      said.map(([name, value]) => [
        element("dt", {}, name),
        element("dd", { class: name === "actual" && "actual" }, value),
      ]),
    ),
    element("p", {}, "See it again:"),
    element("pre", { class: "command" }, view.replayCommand(failure)),
    ...(mayShrink(failure) && view.shrinkCommand !== undefined
      ? [
          element("p", {}, "There was no time to make its plan as small as it can be. Make it smaller:"),
          element("pre", { class: "command" }, view.shrinkCommand(failure)),
        ]
      : []),
    element("p", {}, "Files: ", fileLinks(failure)),
  ];
}

function fileLinks(failure: FailureSummary): Content {
  const { plan, history, shrunk } = failure;
  const files = [
    ["the plan as it ran", plan],
    ["its history", history],
    [isSmallest(failure) ? "the smallest plan" : "the plan below", shrunk],
  ] as const;
  return files.map(([name, href], index) => [index === 0 ? "" : ", ", element("a", { href }, name)]);
}

/** The smallest plan in words, what happened as a picture, and both as text. */
export function failureEvidence(failure: FailureSummary, { plan, history, finding }: FailureEvidence): Markup {
  const { id } = failure;
  const size = `${count(plan.operations.length, "operation")}, ${count(plan.faults.length, "fault")}`;
  return element(
    "div",
    {},
    element("h4", {}, `The plan, ${whatPlan(failure)}: ${size}`),
    element("pre", { class: "wrapped" }, planText(planLines(plan, PLAN_WIDTH, evidentEvents(history, finding.events)))),
    element("h4", {}, "What happened"),
    element(
      "figure",
      {},
      element(
        "div",
        { class: "picture", tabindex: 0, role: "region", "aria-label": `Sequence diagram of ${id}` },
        drawSequence(sequenceOf(history, finding.events), {
          id: `sequence-${id}`,
          title: `What happened in the plan of ${id}`,
          description: "The same events follow as text.",
        }),
      ),
      element(
        "figcaption",
        {},
        "Time from the start of the plan. ▶ marks the events that show the violation; ✕ ends what did not arrive; a thick lane is offline, asleep or down.",
      ),
    ),
    details("The same events as text", eventLines(history, finding.events).join("\n")),
    details("The plan as JSON", JSON.stringify(plan, null, 1)),
  );
}

/** What shows the violation stands out. */
const planText = (lines: readonly string[]): Content =>
  excerpt(lines, lines.length).map(({ kind, text }, index) => [
    index === 0 ? "" : "\n",
    kind === "evident" ? element("mark", {}, text) : text,
  ]);

const details = (summary: string, text: string): Markup =>
  element("details", {}, element("summary", {}, summary), element("pre", {}, text));
