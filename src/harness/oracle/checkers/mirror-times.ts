/**
 * Times in the Device Mirror: D-01 for values that were read, D-02 for values that were written.
 *
 * Each property has a `ts`, in milliseconds: when its value came. It lies between the request that brought the value and
 * the moment at which the mirror shows it, and it stays while nothing touches the property. An answer without `ts` is no
 * evidence. Source: docs/semantics.md, choice 17.
 */
import type { Checker, Judge } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import type { FactOf } from "../facts.ts";
import type { DeviceView } from "../views/device-view.ts";
import type { MirrorExpectation } from "../views/mirror-view.ts";
import { sameValue } from "./mirror.ts";

/** Microseconds by which a time in whole milliseconds may be off, however it is rounded. */
const ROUNDING = 1_000;

/** D-01, D-02: the time of a value in the mirror is that at which it came. */
export const timesWhatItMirrors: Checker = {
  requirements: ["D-01", "D-02"],
  on: {
    "mirror-seen": (fact, judge, context) => {
      const { device, properties, timestamps, window } = fact;
      if (device.mirrorBlurred) return;
      for (const [property, ts] of timestamps) {
        const last = device.mirror.get(property)?.at(-1);
        // A response after the end may have brought the same value at another time (choice 10).
        if (last?.asked === undefined || device.lateValues.has(property)) continue;
        if (window.earliest < last.since.latest || !sameValue(properties.get(property), last.value)) continue;
        judgeTime(fact, property, ts, last, judge, context);
      }
    },
  },
};

function judgeTime(
  fact: FactOf<"mirror-seen">,
  property: string,
  ts: number,
  last: MirrorExpectation,
  judge: Judge,
  context: OracleContext,
): void {
  const { device, window, event } = fact;
  const { requirement, asked = 0 } = last;
  const what = `the time of ${property} of device ${device.index}`;
  const before = unchangedSince(device, property, fact, context);
  if (before !== undefined && before.ts !== ts) {
    judge.violate(requirement, `${what} is still ${before.ts}: nothing has touched it`, String(ts), [
      before.event,
      event,
    ]);
    return;
  }
  const { startedAt } = context.header;
  const shown = (ts - startedAt) * 1_000;
  if (shown >= asked - ROUNDING && shown <= window.latest + ROUNDING) judge.pass(requirement);
  // Live, the clock of the server is not ours.
  else if (context.live) judge.undecided(requirement);
  else {
    const [from, until] = [asked, window.latest].map((at) => startedAt + Math.floor(at / 1_000));
    judge.violate(
      requirement,
      `${what} lies between its request, ${from}, and this answer, ${until} (milliseconds since the Unix epoch)`,
      String(ts),
      [last.event, event],
    );
  }
}

/** What the mirror said before of a value that nothing can have touched since. */
function unchangedSince(
  { mirrorSeen, mirrorTouched }: DeviceView,
  property: string,
  { properties }: FactOf<"mirror-seen">,
  { slack }: OracleContext,
): { readonly ts: number; readonly event: number } | undefined {
  const ts = mirrorSeen?.timestamps.get(property);
  if (mirrorSeen === undefined || ts === undefined || mirrorTouched.at + slack >= mirrorSeen.window.earliest)
    return undefined;
  return sameValue(properties.get(property), mirrorSeen.properties.get(property))
    ? { ts, event: mirrorSeen.event }
    : undefined;
}
