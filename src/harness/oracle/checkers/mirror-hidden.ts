/**
 * The Device Mirror of a device can be read: whoever must find a value there and gets another answer, or none that makes
 * sense, is told nothing: D-01, D-02, D-04, as the value came by a Read, a Write or a bulk write of a server property.
 */
import type { Checker } from "../checker.ts";
import { valueText } from "../text.ts";

/** D-01, D-02, D-04: who must find a value in the mirror is shown it. */
export const showsTheMirror: Checker = {
  requirements: ["D-01", "D-02", "D-04"],
  on: {
    "mirror-hidden": ({ device, instead, window, event }, judge, context) => {
      for (const [property, history] of device.mirror) {
        const last = history.at(-1);
        const blurred = device.mirrorBlurred && !property.startsWith("serverProperties");
        if (last === undefined || blurred || last.requirement === "D-06") continue;
        if (window.earliest < last.since.latest + context.slack) continue;
        const expected = `${property} of device ${device.index} shows ${valueText(last.value)}`;
        judge.violate(last.requirement, expected, instead, [last.event, event]);
        return;
      }
    },
  },
};
