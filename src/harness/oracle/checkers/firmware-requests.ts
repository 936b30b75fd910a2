/**
 * What a server asks of a device with a firmware update: O-03 (Execute once the image is there), O-06 (the scheme of the
 * URI), R-06 (after a failed attempt it waits for a trigger; to ask a device again that answers is no retry).
 *
 * Spec: OMA LwM2M Core Appendix E.6, resources 5/0/2, 5/0/3, 5/0/8; docs/semantics.md row 24.
 */
import type { Checker, Judge } from "../checker.ts";
import { timerMayHaveFired } from "../exchanges/failed-attempts.ts";
import type { FactOf } from "../facts.ts";
import type { FirmwareSaid } from "../firmware/views.ts";
import { name, time } from "../text.ts";
import type { DeviceView } from "../views/device-view.ts";

const DOWNLOADED = 2;

/** O-03: Update is executed once the image is there. */
export const executesWhatIsDownloaded: Checker = {
  requirements: ["O-03"],
  on: {
    attempt: (fact, judge) => {
      const { device, exchange, firmware, event } = fact;
      if (firmware?.kind !== "execute" || exchange.updates.length === 0) return;
      const { said, offered, executed } = device.firmware;
      const since = offered?.event ?? -1;
      const grounds = latest(said, since).find(isDownloaded);
      if (grounds === undefined) {
        const [last] = latest(said, since);
        const expected = `device ${device.index} is told to update only once it has said State 2 (Downloaded)`;
        judge.violate("O-03", expected, `an Execute, after ${told(last)}`, [offered?.event ?? event, event]);
      } else if (executed === undefined || executed.event < grounds.event) judge.pass("O-03");
      // Repeated without looking: nobody knows whether the device has carried out the first one.
      else if (!executed.answered) judge.undecided("O-03");
      else {
        const expected = `device ${device.index} is told to update once, until it says State 2 (Downloaded) again`;
        judge.violate("O-03", expected, "one more Execute", [executed.event, event]);
      }
    },
  },
};

/** What the device said last of its State, asked for after an event; with what the server may not have taken. Newest first. */
function latest(said: readonly FirmwareSaid[], since: number): readonly FirmwareSaid[] {
  const about = said
    .filter(({ state, unclear, askedAt }) => askedAt > since && (state !== undefined || unclear))
    .toReversed();
  const certain = about.findIndex((one) => one.certain && !one.unclear);
  return certain < 0 ? about : about.slice(0, certain + 1);
}

const isDownloaded = ({ state, unclear }: FirmwareSaid): boolean => unclear || state === DOWNLOADED;

const told = (said: FirmwareSaid | undefined): string =>
  said === undefined ? "nothing about its State" : `State ${said.state}`;

/** Schemes of URIs with their numbers in 5/0/8. */
const SCHEMES: readonly string[] = ["coap", "coaps", "http", "https", "coap+tcp", "coaps+tcp"];

/** O-06: the way of the image is one that the device understands. */
export const offersWhatDevicesUnderstand: Checker = {
  requirements: ["O-06"],
  on: {
    attempt: (fact, judge, { plan }) => {
      const { device, exchange, firmware, event } = fact;
      if (firmware?.kind !== "offer" || firmware.uri === undefined || exchange.updates.length === 0) return;
      const model = plan.fleet[device.index]?.firmware;
      if (model === undefined) return;
      const scheme = firmware.uri.split(":")[0]?.toLowerCase() ?? "";
      // One that only takes packages lists nothing.
      const listed = model.delivery === "push" || model.protocols.length === 0 ? ["coap"] : model.protocols;
      if (listed.some((known) => known === scheme)) judge.pass("O-06");
      else {
        const expected = `device ${device.index} is given a URI of ${listed.join(" or ")}, which it supports (5/0/8)`;
        const actual = SCHEMES.includes(scheme) ? scheme : JSON.stringify(firmware.uri.slice(0, 40));
        judge.violate("O-06", expected, actual, [event]);
      }
    },
  },
};

/** after a failed attempt an update waits for a trigger. */
export const waitsAfterFailedSteps: Checker = {
  requirements: ["R-06"],
  on: {
    attempt: (fact, judge, context) => {
      const { exchange, firmware, unanswered, device, event } = fact;
      const [deviceTask, ...others] = exchange.updates;
      const failure = deviceTask?.update?.failure;
      if (firmware === undefined || deviceTask === undefined || others.length > 0 || failure === undefined) return;
      if (!failure.certain || !RETRIED.includes(failure.how) || isAnothers(fact)) return;
      if (wasTriggered(device, failure.sent.event)) judge.pass("R-06");
      else if (unanswered !== undefined || device.updateCopy > failure.sent.event) judge.undecided("R-06");
      else if (context.profile.timerRetry !== undefined) judgeTimer(fact, judge, context);
      else {
        const expected = `${name(deviceTask)} goes on at the next Register or Update only: its last request has failed`;
        judge.violate("R-06", expected, `a request at ${time(exchange.started.latest)} without either`, [
          failure.event,
          event,
        ]);
      }
    },
  },
};

const RETRIED: readonly string[] = ["no-acknowledgement", "no-response", "reset"];

/** A request of an ordinary task may look the same. */
const isAnothers = ({ exchange: { mayBeOf, updates }, settled }: FactOf<"attempt">): boolean =>
  mayBeOf.length > updates.length || settled !== undefined;

const wasTriggered = ({ trigger }: DeviceView, event: number): boolean =>
  trigger !== undefined && trigger.event > event;

function judgeTimer(fact: FactOf<"attempt">, judge: Judge, context: Parameters<typeof timerMayHaveFired>[0]): void {
  const failed = fact.device.failures.at(-1)?.exchange;
  if (failed !== undefined && timerMayHaveFired(context, fact.device, failed, fact.exchange)) judge.pass("R-06");
  else judge.undecided("R-06");
}
