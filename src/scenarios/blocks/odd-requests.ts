/**
 * Building blocks around devices that speak to the registration interface in odd ways: Non-confirmable, under another
 * name, to wrong places, from a new address. Whatever is refused changes nothing.
 * Spec: OMA LwM2M Core §5.3; Transport, Tables 2 and 6; docs/semantics.md, Registers that are refused.
 */
import * as fc from "fast-check";
import { ODD_REQUESTS, REGISTER_DEFECTS } from "../../simulator/model/device.ts";
import { part } from "../pace.ts";
import { behave, createTask, ensureRegistered, finish, poll, trigger } from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK } from "./block.ts";

const ODD = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ODD_REQUESTS).map((form) => ({ kind: "odd-request" as const, form })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...REGISTER_DEFECTS).map((defect) => ({ kind: "malformed-register" as const, defect })),
  },
);

const ODD_REQUESTS_BLOCK = defineBlock({
  id: "odd-requests",
  sentence:
    "a registered device sends requests that have to be refused, or may be, with a task on its way or waiting for its retry",
  lanes: 1,
  live: true,
  exercises: ["G-07", "G-04", "G-06", "R-06", "R-04", "Q-02", "T-01"],
  choices: choicesOf({
    tasks: fc.tuple(TASK, TASK),
    odd: fc.tuple(ODD, ODD, ODD, ODD, ODD),
    /** What the first task is about when the odd requests come. */
    first: fc.constantFrom("failed" as const, "failed" as const, "on-its-way" as const, "on-its-way" as const),
    moves: fc.nat(3),
    share: SHARE,
    back: fc.constantFrom("update" as const, "update" as const, "register" as const),
  }),
  compose: (sketch, [lane], choice) => {
    const { beat } = sketch.pace;
    const { device } = lane;
    ensureRegistered(sketch, lane);
    let at = lane.clock + 1;
    const open = { kind: "slow", delay: 4 * beat } as const;
    behave(sketch, lane, at, at + beat, choice.first === "failed" ? { kind: "reset" } : open);
    const tasks = [createTask(sketch, [lane], at, choice.tasks[0])];
    at += beat + 1;
    // Unheard of, a new address is none that the server could know.
    if (choice.moves === 0 && choice.first === "failed")
      sketch.operations.push({ at: at - 1, kind: "change-address", device, update: false });
    for (const odd of choice.odd) {
      sketch.operations.push({ at, device, ...odd });
      at += 1 + part(choice.share, beat);
    }
    at += beat;
    poll(sketch, tasks[0] ?? 0, at);
    tasks.push(createTask(sketch, [lane], at + 1, choice.tasks[1]));
    at += 2 * beat;
    for (const task of tasks) poll(sketch, task, at);
    const settled = trigger(sketch, lane, at + 2 * beat, choice.back);
    for (const task of tasks) poll(sketch, task, settled);
    finish([lane], settled + 1);
  },
});

export const ODD_REQUEST_BLOCKS = [ODD_REQUESTS_BLOCK] as const;
