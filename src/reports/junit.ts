/**
 * A verdict as JUnit XML, which CI systems show as tests: a suite for each group of requirements, a test for each one.
 *
 * A broken requirement is a failure; so is a SHOULD only where the campaign counts it (`--strict`). What was not examined
 * is skipped, with the reason. A campaign that says nothing is an error of its own. There are no times in it, so that
 * two runs of one seed give the same file.
 */
import { type FailureSummary, failsCampaign, type RequirementVerdict } from "../harness/record/verdict.ts";
import { type Content, element, type Markup } from "./html/markup.ts";
import type { ReportView } from "./report-view.ts";
import { groupRequirements, seenIn } from "./requirement-lines.ts";

export function renderJunit(view: ReportView): string {
  const { verdict } = view;
  const suites = [
    campaignSuite(view),
    ...groupRequirements(verdict.requirements).map(({ title, rows }) =>
      suite(
        title,
        rows.map((row) => requirementTest(row, view)),
      ),
    ),
  ];
  const document = element(
    "testsuites",
    { name: `fleetproof ${verdict.target}`, ...sums(suites.flatMap(({ tests }) => tests)) },
    suites.map(({ markup }) => markup),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${document.markup}\n`;
}

type Ending = "passed" | "failure" | "error" | "skipped";

interface Test {
  readonly ending: Ending;
  readonly markup: Markup;
}

interface Suite {
  readonly tests: readonly Test[];
  readonly markup: Markup;
}

const suite = (name: string, tests: readonly Test[]): Suite => ({
  tests,
  markup: element(
    "testsuite",
    { name, ...sums(tests) },
    tests.map(({ markup }) => markup),
  ),
});

const sums = (tests: readonly Test[]) => {
  const how = (ending: Ending) => tests.filter((test) => test.ending === ending).length;
  return { tests: tests.length, failures: how("failure"), errors: how("error"), skipped: how("skipped") };
};

/** Whether the campaign as a whole can be relied on, and whether what is expected of it is up to date. */
function campaignSuite({ verdict, expectations }: ReportView): Suite {
  const reliable = verdict.outcome !== "inconclusive" && !verdict.interrupted && verdict.harnessErrors.length === 0;
  const text = verdict.harnessErrors.map(({ plan, reason }) => `${plan}: ${reason}`).join("\n");
  const content = reliable ? [] : [element("error", { message: verdict.reason, type: verdict.outcome }, text)];
  const stale = (expectations?.stale ?? []).map((id) =>
    test("expectations", id, "failure", [
      element("failure", { message: `${id} is expected to be broken, and is kept` }),
    ]),
  );
  return suite("Campaign", [
    test("campaign", `seed ${verdict.seed}`, reliable ? "passed" : "error", content),
    ...stale,
  ]);
}

function requirementTest(row: RequirementVerdict, view: ReportView): Test {
  const sentence = view.catalogue.find(({ id }) => id === row.id)?.sentence ?? "";
  const name = `${row.id} ${row.level}: ${sentence}`;
  if (row.outcome === "pass") return test("requirement", name, "passed", []);
  if (row.outcome === "fail") return brokenTest(row, name, view);
  const skipped = element("skipped", { message: `${row.outcome}: ${row.reason ?? ""}` });
  return test("requirement", name, "skipped", [skipped]);
}

function brokenTest(row: RequirementVerdict, name: string, view: ReportView): Test {
  const { verdict } = view;
  const text = verdict.failures
    .filter(({ requirement }) => requirement === row.id)
    .map((failure) => failureText(failure, view))
    .join("\n\n");
  if (!failsCampaign(row, verdict))
    return test("requirement", name, "passed", [element("system-out", {}, `SHOULD not kept\n${text}`)]);
  if (view.expectations?.known.includes(row.id) === true)
    return test("requirement", name, "skipped", [element("skipped", { message: `known to be broken\n${text}` })]);
  const message = `${row.violations} violations in ${row.examined} examined`;
  return test("requirement", name, "failure", [element("failure", { message, type: row.level }, text)]);
}

const failureText = (failure: FailureSummary, { verdict, replayCommand }: ReportView): string =>
  [
    `expected  ${failure.expected}`,
    `actual    ${failure.actual}`,
    `seen in   ${seenIn(failure, verdict.runs)}`,
    `replay    ${replayCommand(failure)}`,
  ].join("\n");

const test = (classname: string, name: string, ending: Ending, content: readonly Content[]): Test => ({
  ending,
  markup: element("testcase", { classname: `fleetproof.${classname}`, name }, content),
});
