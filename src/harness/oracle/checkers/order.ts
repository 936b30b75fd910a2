/** Order of the tasks of one device: Q-10. */
import type { Checker } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import { name, time } from "../text.ts";
import type { DeviceView } from "../views/device-view.ts";
import type { Exchange } from "../views/exchange-view.ts";
import type { DeviceTaskView, Owed } from "../views/task-view.ts";

/**
 * Where order of creation is declared (choice 12), the oldest of the tasks that are due goes first. Due are those that
 * the server owes an attempt: a task that waits after a failed attempt is not, until the next trigger (choice 28).
 */
export const keepsOrderOfCreation: Checker = {
  requirements: ["Q-10"],
  on: {
    attempt: ({ device, exchange, event }, judge, context) => {
      const deviceTask = exchange.task;
      if (context.profile.order !== "creation" || deviceTask === undefined || deviceTask.blurred !== undefined) return;
      if (continues(context, deviceTask)) return;
      const unknown = lastUnattributed(device);
      const rivals = [...device.owed].filter(([other, owed]) => isCertain(other, exchange) && owed.event > unknown);
      const older = rivals.find(([other]) => createdBefore(other, deviceTask));
      if (older === undefined) {
        if (rivals.some(([other]) => createdBefore(deviceTask, other))) judge.pass("Q-10");
      } else if (!hadTime(context, older[0], older[1], exchange)) judge.undecided("Q-10");
      else {
        const expected = `${name(older[0])}, which was created first, is sent before ${name(deviceTask)}`;
        judge.violate("Q-10", expected, `task ${deviceTask.task.ref} at ${time(exchange.started.latest)}`, [
          older[1].event,
          event,
        ]);
      }
    },
  },
};

/** A request of which we do not know the task may have been the turn of any. */
const lastUnattributed = ({ exchanges }: DeviceView): number =>
  [...exchanges.values()].reduce((last, { task, event }) => (task === undefined ? Math.max(last, event) : last), -1);

/** An exchange that goes on at a new address, or after a new Register, has had its turn (choices 14, 15). */
function continues(context: OracleContext, { attempts }: DeviceTaskView): boolean {
  const how = attempts.at(-1)?.end?.how;
  return how === "moved" || (how === "replaced" && !context.endsWithRegistration);
}

/** Nothing but the server's order decides when it is sent. */
const isCertain = (deviceTask: DeviceTaskView, { started }: Exchange): boolean =>
  deviceTask.settled === undefined &&
  deviceTask.blurred === undefined &&
  deviceTask.cancelAsked === undefined &&
  !deviceTask.task.maybeCancelled &&
  deviceTask.cancelsOpen === 0 &&
  deviceTask.task.expiry.earliest > started.latest;

const createdBefore = (a: DeviceTaskView, b: DeviceTaskView): boolean =>
  a.task.event < b.task.event && a.task.created.latest <= b.task.created.earliest;

/** A server may need a moment until a task that begins is in the queue: live always, and at its scheduledOn anyhow. */
function hadTime(context: OracleContext, { task }: DeviceTaskView, owed: Owed, { started }: Exchange): boolean {
  const begun = task.activeFrom.latest;
  if (task.scheduledOn !== undefined && begun > task.created.latest && begun + context.bound > started.earliest)
    return false;
  if (!context.live) return true;
  const needed = owed.requirement === "Q-02" ? context.slack : context.tolerance;
  return task.created.latest + needed <= started.earliest;
}
