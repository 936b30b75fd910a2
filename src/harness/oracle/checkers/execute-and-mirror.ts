/** An Execute by itself changes no value of the Device Mirror: D-05. */
import type { Checker, Judge } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import type { FactOf } from "../facts.ts";
import { valueText } from "../text.ts";
import type { DeviceView } from "../views/device-view.ts";
import type { SeenMirror } from "../views/mirror-view.ts";

/** D-05: an Execute by itself changes no value of the mirror. */
export const executeChangesNoValue: Checker = {
  requirements: ["D-05"],
  on: {
    "mirror-seen": (fact, judge, context) => {
      judgeExecuted(fact, judge);
      const before = onlyExecutedSince(fact.device, context);
      if (before !== undefined) compare(before, fact, judge);
    },
  },
};

/** What can only be executed has no value, before or after. */
function judgeExecuted({ device, properties, event }: FactOf<"mirror-seen">, judge: Judge): void {
  for (const { task } of device.lastAttempted.values()) {
    if (task.taskType !== "E") continue;
    const shown = properties.get(task.property) ?? undefined;
    if (shown === undefined) judge.pass("D-05");
    else
      judge.violate(
        "D-05",
        `${task.property} of device ${device.index} shows nothing: it was executed, and has no value`,
        valueText(shown),
        [task.event, event],
      );
  }
}

/** What the mirror showed before, when nothing but Executes has been under way since then. */
function onlyExecutedSince(device: DeviceView, context: OracleContext): SeenMirror | undefined {
  const { mirrorSeen: before, lastExecute, mirrorTouched } = device;
  if (before === undefined || lastExecute === undefined || lastExecute.event < before.event) return undefined;
  return mirrorTouched.at + context.slack < before.window.earliest ? before : undefined;
}

function compare(before: SeenMirror, { device, properties, event }: FactOf<"mirror-seen">, judge: Judge): void {
  const names = new Set([...before.properties.keys(), ...properties.keys()]);
  for (const property of names) {
    if (!property.startsWith("deviceProperties.")) continue;
    const [was, is] = [valueText(before.properties.get(property)), valueText(properties.get(property))];
    if (was === is) continue;
    judge.violate(
      "D-05",
      `${property} of device ${device.index} still shows ${was}: nothing but Executes happened`,
      is,
      [before.event, device.lastExecute?.event ?? event, event],
    );
    return;
  }
  judge.pass("D-05");
}
