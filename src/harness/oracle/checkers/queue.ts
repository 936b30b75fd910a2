/** Queue: Q-01 … Q-09, and what the server owes after triggers. */

import type { Checker } from "../checker.ts";
import { isLaterBlock } from "../exchanges/block-transfers.ts";
import { name, status, time } from "../text.ts";
import type { Exchange } from "../views/exchange-view.ts";
import type { DeviceTaskView } from "../views/task-view.ts";

/** The creating POST returns before the first request to a device (live: while a silent device has not answered). */
export const returnsBeforeSending: Checker = {
  requirements: ["Q-01"],
  on: {
    "task-created": ({ task, event }, judge, context) => {
      const sent = task.devices.flatMap((deviceTask) => deviceTask.attempts);
      if (sent.length === 0) judge.pass("Q-01");
      else if (!context.live) {
        const first = sent[0];
        if (first === undefined) return;
        judge.violate(
          "Q-01",
          `the POST of task ${task.ref} is answered before its first datagram`,
          "the datagram left first",
          [first.event, event],
        );
      } else if (sent.some((exchange) => exchange.end === undefined)) judge.pass("Q-01");
      else judge.undecided("Q-01");
    },
  },
};

/** What must be attempted is attempted in time: at creation, at Register, at Update. */
export const owedAttempts: Checker = {
  requirements: ["Q-02", "T-05", "Q-04", "Q-08", "R-04", "R-05", "R-06", "R-13", "Q-09"],
  on: {
    "owed-kept": ({ owed }, judge) => {
      judge.pass(owed.requirement);
    },
    "exchange-ended": ({ exchange }, judge) => {
      const how = exchange.end?.how;
      if (exchange.task === undefined || (how !== "no-acknowledgement" && how !== "no-response")) return;
      if (triedMeanwhile(exchange.task, exchange)) judge.pass("Q-09");
    },
    "owed-missed": ({ deviceTask, owed, event }, judge, context) => {
      const expected = `after ${owed.because}, ${name(deviceTask)} is attempted within ${time(context.bound)} of the device being free`;
      judge.violate(owed.requirement, expected, "no request was sent", [owed.event, event]);
      if (deadSibling(deviceTask.task.devices, deviceTask))
        judge.violate("Q-09", expected, "no request was sent while another device of the task did not answer", [
          owed.event,
          event,
        ]);
    },
  },
};

/** Another device of the same task is being waited for in vain. */
function deadSibling(devices: readonly DeviceTaskView[], deviceTask: DeviceTaskView): boolean {
  return devices.some((other) => {
    const last = other.attempts.at(-1);
    return other !== deviceTask && last !== undefined && last.response === undefined;
  });
}

/** Another device of the same task was tried while this one was waited for in vain. */
const triedMeanwhile = (silent: DeviceTaskView, { started }: Exchange): boolean =>
  silent.task.devices.some((other) => {
    const first = other.attempts[0];
    return other !== silent && first !== undefined && first.started.earliest >= started.earliest;
  });

/** No request to a device that is not registered; its tasks stay pending with no attempt. */
export const silentTowardsUnregistered: Checker = {
  requirements: ["Q-03"],
  on: {
    attempt: ({ device, registered, event }, judge) => {
      if (registered === "maybe") judge.undecided("Q-03");
      if (registered === "no")
        judge.violate("Q-03", `no request to device ${device.index}, which is not registered`, "a request was sent", [
          event,
        ]);
    },
    "status-seen": ({ deviceTask, seen, decided, fits }, judge) => {
      if (!deviceTask.neverRegistered || deviceTask.operation === undefined || deviceTask.blurred !== undefined) return;
      const last = deviceTask.expectations.at(-1);
      if (last?.kind !== "pending") return;
      if (!fits && seen.errorCode !== "4004") {
        judge.violate("Q-03", `${name(deviceTask)} waits: the device has not registered`, status(seen), [seen.event]);
      } else if (decided !== undefined && (seen.attempts ?? 0) === 0) judge.pass("Q-03");
    },
  },
};

/** No request leaves before the Register or Update that lets it go is answered. */
export const answersBeforeRequesting: Checker = {
  requirements: ["Q-05"],
  on: {
    attempt: ({ device, exchange, unanswered, event }, judge, context) => {
      if (unanswered !== undefined) {
        // What it means is seen with the answer (registration.ts). Something else may have let the request go: a task
        // that was just created, or a trigger since the last attempt. In simulation only its own cause is of its instant.
        const last = exchange.task?.attempts.at(-1);
        const retry = last !== undefined && (device.trigger === undefined || device.trigger.event < last.event);
        const atOnce = !context.live && exchange.started.earliest === unanswered.window.latest;
        // What seemed to be over may have gone on: its next block needs no trigger.
        const goesOn = isLaterBlock(exchange);
        // Live, two addresses are two sockets, and nobody sees in which order the server sent to them.
        const oneSocket = !context.live || exchange.address === unanswered.address;
        const certain = oneSocket && !goesOn && (device.registration === undefined || retry || atOnce);
        unanswered.overtakenBy ??= { event, certain };
      } else if (device.trigger !== undefined && exchange.started.earliest <= device.trigger.window.latest)
        judge.pass("Q-05");
    },
  },
};

/** One exchange at a time per device (NSTART = 1). */
export const oneExchangeAtATime: Checker = {
  requirements: ["Q-06"],
  on: {
    attempt: ({ device, previous, previousOpen, event }, judge) => {
      if (previousOpen === "yes" && previous !== undefined) {
        judge.violate(
          "Q-06",
          `one exchange at a time with device ${device.index}`,
          "a request was sent while another was open",
          [previous.event, event],
        );
      } else if (previousOpen !== "no") judge.undecided("Q-06");
      else if (device.exchanges.size > 1) judge.pass("Q-06");
    },
  },
};
