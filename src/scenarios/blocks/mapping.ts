/**
 * Building blocks around answers and what becomes of them: error codes, diagnostics, and the Device Mirror.
 * Spec: task page, Device task errors; docs/semantics.md, choices 1 to 3, 17, 25.
 */
import * as fc from "fast-check";
import { ARTIK } from "../../protocol/profile.ts";
import type { TaskType } from "../../protocol/task-api/states.ts";
import type { RequestMatch } from "../../simulator/model/device.ts";
import { part } from "../pace.ts";
import { behave, createTask, ensureRegistered, finish, poll, pollMirror, trigger } from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK, TRIGGER } from "./block.ts";

const ANY = ["R", "W", "E"] as const;

/** Error codes that a device may give, and to what. 4.06 needs a request for content, 4.15 one with content (M-11). */
const LISTED = [
  { code: "4.00", to: ANY },
  { code: "4.01", to: ANY },
  { code: "4.03", to: ANY },
  { code: "4.04", to: ANY },
  { code: "4.05", to: ANY },
  { code: "4.06", to: ["R"] },
  { code: "4.15", to: ["W"] },
] as const satisfies readonly { code: string; to: readonly TaskType[] }[];

/** Drawn twice as often: whether it is told from the cloud's own 4004 shows in nothing else. */
const NOT_FOUND = LISTED[3];

const OPERATIONS = { R: "read", W: "write", E: "execute" } as const;

/** Requests to which the code is an answer that makes sense: others that come meanwhile are answered as usual. */
const matchOf = ({ to }: (typeof LISTED)[number]): RequestMatch => {
  const [only, ...more]: readonly TaskType[] = to;
  return only === undefined || more.length > 0 ? {} : { operation: OPERATIONS[only] };
};

/** Codes that the task page has no row for. Spec: RFC 7252 §5.9, RFC 7959 §2.9, RFC 8132 §3, RFC 8516. */
const UNLISTED = [
  "4.02",
  "4.08",
  "4.09",
  "4.12",
  "4.13",
  "4.22",
  "4.29",
  "5.00",
  "5.01",
  "5.02",
  "5.03",
  "5.04",
] as const;

const DIAGNOSTICS = [
  "value out of range",
  "no such zone",
  "ungültiger Wert",
  "busy",
  "timezone: \"Mars/Olympus\", or 'nowhere'; not in {IANA} <tz> & 100 % unknown",
  "the value was refused by the clock, because its offset lies outside the range from -12:00 to +14:00 that it was built for; ask for another one (reason 0x1F)",
] as const;

const diagnosed = (code: string, dial: number): { code: string; diagnostic?: string } => {
  const diagnostic = DIAGNOSTICS[dial % (DIAGNOSTICS.length + 2)];
  return diagnostic === undefined ? { code } : { code, diagnostic };
};

const ERROR_ANSWER = defineBlock({
  id: "error-answer",
  sentence: "the device answers a task with an error from the table; later it updates or registers",
  lanes: 1,
  live: true,
  exercises: ["M-08", "M-11", "R-09", "I-03", "D-03", "T-01", "T-02", "T-03"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK),
    rows: fc.tuple(fc.constantFrom(...LISTED, NOT_FOUND), fc.constantFrom(...LISTED, NOT_FOUND)),
    two: fc.boolean(),
    diagnostic: fc.nat(999),
    share: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, gap } = sketch.pace;
    ensureRegistered(sketch, lane);
    let at = lane.clock + 1;
    pollMirror(sketch, lane, at - 1);
    const tasks: number[] = [];
    for (const [index, row] of choice.rows.slice(0, choice.two ? 2 : 1).entries()) {
      const error = { kind: "error", ...diagnosed(row.code, choice.diagnostic + index) } as const;
      behave(sketch, lane, at, at + beat - 2, error, matchOf(row));
      tasks.push(createTask(sketch, [lane], at, choice.tasks[index] ?? choice.tasks[0], { only: row.to }));
      at += beat;
    }
    for (const task of tasks) poll(sketch, task, at);
    const settled = trigger(sketch, lane, at + beat + part(choice.share, gap), choice.trigger);
    for (const task of tasks) poll(sketch, task, settled);
    pollMirror(sketch, lane, settled);
    finish([lane], settled + 1);
  },
});

