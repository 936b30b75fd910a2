/** Device Mirror: D-01 … D-04. */
import type { Checker } from "../checker.ts";
import type { DeviceView, MirrorExpectation } from "../model.ts";
import { time } from "../text.ts";
import type { Window } from "../window.ts";

/** The mirror shows the value of the last successful Read or Write, and nothing else changes it. */
export const mirrorsWhatSucceeded: Checker = {
  requirements: ["D-01", "D-02", "D-03", "D-04"],
  on: {
    "mirror-seen": ({ device, properties, window, event }, judge, context) => {
      for (const [property, history] of device.mirror) {
        if (device.mirrorBlurred && !property.startsWith("serverProperties")) continue;
        const possible = possibleValues(history, window, context.slack);
        const last = possible.at(-1);
        if (last === undefined) continue;
        const shown = properties.get(property);
        const certain = window.earliest >= last.since.latest;
        const unchanged = last.requirement !== "D-04" && attemptedInVain(device, property, last);
        if (sameValue(shown, last.value)) {
          if (!certain) judge.undecided(last.requirement);
          else
            for (const requirement of unchanged ? [last.requirement, "D-03"] : [last.requirement])
              judge.pass(requirement);
        } else if (possible.some(({ value }) => sameValue(shown, value)) || (!certain && shown === undefined))
          judge.undecided(last.requirement);
        else {
          const expected = `${property} of device ${device.index} shows ${JSON.stringify(last.value)}, as of ${time(last.since.latest)}`;
          judge.violate(
            unchanged ? "D-03" : last.requirement,
            expected,
            shown === undefined ? "nothing" : JSON.stringify(shown),
            [last.event, event],
          );
        }
      }
      if (!device.mirrorBlurred) judgeUntouched(device, properties, judge, event);
    },
  },
};

function possibleValues(
  history: readonly MirrorExpectation[],
  window: Window,
  slack: number,
): readonly MirrorExpectation[] {
  return history.filter(({ since }, index) => {
    const next = history[index + 1];
    return since.earliest <= window.latest && (next === undefined || window.earliest <= next.since.latest + slack);
  });
}

/** A Read or Write of this property that came later and did not succeed. */
function attemptedInVain(device: DeviceView, property: string, last: MirrorExpectation): boolean {
  const attempted = device.lastAttempted.get(property);
  const attempt = attempted?.attempts.at(-1);
  return attempt !== undefined && attempt.event > last.event && attempted?.settled?.how !== "succeeded";
}

/** A property that was never read or written with success shows nothing, whatever was attempted. */
function judgeUntouched(
  device: DeviceView,
  properties: ReadonlyMap<string, unknown>,
  judge: Parameters<NonNullable<Checker["on"]["mirror-seen"]>>[1],
  event: number,
): void {
  for (const { task } of device.lastAttempted.values()) {
    if (task.taskType === "E" || device.mirror.has(task.property)) continue;
    if (task.property.split(".").length < 3) continue;
    const shown = properties.get(task.property);
    if (shown === undefined) judge.pass("D-03");
    else
      judge.violate(
        "D-03",
        `${task.property} of device ${device.index} shows nothing: no Read or Write of it has succeeded`,
        JSON.stringify(shown),
        [task.event, event],
      );
  }
}

/** Choice 31: numbers and booleans may come as strings, Time in seconds or milliseconds. */
function sameValue(shown: unknown, expected: unknown): boolean {
  if (Array.isArray(expected)) {
    return (
      Array.isArray(shown) &&
      shown.length === expected.length &&
      expected.every((value, index) => sameValue(shown[index], value))
    );
  }
  if (shown === undefined) return false;
  if (typeof expected === "number") return Number(shown) === expected || Number(shown) * 1000 === expected;
  return String(shown) === String(expected);
}
