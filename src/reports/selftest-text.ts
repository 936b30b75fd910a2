/**
 * A self-test on the screen and as the page docs/selftest.md: which mutant is caught by which requirement and how soon,
 * and which legal variants pass.
 *
 * Pure, and without times: the same program gives the same page on every machine.
 */

import { percentile } from "../harness/record/percentile.ts";
import type { MutantOutcome, SelfTestReport, VariantOutcome } from "../harness/record/selftest.ts";
import { count, tableRow } from "./text.ts";

/** Marks of the matrix: the requirement that a mutant must break, and others that broke in the same plans. */
const CAUGHT = "●";
const ALSO = "+";
const MISSED = "!";
const UNFINISHED = "?";
const NOTHING = "·";

export function renderSelfTest(report: SelfTestReport): string {
  return `${[...matrixLines(report), "", ...problemLines(report), ...conclusionLines(report)].join("\n")}\n`;
}

export function renderSelfTestPage(report: SelfTestReport): string {
  const lines = [
    "# Self-test",
    "",
    "Made by `npm run -s fleetproof -- selftest`. A mutant is the reference server, its CoAP endpoint or a virtual device",
    "with one rule broken. It counts as caught only if its defect made a difference in a plan, the requirement that it must",
    "break failed in that plan, and the unmutated server passes the same plan; and that with every seed. A legal variant",
    "uses what the specification leaves open, and must not be accused of anything.",
    "",
    ...conclusionLines(report),
    "",
    ...problemLines(report).flatMap((line) => [line, ""]),
    "## Mutants",
    "",
    `Plans until caught: median and 95th percentile over ${count(report.seeds.length, "seed")}. "Also broke": requirements that failed in plans up to that one.`,
    "",
    "| mutant | must break | median | p95 | also broke | the defect | where it comes from |",
    "|---|---|---|---|---|---|---|",
    ...report.mutants.map(mutantLine),
    "",
    "## Mutant by requirement",
    "",
    `\`${CAUGHT}\` broken as it must, \`${ALSO}\` also broken, \`${MISSED}\` not caught${report.interrupted ? `, \`${UNFINISHED}\` not tested to the end` : ""}.`,
    "",
    "```",
    ...matrixLines(report),
    "```",
    "",
    "## Legal variants",
    "",
    "| variant | what it does | allowed by | plans | plans in which it differed | |",
    "|---|---|---|---|---|---|",
    ...report.variants.map(variantLine),
  ];
  return `${lines.join("\n")}\n`;
}

function mutantLine(mutant: MutantOutcome): string {
  const { id, requirement, level, caughtAfter, sentence, source } = mutant;
  const [median, p95] = [percentile(caughtAfter, 50), percentile(caughtAfter, 95)];
  const others = othersBroken(mutant).join(", ");
  const soon = mutant.problem === undefined ? [median, p95] : ["not caught", ""];
  return tableRow([`\`${id}\``, `${requirement} (${level})`, ...soon, others, sentence, source]);
}

function variantLine({ id, sentence, choice, plans, activated, problem }: VariantOutcome): string {
  return tableRow([`\`${id}\``, sentence, choice, plans, activated, problem ?? "passes"]);
}

const othersBroken = ({ broken, requirement }: MutantOutcome): readonly string[] =>
  Object.keys(broken)
    .filter((id) => id !== requirement)
    .sort();

/** One line per mutant, one column per requirement; the ids stand upright above their columns. */
function matrixLines({ mutants }: SelfTestReport): readonly string[] {
  const ids = [...new Set(mutants.flatMap((row) => [row.requirement, ...Object.keys(row.broken)]))].sort();
  const width = Math.max(...mutants.map(({ id }) => id.length), 0);
  const height = Math.max(...ids.map((id) => id.length), 0);
  const head = Array.from(
    { length: height },
    (_, line) => `${" ".repeat(width)} ${ids.map((id) => id[line] ?? " ").join("")}`,
  );
  const rows = mutants.map((row) => `${row.id.padEnd(width)} ${ids.map((id) => mark(row, id)).join("")}`);
  return [...head.map((line) => line.trimEnd()), ...rows];
}

function mark({ broken, requirement, problem, unfinished }: MutantOutcome, id: string): string {
  if (id === requirement) return problem === undefined ? CAUGHT : unfinished === true ? UNFINISHED : MISSED;
  return broken[id] === undefined ? NOTHING : ALSO;
}

const isFinished = ({ unfinished }: { readonly unfinished?: true }): boolean => unfinished !== true;

function problemLines({ mutants, variants, reference }: SelfTestReport): readonly string[] {
  const problems = [
    ...mutants.filter(isFinished).map(({ id, problem }) => ({ id: `mutant ${id}`, problem })),
    ...variants.filter(isFinished).map(({ id, problem }) => ({ id: `legal variant ${id}`, problem })),
    { id: "the unmutated server", problem: reference.problem },
  ];
  return problems.flatMap(({ id, problem }) => (problem === undefined ? [] : [`${id}: ${problem}`]));
}

function conclusionLines(report: SelfTestReport): readonly string[] {
  const { outcome, interrupted, mutants, variants, caught, must, plansUntilCaught, reference, seeds } = report;
  const passing = variants.filter(({ problem }) => problem === undefined).length;
  const soon =
    plansUntilCaught === undefined
      ? ""
      : `, after ${plansUntilCaught.median} plans in the median, ${plansUntilCaught.p95} at the 95th percentile`;
  const open = [...mutants, ...variants].filter((row) => !isFinished(row)).length;
  const partial = `PARTIAL: interrupted; ${open} of ${count(mutants.length + variants.length, "mutant and variant", "mutants and variants")} not tested to the end.`;
  return [
    ...(interrupted ? [partial] : []),
    `${caught} of ${count(mutants.length, "mutant")} caught by the requirement that they must break, with ${count(seeds.length, "seed")} each${soon}.`,
    `${must.caught} of ${must.all} that break a MUST; ${passing} of ${count(variants.length, "legal variant")} pass; the unmutated server ${reference.problem === undefined ? "passes" : "fails"} ${count(reference.plans, "plan")}.`,
    `${{ pass: "PASS", fail: "FAIL", inconclusive: "INCONCLUSIVE" }[outcome]}${interrupted ? " (interrupted)" : ""}`,
  ];
}
