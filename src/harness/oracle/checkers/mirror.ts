/** Device Mirror: D-01 … D-04, D-06. */
import type { Checker, Judge } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import { time, valueText } from "../text.ts";
import type { DeviceView } from "../views/device-view.ts";
import type { LateValue, MirrorExpectation } from "../views/mirror-view.ts";
import type { Window } from "../window.ts";

/** The mirror shows the value of the last successful Read or Write, and nothing else changes it. */
export const mirrorsWhatSucceeded: Checker = {
  requirements: ["D-01", "D-02", "D-03", "D-04", "D-06"],
  on: {
    "mirror-seen": ({ device, properties, window, event }, judge, context) => {
      for (const [property, history] of device.mirror) {
        if (device.mirrorBlurred && !property.startsWith("serverProperties")) continue;
        const possible = possibleValues(history, window, context.slack);
        const last = possible.at(-1);
        if (last !== undefined)
          judgeValue(
            { device, property, shown: properties.get(property), window, event },
            possible,
            last,
            judge,
            context,
          );
      }
      if (device.mirrorBlurred) return;
      judgeUntouched(device, properties, judge, event);
      judgeLateAlone(device, properties, judge, context, event);
    },
  },
};

/** What the mirror shows of one property. */
interface ShownValue {
  readonly device: DeviceView;
  readonly property: string;
  readonly shown: unknown;
  readonly window: Window;
  readonly event: number;
}

function judgeValue(
  seen: ShownValue,
  possible: readonly MirrorExpectation[],
  last: MirrorExpectation,
  judge: Judge,
  context: OracleContext,
): void {
  const { device, property, shown, window, event } = seen;
  const certain = window.earliest >= last.since.latest;
  const unchanged = last.requirement !== "D-04" && attemptedInVain(device, property, last);
  const late = device.lateValues.get(property);
  const afterwards = late !== undefined && late.event > last.event && !sameValue(late.value, last.value);
  if (sameValue(shown, last.value)) {
    if (!certain) {
      judge.undecided(last.requirement);
      return;
    }
    judge.pass(last.requirement);
    if (unchanged) judge.pass("D-03");
    if (afterwards) judgeLate("ignored", late, seen, judge, context);
  } else if (possible.some(({ value }) => sameValue(shown, value)) || (!certain && shown === undefined))
    judge.undecided(last.requirement);
  else if (afterwards && sameValue(shown, late.value)) judgeLate("updates-mirror", late, seen, judge, context);
  else {
    const expected = `${property} of device ${device.index} shows ${valueText(last.value)}, as of ${time(last.since.latest)}`;
    judge.violate(unchanged ? "D-03" : last.requirement, expected, valueText(shown), [last.event, event]);
  }
}

/** Properties that nothing but responses after the end could have brought. */
function judgeLateAlone(
  device: DeviceView,
  properties: ReadonlyMap<string, unknown>,
  judge: Judge,
  context: OracleContext,
  event: number,
): void {
  for (const [property, late] of device.lateValues) {
    if (device.mirror.has(property)) continue;
    const shown = properties.get(property);
    const seen = { device, property, shown, event };
    if (shown === undefined) judgeLate("ignored", late, seen, judge, context);
    else if (sameValue(shown, late.value)) judgeLate("updates-mirror", late, seen, judge, context);
  }
}

/** D-06: what a response after the end did to the mirror, where it can be told from what was there before. */
function judgeLate(
  did: "ignored" | "updates-mirror",
  late: LateValue,
  { device, property, shown, event }: Omit<ShownValue, "window">,
  judge: Judge,
  { profile: { lateResponse } }: OracleContext,
): void {
  if (lateResponse === undefined) judge.choose("D-06", "a response after the end", did, event);
  // A server that wants such responses may have stopped waiting for this one.
  else if (lateResponse === "updates-mirror") judge.undecided("D-06");
  else if (did === "ignored") judge.pass("D-06");
  else
    judge.violate(
      "D-06",
      `${property} of device ${device.index} is not changed by the response of ${time(late.since.latest)}, after the end of its task`,
      valueText(shown),
      [late.event, event],
    );
}

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
  judge: Judge,
  event: number,
): void {
  for (const { task } of device.lastAttempted.values()) {
    if (task.taskType === "E" || device.mirror.has(task.property)) continue;
    if (task.property.split(".").length < 3 || device.firmware.mirrored.has(task.property)) continue;
    const shown = properties.get(task.property);
    if (shown === undefined) judge.pass("D-03");
    else if (!sameValue(shown, device.lateValues.get(task.property)?.value))
      judge.violate(
        "D-03",
        `${task.property} of device ${device.index} shows nothing: no Read or Write of it has succeeded`,
        valueText(shown),
        [task.event, event],
      );
  }
}

/** Choice 31: numbers and booleans may come as strings, Time in seconds or milliseconds. */
export function sameValue(shown: unknown, expected: unknown): boolean {
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
