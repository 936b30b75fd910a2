/**
 * The counts of a task: T-03. They agree with the statuses in the same answer, and where the task is shown alone, with
 * one another and with its devices once it is COMPLETE.
 *
 * A count that is left out counts as 0, as some encoders write it; until the targets are expanded, all are 0 (choices 19
 * and 33, docs/semantics.md).
 */
import type { Checker } from "../checker.ts";
import type { FactOf } from "../facts.ts";

/** T-03: the counts of a task are those of its device tasks. */
export const countsAgree: Checker = {
  requirements: ["T-03"],
  on: {
    "statuses-seen": (fact, judge) => {
      if (!hasDevices(fact)) return;
      const wrong = wrongCount(fact);
      if (wrong === undefined) judge.pass("T-03");
      else judge.violate("T-03", wrong.expected, wrong.actual, [fact.event]);
    },
    "task-seen": (fact, judge) => {
      const wrong = fact.answer === "task" ? wrongAlone(fact) : undefined;
      if (wrong !== undefined) judge.violate("T-03", wrong.expected, wrong.actual, [fact.task.event, fact.event]);
    },
  },
};

type StatusesSeen = FactOf<"statuses-seen">;

interface WrongCount {
  readonly expected: string;
  readonly actual: string;
}

/** Name of the count, the least that it may be, the most. */
type CountRow = readonly [name: string, least: number, most: number];

const hasDevices = ({ whole, statuses }: StatusesSeen): boolean => whole && statuses.length > 0;

/** The first count that does not agree with the statuses in the same answer. */
export function wrongCount(fact: StatusesSeen): WrongCount | undefined {
  const { task, counts, statuses } = fact;
  if (!hasDevices(fact)) return undefined;
  const tally = (wanted: string): number => statuses.filter((s) => s.status === wanted).length;
  const ended = tally("SUCCEEDED") + tally("FAILED");
  const rows: readonly CountRow[] = [
    ["totalDevices", statuses.length, statuses.length],
    ["numSucceeded", tally("SUCCEEDED"), tally("SUCCEEDED")],
    ["numFailed", tally("FAILED"), tally("FAILED")],
    ["numCancelled", tally("CANCELLED"), tally("CANCELLED")],
    // Whether cancelled devices count as completed is not documented (choice 21).
    ["numCompleted", ended, ended + tally("CANCELLED")],
  ];
  return firstWrong(rows, counts, (row) => `of task ${task.ref} agrees with its statuses (${range(row)})`);
}

/** A task by itself: its counts are counts, and when it is COMPLETE they cover its devices. */
function wrongAlone({ task, status, counts }: FactOf<"task-seen">): WrongCount | undefined {
  const any: readonly CountRow[] = Object.keys(counts ?? {}).map((name) => [name, 0, Number.POSITIVE_INFINITY]);
  const nonsense = firstWrong(any, counts, () => `of task ${task.ref} is a count`);
  if (nonsense !== undefined || status !== "COMPLETE") return nonsense;
  const { numSucceeded = 0, numFailed = 0 } = counts ?? {};
  const total = task.devices.length;
  const ended = numSucceeded + numFailed;
  const rows: readonly CountRow[] = [
    ["totalDevices", total, total],
    ["numCancelled", total - ended, total - ended],
    ["numCompleted", ended, total],
  ];
  return firstWrong(
    rows,
    counts,
    (row) => `of task ${task.ref}, which is COMPLETE, agrees with the others (${range(row)})`,
  );
}

const range = ([, least, most]: CountRow): string => (least === most ? `${least}` : `${least} to ${most}`);

function firstWrong(
  rows: readonly CountRow[],
  counts: StatusesSeen["counts"],
  agrees: (row: CountRow) => string,
): WrongCount | undefined {
  for (const row of rows) {
    const [name, least, most] = row;
    const shown = counts?.[name];
    const count = shown ?? 0;
    if (count >= least && count <= most) continue;
    const actual = shown === undefined ? "nothing" : Number.isNaN(shown) ? "no number" : `${shown}`;
    return { expected: `${name} ${agrees(row)}`, actual };
  }
  return undefined;
}
