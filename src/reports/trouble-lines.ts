/**
 * What keeps a campaign from saying more than it does, in words: what went wrong with the measuring, whose slowness it
 * was, and what to do about it. All reports say it alike. Pure.
 */
import type { Verdict } from "../harness/record/verdict.ts";
import { count } from "./text.ts";

/** @param most plans that cannot be relied on, told one by one; of more than these, their number and the first */
export function troubleLines(verdict: Verdict, most: number): readonly string[] {
  const { interrupted } = verdict;
  return [
    ...(interrupted ? ["Interrupted: the verdict is about the plans that ran until then."] : []),
    ...cutOffLines(verdict),
    ...unreliableLines(verdict, most),
    ...adviceLines(verdict),
  ];
}

function unreliableLines({ harnessErrors }: Verdict, most: number): readonly string[] {
  const [first] = harnessErrors;
  if (first === undefined || harnessErrors.length <= most)
    return harnessErrors.map(({ plan, reason }) => `${plan} cannot be relied on: ${reason}`);
  return [`${count(harnessErrors.length, "plan")} cannot be relied on, first ${first.plan}: ${first.reason}`];
}

function cutOffLines({ cutOff, cutOffBecause = [] }: Verdict): readonly string[] {
  if (cutOff > 0 && cutOffBecause.length === 0) return [`${count(cutOff, "plan")} did not run to the end.`];
  return cutOffBecause.map(
    ({ plan, reason, plans }) =>
      `${count(plans, "plan")} did not run to the end${plans === 1 ? "" : `, first ${plan}`}: ${reason}.`,
  );
}

/** Milliseconds: a process that is later than this was not alone on its machine. */
const BUSY = 500;

/** Who was slow, and what to do. */
function adviceLines({ harnessErrors, cutOffBecause = [], worstLateness = 0 }: Verdict): readonly string[] {
  const unanswered = harnessErrors.some(({ reason }) => reason.includes("no answer within"));
  const late = cutOffBecause.some(({ reason }) => reason.startsWith("this process was"));
  if (!unanswered && !late) return [];
  const again = "Repeat it with fewer plans at once (--at-once 10) and more time (--time)";
  if (late || worstLateness >= BUSY)
    return [
      `This machine was busy: this process was up to ${worstLateness} ms late itself. ${again}, or on a machine with less to do.`,
    ];
  return [`This process was at most ${worstLateness} ms late: it was the target that did not answer. ${again}.`];
}
