/**
 * Building blocks around answers that make little sense: an error that the request does not call for, a success that
 * does not fit it, and a response that has the message id of an open exchange and somebody else's token.
 * Spec: RFC 7252 §5.3.2, §5.9; docs/semantics.md, choices 1, 2, 25.
 */
import * as fc from "fast-check";
import type { Behaviour } from "../../simulator/model/device.ts";
import { part } from "../pace.ts";
import {
  behave,
  createTask,
  ensureRegistered,
  finish,
  latencyOf,
  poll,
  pollMirror,
  type TaskContent,
  trigger,
} from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK, TRIGGER } from "./block.ts";

/** Those that a device gives for content come first: which requests they are for is no business of the server's. */
const CODES = ["4.06", "4.15", "4.06", "4.15", "4.00", "4.01", "4.03", "4.04", "4.05", "4.12", "5.01", "5.03"] as const;

const ANY_CODE_TO_ANYTHING = defineBlock({
  id: "any-code-to-anything",
  sentence: "a Read, a Write and an Execute are answered with errors as drawn, whether they call for them or not",
  lanes: 1,
  live: true,
  exercises: ["M-06", "M-07", "M-08", "M-10", "R-09", "E-10", "T-01"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK, TASK),
    codes: fc.tuple(fc.constantFrom(...CODES), fc.constantFrom(...CODES), fc.constantFrom(...CODES)),
    from: fc.nat(2),
    slow: fc.nat(3),
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, mode } = sketch.pace;
    ensureRegistered(sketch, lane);
    const start = lane.clock + 1;
    const types = (["R", "W", "E"] as const).slice(0, mode === "live" ? 2 : 3);
    const tasks = types.map((_, index) => {
      const at = start + index * beat;
      const type = (["R", "W", "E"] as const)[(index + choice.from) % 3] ?? "R";
      const code = choice.codes[index] ?? "4.06";
      behave(sketch, lane, at, at + beat - 1, { kind: "error", code });
      return createTask(sketch, [lane], at, choice.tasks[index] ?? choice.tasks[0], { only: [type] });
    });
    const over = start + tasks.length * beat;
    for (const task of tasks) poll(sketch, task, over);
    const settled = trigger(sketch, lane, over + 1, choice.trigger);
    for (const task of tasks) poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

interface Misfit {
  readonly content: TaskContent;
  readonly answer: Behaviour;
}

const device = (name: string): string => `deviceProperties.device${name}`;
const BATTERY = { taskType: "R", property: device(".batteryLevel") } as const;
const EVERYTHING = { taskType: "R", property: device("") } as const;
const ZONE = { taskType: "W", property: device(".timezone"), value: "Europe/Oslo" } as const;
const RESET_ERRORS = { taskType: "E", property: device(".resetErrorCode") } as const;

const TLV = 11_542;
const NO_FORMAT_AT_ALL = 65_001;
/** "low", as text. */
const A_WORD = "6c6f77";
/** The beginning of a TLV entry of eight bits of length, without its value. */
const CUT_OFF = "c80914";

const success = (code: string, format?: number, payload?: string): Behaviour => ({
  kind: "success",
  code,
  ...(format === undefined ? {} : { format }),
  ...(payload === undefined ? {} : { payload }),
});

/** Answers of class 2 that no server can take for what was asked. */
const MISFITS: readonly Misfit[] = [
  { content: BATTERY, answer: success("2.04") },
  { content: BATTERY, answer: success("2.05", 0, A_WORD) },
  { content: BATTERY, answer: success("2.05", TLV, CUT_OFF) },
  { content: BATTERY, answer: success("2.05", NO_FORMAT_AT_ALL, "64") },
  { content: BATTERY, answer: success("2.01") },
  { content: EVERYTHING, answer: success("2.05", TLV, CUT_OFF) },
  { content: EVERYTHING, answer: success("2.04") },
  { content: ZONE, answer: success("2.05", 0, A_WORD) },
  { content: ZONE, answer: success("2.02") },
  { content: RESET_ERRORS, answer: success("2.05", 0, A_WORD) },
  { content: RESET_ERRORS, answer: success("2.01") },
];

const MISFITTING_SUCCESS = defineBlock({
  id: "misfitting-success",
  sentence: "the device answers with a 2.xx that does not fit what it was asked, or whose payload cannot be read",
  lanes: 1,
  live: true,
  exercises: ["T-01", "T-02", "I-03", "R-09", "D-03"],
  choices: choicesOf({
    task: TASK,
    which: fc.tuple(fc.nat(MISFITS.length - 1), fc.nat(MISFITS.length - 1)),
    two: fc.boolean(),
    share: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, gap } = sketch.pace;
    ensureRegistered(sketch, lane);
    let at = lane.clock + 1;
    pollMirror(sketch, lane, at - 1);
    const tasks: number[] = [];
    for (const which of choice.which.slice(0, choice.two ? 2 : 1)) {
      const row = MISFITS[which];
      if (row === undefined) continue;
      behave(sketch, lane, at, at + beat - 1, row.answer);
      tasks.push(createTask(sketch, [lane], at, choice.task, { content: row.content }));
      at += beat;
    }
    for (const task of tasks) poll(sketch, task, at);
    pollMirror(sketch, lane, at);
    const settled = trigger(sketch, lane, at + 1 + part(choice.share, gap), choice.trigger);
    for (const task of tasks) poll(sketch, task, settled);
    pollMirror(sketch, lane, settled);
    finish([lane], settled + 1);
  },
});

const FOREIGN_TOKEN = defineBlock({
  id: "foreign-token",
  sentence:
    "while the server waits for a separate response, an acknowledgement of the request brings somebody else's: an error, or a success",
  lanes: 1,
  live: true,
  exercises: ["I-04", "T-01", "D-03", "R-08"],
  choices: choicesOf({
    task: TASK,
    code: fc.constantFrom("4.04", "4.00", "5.00", "2.05", "2.04"),
    times: fc.integer({ min: 1, max: 2 }),
    answers: fc.nat(3),
    share: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, ackTimeout, mode } = sketch.pace;
    const latency = latencyOf(sketch);
    ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const delay = mode === "live" ? ackTimeout : 2 * ackTimeout + part(choice.share, beat);
    // Acknowledged it is: whether a foreign token on the first ACK stops the copies is a matter of opinion.
    const acknowledged = created + 3 * latency + 1;
    if (choice.answers === 0 && mode === "sim")
      behave(sketch, lane, created, created + beat, { kind: "acknowledge-only" });
    else behave(sketch, lane, created, created + beat, { kind: "slow", delay: delay + 3 * latency });
    pollMirror(sketch, lane, created - 1);
    const task = createTask(sketch, [lane], created, choice.task);
    for (let time = 1; time <= choice.times; time += 1) {
      const at = acknowledged + Math.floor((time * delay) / (choice.times + 1));
      const { code } = choice;
      const stray = { kind: "stray-response", token: "unknown", type: "ACK", messageId: "asked" } as const;
      sketch.operations.push({ at, device: lane.device, code, ...stray });
    }
    poll(sketch, task, acknowledged + delay - 1);
    const over = acknowledged + delay + 3 * latency + beat;
    poll(sketch, task, over);
    pollMirror(sketch, lane, over);
    const settled = trigger(sketch, lane, over + 1, choice.trigger);
    poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

export const ODD_ANSWER_BLOCKS = [ANY_CODE_TO_ANYTHING, MISFITTING_SUCCESS, FOREIGN_TOKEN] as const;
