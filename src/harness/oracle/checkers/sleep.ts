/** Sleep of queue-mode devices: Q-07. */
import { seconds } from "../../../protocol/time.ts";
import type { Checker } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import { time } from "../text.ts";
import type { DeviceView } from "../views/device-view.ts";
import type { Window } from "../window.ts";

/**
 * No first transmission to a queue-mode device after its awake window, until it is heard again. The window is a choice
 * (13), counted from the last datagram of the device: without a declared one nothing can be said.
 */
export const letsDevicesSleep: Checker = {
  requirements: ["Q-07"],
  on: {
    attempt: ({ device, exchange, event }, judge, context) => {
      const asleep = device.heard === undefined ? undefined : asleepFrom(context, device, device.heard);
      if (asleep === undefined || exchange.started.latest < asleep.earliest) return;
      // At the exact end of the window, and within what we cannot measure, either is right.
      if (exchange.started.earliest <= asleep.latest + context.tolerance + context.slack) judge.undecided("Q-07");
      else {
        const window = time(seconds(context.profile.awakeWindow ?? 0));
        const expected = `device ${device.index} sleeps ${window} after its last datagram: no request until it is heard again`;
        judge.violate("Q-07", expected, `a request at ${time(exchange.started.latest)}`, [event]);
      }
    },
    heard: ({ device, before, window }, judge, context) => {
      const asleep = asleepFrom(context, device, before);
      if (asleep === undefined || window.earliest <= asleep.latest) return;
      // A task that came in its sleep has waited for it: a server that knows no window had sent it.
      for (const { attempts, blurred, operation, task } of device.pending) {
        const waited = attempts.length === 0 && blurred === undefined && operation !== undefined;
        if (waited && task.state === "created" && task.created.earliest > asleep.latest + context.tolerance)
          judge.pass("Q-07");
      }
    },
  },
};

/** When the server must take the device to be asleep; `undefined`: never, or nobody can know. */
function asleepFrom({ profile }: OracleContext, { registration }: DeviceView, heard: Window): Window | undefined {
  if (registration?.queueMode !== true || registration.queueModeOpen || profile.awakeWindow === undefined)
    return undefined;
  const awake = seconds(profile.awakeWindow);
  return { earliest: heard.earliest + awake, latest: heard.latest + awake };
}
