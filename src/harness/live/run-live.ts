/**
 * The live driver: runs a plan against a server that is reached by HTTP and UDP.
 *
 * What happens next is the plan interpreter's decision, what a device does is the virtual device's; here both are
 * given real time and real sockets, and what can be seen is recorded. Nothing is judged.
 */
import { millis, seconds } from "../../protocol/time.ts";
import type { Plan } from "../../scenarios/plan.ts";
import { createVirtualDevice } from "../../simulator/device/device.ts";
import type { History } from "../history.ts";
import { coapParams } from "../oracle/context.ts";
import { type LiveOptions, LiveRun } from "./live-run.ts";
import { type LiveTarget, openLiveSession } from "./session.ts";

/**
 * Runs a plan in real time, which takes as long as the plan says.
 *
 * @returns the history; it ends with the mark `cut-off` when it was interrupted, or when this process was too late to measure
 * @throws HarnessError `target-not-usable`: devices cannot be provisioned, or nobody listens at the CoAP address;
 *   `too-many-open-files`: fewer runs at once, or a larger `ulimit -n`
 */
export async function runLive(plan: Plan, target: LiveTarget, options: LiveOptions = {}): Promise<History> {
  const session = options.session ?? openLiveSession(target);
  try {
    const run = new LiveRun(plan, target.coap, session, {
      coap: coapParams(plan.profile),
      uplinkSpan: millis(20),
      maxLateness: seconds(1),
      device: createVirtualDevice,
      ...options,
    });
    return await run.toTheEnd();
  } finally {
    if (options.session === undefined) session.close();
  }
}