const EVERY_CODE = defineBlock({
  id: "every-code",
  sentence: "each error of the table in turn, from a drawn one on",
  lanes: 1,
  live: false,
  exercises: [
    "M-01",
    "M-02",
    "M-03",
    "M-04",
    "M-05",
    "M-06",
    "M-07",
    "M-08",
    "M-09",
    "M-11",
    "E-10",
    "R-09",
    "I-03",
    "T-01",
  ],
  choices: choicesOf({ task: TASK, diagnostic: fc.nat(999), from: fc.nat(6), trigger: TRIGGER }),
  compose: (sketch, [lane], choice) => {
    const { beat } = sketch.pace;
    ensureRegistered(sketch, lane);
    const start = lane.clock + 1;
    const rows = [...LISTED.slice(choice.from), ...LISTED.slice(0, choice.from)];
    const tasks = rows.map((row, index) => {
      const at = start + index * beat;
      const diagnostic =
        row.code === "4.00"
          ? { code: row.code, diagnostic: DIAGNOSTICS[choice.diagnostic % DIAGNOSTICS.length] ?? "" }
          : { code: row.code };
      behave(sketch, lane, at, at + beat - 1, { kind: "error", ...diagnostic }, matchOf(row));
      const dials = { type: choice.task.type + index, property: choice.task.property + index };
      return createTask(sketch, [lane], at, dials, { only: row.to });
    });
    const over = start + rows.length * beat;
    for (const task of tasks) poll(sketch, task, over);
    const settled = trigger(sketch, lane, over + 1, choice.trigger);
    for (const task of tasks.slice(0, 2)) poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

const SAME_CODE = defineBlock({
  id: "same-code",
  sentence: "the device answers a Read, a Write and an Execute with the same error",
  lanes: 1,
  live: true,
  exercises: ["M-08", "M-09", "E-10", "R-09", "T-01"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK, TASK),
    row: fc.constantFrom("4.00", "4.00", "4.01", "4.03", "4.04", "4.04", "4.05"),
    diagnostic: fc.nat(999),
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat } = sketch.pace;
    ensureRegistered(sketch, lane);
    const start = lane.clock + 1;
    const tasks = ANY.map((type, index) => {
      const at = start + index * beat;
      // Diagnostics differ from answer to answer, so that one cannot be taken for another.
      const answer = diagnosed(choice.row, choice.diagnostic + index);
      behave(sketch, lane, at, index === 2 ? start + 4 * beat : at + beat, { kind: "error", ...answer });
      return createTask(sketch, [lane], at, choice.tasks[index] ?? choice.tasks[0], { only: [type] });
    });
    for (const task of tasks) poll(sketch, task, start + 4 * beat);
    const settled = trigger(sketch, lane, start + 4 * beat + 1, choice.trigger);
    poll(sketch, tasks[0] ?? 0, settled);
    finish([lane], settled + 1);
  },
});

const UNLISTED_ERROR = defineBlock({
  id: "unlisted-error",
  sentence: "the device answers with an error that the table does not list",
  lanes: 1,
  live: true,
  exercises: ["M-10", "M-08", "R-09", "I-03", "T-01", "D-03"],
  suits: ({ fallbackCodes: codes }) =>
    codes !== undefined &&
    (codes.clientError !== ARTIK.fallbackCodes.clientError || codes.serverError !== ARTIK.fallbackCodes.serverError),
  choices: choicesOf({
    task: TASK,
    other: TASK,
    code: fc.constantFrom(...UNLISTED),
    second: fc.constantFrom(...UNLISTED),
    diagnostic: fc.nat(999),
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat } = sketch.pace;
    ensureRegistered(sketch, lane);
    const start = lane.clock + 1;
    behave(sketch, lane, start, start + beat - 1, { kind: "error", ...diagnosed(choice.code, choice.diagnostic) });
    behave(sketch, lane, start + beat, start + 2 * beat, {
      kind: "error",
      ...diagnosed(choice.second, choice.diagnostic + 1),
    });
    const tasks = [
      createTask(sketch, [lane], start, choice.task),
      createTask(sketch, [lane], start + beat, choice.other),
    ];
    const over = start + 2 * beat;
    for (const task of tasks) poll(sketch, task, over);
    pollMirror(sketch, lane, over);
    const settled = trigger(sketch, lane, over + 1, choice.trigger);
    for (const task of tasks) poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

const MIRROR = defineBlock({
  id: "mirror",
  sentence: "the mirror is read before and after a Write and a Read, one of which may fail",
  lanes: 1,
  live: true,
  exercises: ["D-01", "D-02", "D-03", "Q-02", "T-03"],
  choices: choicesOf({ write: TASK, read: TASK, fails: fc.nat(2), order: fc.boolean(), share: SHARE }),
  compose: (sketch, [lane], choice) => {
    const { beat } = sketch.pace;
    ensureRegistered(sketch, lane);
    const start = lane.clock + 1;
    const steps = choice.order ? (["W", "R"] as const) : (["R", "W"] as const);
    const failing = steps[choice.fails];
    pollMirror(sketch, lane, start - 1);
    for (const [index, type] of steps.entries()) {
      const at = start + index * 2 * beat;
      if (failing === type) behave(sketch, lane, at, at + beat, { kind: "error", code: "4.01" });
      const task = createTask(sketch, [lane], at, type === "W" ? choice.write : choice.read, { only: [type] });
      poll(sketch, task, at + beat + part(choice.share, beat / 2));
      pollMirror(sketch, lane, at + beat + part(choice.share, beat / 2));
    }
    finish([lane], start + 4 * beat);
  },
});

const MIXED_ANSWERS = defineBlock({
  id: "mixed-answers",
  sentence: "one task for several devices that answer differently",
  lanes: 4,
  live: true,
  exercises: ["T-02", "T-03", "M-08", "M-10", "Q-02", "Q-09", "T-01"],
  choices: choicesOf({
    task: TASK,
    codes: fc.tuple(...Array.from({ length: 4 }, () => fc.constantFrom("", "4.00", "4.01", "4.04", "4.05", "5.00"))),
    share: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, lanes, choice) => {
    const { beat } = sketch.pace;
    for (const lane of lanes) ensureRegistered(sketch, lane);
    const created = Math.max(...lanes.map((lane) => lane.clock)) + 1;
    for (const [index, lane] of lanes.entries()) {
      const code = choice.codes[index % 4] ?? "";
      if (code !== "") behave(sketch, lane, created, created + beat, { kind: "error", code });
    }
    const task = createTask(sketch, lanes, created, choice.task);
    poll(sketch, task, created + 1 + part(choice.share, beat));
    poll(sketch, task, created + 2 * beat);
    const settled = trigger(sketch, lanes[0], created + 2 * beat + 1, choice.trigger);
    poll(sketch, task, settled);
    finish(lanes, settled + 1);
  },
});

export const MAPPING_BLOCKS = [ERROR_ANSWER, EVERY_CODE, SAME_CODE, UNLISTED_ERROR, MIRROR, MIXED_ANSWERS] as const;
