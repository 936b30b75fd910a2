/**
 * What a device says about its update, and what becomes of that: O-05 (a Result of 2 to 9 fails the device task, and the
 * mirror shows it), O-07 (the mirror shows States and Results that the device had; after a Register the server looks).
 *
 * Source: OMA LwM2M Core Appendix E.6; docs/semantics.md rows 17 and 24.
 */

import type { Checker, Judge } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import { freeSince } from "../exchanges/attempts.ts";
import type { FactOf } from "../facts.ts";
import { isAlone } from "../firmware/turns.ts";
import type { FirmwareSaid, FirmwareView } from "../firmware/views.ts";
import { name, status, time } from "../text.ts";
import { sameValue } from "./mirror.ts";

const RESULT = "deviceProperties.firmwareUpdate.updateResult";
const STATE = "deviceProperties.firmwareUpdate.state";
const CANCELLED: readonly string[] = ["CANCELLED", "CANCEL_REQUESTED"];
const FAILURES = { first: 2, last: 9 } as const;

/** O-05: an Update Result of 2 to 9 fails the device task, and the mirror shows it. */
export const failsByTheResult: Checker = {
  requirements: ["O-05"],
  on: {
    "status-seen": ({ deviceTask, seen }, judge, context) => {
      const { update, task, device } = deviceTask;
      const failed = update?.failedResult;
      if (update === undefined || failed === undefined || update.lost !== undefined || task.state !== "created") return;
      if (deviceTask.everCancelled || CANCELLED.includes(seen.status)) return;
      const due = Math.max(failed.window.latest, freeSince(device)) + context.bound;
      if (seen.status === "FAILED") judge.pass("O-05");
      else if (seen.status !== "SUCCEEDED" && (device.open !== undefined || seen.window.earliest <= due))
        judge.undecided("O-05");
      else {
        const expected = `${name(deviceTask)} is FAILED: its device has said Result ${failed.result}`;
        judge.violate("O-05", expected, status(seen), [failed.event, seen.event]);
      }
    },
    attempt: ({ exchange, firmware, event }, judge) => {
      const [deviceTask] = exchange.updates;
      const failed = deviceTask?.update?.failedResult;
      const goesOn = firmware?.kind === "offer" || firmware?.kind === "execute";
      if (deviceTask === undefined || failed === undefined || !goesOn || !isAlone(deviceTask, exchange.started)) return;
      const expected = `${name(deviceTask)} does not go on: its device has said Result ${failed.result}`;
      judge.violate("O-05", expected, `one more ${firmware.kind === "offer" ? "image" : "Execute"}`, [
        failed.event,
        event,
      ]);
    },
    "mirror-seen": (fact, judge, { slack }) => {
      const { device, properties, window, event } = fact;
      const last = device.firmware.said.findLast(({ result, unclear }) => result !== undefined || unclear);
      const result = last?.result;
      if (last === undefined || result === undefined || !last.certain || device.firmware.updates.length === 0) return;
      if (result < FAILURES.first || result > FAILURES.last || window.earliest < last.window.latest + slack) return;
      const shown = properties.get(RESULT);
      if (sameValue(shown, result)) judge.pass("O-05");
      else {
        const expected = `the mirror of device ${device.index} shows updateResult ${result}, which it has said`;
        judge.violate("O-05", expected, shown === undefined ? "nothing" : JSON.stringify(shown), [last.event, event]);
      }
    },
  },
};

/** O-07: the mirror shows States and Results that the device had. */
export const showsStatesOfTheDevice: Checker = {
  requirements: ["O-07"],
  on: {
    "mirror-seen": (fact, judge, context) => {
      if (fact.device.firmware.updates.length === 0 || fact.device.firmware.truth === undefined) return;
      judgeShown(fact, STATE, "state", judge, context);
      judgeShown(fact, RESULT, "result", judge, context);
    },
    "owed-kept": ({ deviceTask, owed }, judge) => {
      if (deviceTask.update !== undefined && owed.requirement === "R-05") judge.pass("O-07");
    },
  },
};

/** What it said last, or what it truly was since: some servers know before they are told. */
function judgeShown(
  { device, properties, window, event }: FactOf<"mirror-seen">,
  property: string,
  what: "state" | "result",
  judge: Judge,
  { slack }: OracleContext,
): void {
  const shown = properties.get(property);
  if (shown === undefined) return;
  const possible = possibleValues(device.firmware, what, window.earliest - slack);
  if (possible.values.some((value) => sameValue(shown, value))) {
    judge.pass("O-07");
    return;
  }
  const expected = `${property} of device ${device.index} shows ${[...new Set(possible.values)].join(" or ")}, as of ${time(possible.since)}`;
  judge.violate("O-07", expected, JSON.stringify(shown), [Math.max(0, possible.event), event]);
}

function possibleValues({ said, truth = [] }: FirmwareView, what: "state" | "result", seen: number) {
  const about = said.filter((one) => one[what] !== undefined);
  const last = about.findLast((one) => one.certain && one.window.latest <= seen);
  const since = last?.event ?? -1;
  const later = about.filter((one: FirmwareSaid) => one.event >= since).map((one) => one[what]);
  const current = truth.findLastIndex(({ event }) => event <= since);
  const were = truth.slice(Math.max(0, current)).map((was) => was[what]);
  return { values: [...later, ...were], since: last?.window.latest ?? 0, event: since };
}
