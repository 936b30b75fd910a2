/** Devices that move: R-10 by Update, G-02 by Register. */
import type { Checker, Judge } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import type { FactOf } from "../facts.ts";
import { name, time } from "../text.ts";
import type { Exchange } from "../views/exchange-view.ts";
import type { RegistrationView } from "../views/registration-view.ts";

/**
 * An accepted Update from a new address ends what is on its way to the old one, and the task goes to the new one only
 * (choice 14). A server that asks such a device to register again accepts no such Update, so nothing follows from it.
 */
export const followsToNewAddress: Checker = {
  requirements: ["R-10"],
  on: {
    attempt: (fact, judge, context) => {
      const { device, exchange, event } = fact;
      const { registration } = device;
      if (registration === undefined) return;
      if (context.profile.updateFromNewAddress === "require-register") {
        judgeUnregistered(fact, registration, judge, context);
        return;
      }
      const left = registration.formerAddresses.get(exchange.address);
      if (left === undefined) {
        if (wasMoved(exchange.task?.attempts.at(-1)) && exchange.address === registration.address) judge.pass("R-10");
      } else if (context.live && exchange.started.earliest <= left.window.latest + context.slack)
        judge.undecided("R-10");
      else {
        const expected = `requests to device ${device.index} go to ${registration.address}, from which it updated`;
        judge.violate("R-10", expected, `a request to ${exchange.address}`, [left.event, event]);
      }
    },
    retransmission: ({ exchange, event }, judge, context) => {
      const { end, lastSent, address, device } = exchange;
      if (end === undefined || !wasMoved(exchange)) return;
      // Undeclared, a server may let its message layer finish what it began.
      const surely = lastSent.earliest > end.window.latest + context.slack;
      if (context.profile.updateFromNewAddress !== "accept" || !surely) judge.undecided("R-10");
      else {
        const expected = `message ${exchange.messageId} to ${address} stops with the Update from another address`;
        const actual = `it was sent there again at ${time(lastSent.latest)}`;
        judge.violate("R-10", expected, actual, [end.event ?? device.trigger?.event ?? exchange.event, event]);
      }
    },
    "owed-missed": ({ deviceTask, owed, event }, judge, context) => {
      if (!wasMoved(deviceTask.attempts.at(-1)) || context.profile.updateFromNewAddress !== "accept") return;
      const expected = `${name(deviceTask)} is sent to the new address of its device within ${time(context.bound)}`;
      judge.violate("R-10", expected, "no request was sent", [owed.event, event]);
    },
  },
};

/** Where a Register is asked for, an address from which the device has only updated gets nothing. */
function judgeUnregistered(
  { device, exchange, registered, unanswered, event }: FactOf<"attempt">,
  { address, formerAddresses }: RegistrationView,
  judge: Judge,
  { live }: OracleContext,
): void {
  // Live, a Register may be overtaken by another one, unseen by us.
  if (registered !== "yes" || unanswered !== undefined || live || formerAddresses.size > 0) return;
  if (exchange.address === address) {
    if (device.requests.some((request) => request.kind === "update" && request.address !== address)) judge.pass("R-10");
    return;
  }
  const expected = `requests to device ${device.index} go to ${address}, from which it registered`;
  judge.violate("R-10", expected, `a request to ${exchange.address}`, [event]);
}

/** Requests go to the address of the last Register, wherever the device registered before (choice 15). */
export const goesWhereItRegistered: Checker = {
  requirements: ["G-02"],
  on: {
    attempt: ({ device, exchange, registered, unanswered, event }, judge, context) => {
      const { registration, trigger } = device;
      // Live, a Register may be overtaken by another one, unseen by us.
      if (registration === undefined || context.live || registered !== "yes" || unanswered !== undefined) return;
      const { address, formerAddresses } = registration;
      if (exchange.address === address || formerAddresses.has(exchange.address) || device.registrations < 2) return;
      const expected = `requests to device ${device.index} go to ${address}, from which it registered`;
      judge.violate("G-02", expected, `a request to ${exchange.address}`, [trigger?.event ?? event, event]);
    },
  },
};

const wasMoved = (exchange: Exchange | undefined): boolean => exchange?.end?.how === "moved";
