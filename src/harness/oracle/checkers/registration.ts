/** Registration: G-01 … G-06 (what they mean for tasks is judged where the tasks are polled). */

import type { Checker, Judge } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import { lifetimeEnd } from "../exchanges/attempts.ts";
import type { FactOf } from "../facts.ts";
import { time } from "../text.ts";
import type { RegistrationEnd, RegistrationRequest } from "../views/registration-view.ts";

type Answered = FactOf<"registration-answered">;

/** Register, Update and De-register are answered as LwM2M says. */
export const answersRegistration: Checker = {
  requirements: ["G-01", "G-02", "G-03", "G-04", "G-05", "G-06", "Q-05"],
  on: {
    "registration-answered": (fact, judge, context) => {
      if (!fact.first) judgeCopy(fact, judge);
      else if (isJudgedElsewhere(fact.request)) return;
      else if (fact.request.kind === "register") judgeRegister(fact, judge, context);
      else judgeLocated(fact, judge, context.profile.updateFromNewAddress);
      if (fact.first) judgeOrder(fact, judge);
    },
    "copy-unanswered": ({ device, request, event }, judge, context) => {
      if (request.kind !== "register" || isJudgedElsewhere(request)) return;
      const expected = `the repeated Register of device ${device.index} gets the answer of the first copy within ${time(context.bound)}`;
      if (context.live) judge.undecided("G-03");
      else judge.violate("G-03", expected, "no answer", [request.answer?.event ?? request.event, event]);
    },
    "registration-unanswered": ({ device, request }, judge, context) => {
      if (isJudgedElsewhere(request)) return;
      const expected = `the ${request.kind} of device ${device.index} is answered within ${time(context.bound)}`;
      const requirement = REQUIREMENT_OF[request.kind];
      // Live, a network may lose one datagram that we saw leave.
      if (context.live && request.copies < 2) judge.undecided(requirement);
      else judge.violate(requirement, expected, "no answer", [request.event]);
    },
  },
};

/** What has to be refused is G-07's matter (registers-well.ts); what a server may take or refuse is nobody's. */
const isJudgedElsewhere = ({ defect, leeway }: RegistrationRequest): boolean =>
  defect !== undefined || leeway !== undefined;

const REQUIREMENT_OF = { register: "G-01", update: "G-04", deregister: "G-06" } as const;

function judgeRegister(fact: Answered, judge: Judge, context: OracleContext): void {
  const { device, request, code, location, event } = fact;
  const events = [request.event, event];
  const again = request.before !== undefined;
  const located = location.length >= 2 && location[0] === "rd";
  const seen = located || code !== "2.01" ? code : `2.01 with Location-Path "${location.join("/")}"`;
  if (code === "2.01" && located) {
    judge.pass("G-01");
    if (again) judge.pass("G-02");
    judgeLocation(fact, judge, context);
    return;
  }
  const expected = `the Register of device ${device.index} is answered 2.01 with a location below /rd`;
  judge.violate(again ? "G-02" : "G-01", expected, seen, events);
}

/** Choice 15: whether an endpoint that is surely registered gets the location that it had, or another one. */
function judgeLocation({ device, request, location, event }: Answered, judge: Judge, context: OracleContext): void {
  const { before, window } = request;
  const crossed = device.requests.some((other) => other !== request && other.answer === undefined && !other.missed);
  const open = device.rivals.size > 0 || crossed || device.registrationOpen || request.mayBeCopy;
  if (before === undefined || device.registration !== before || open) return;
  if (window.latest >= lifetimeEnd(context, before.refreshed, before.lifetime).earliest) return;
  const { locationAtReRegister } = context.profile;
  const path = location.join("/");
  const did = path === before.location ? "reused" : "new";
  if (locationAtReRegister === undefined) judge.choose("G-02", "the location at another Register", did, event);
  else if (did === locationAtReRegister) judge.pass("G-02");
  else {
    const which = locationAtReRegister === "reused" ? `keeps its location, ${before.location}` : "gets a new location";
    const expected = `device ${device.index}, which registers again, ${which}`;
    judge.violate("G-02", expected, `location ${path}`, [request.event, event]);
  }
}

/** A copy of a Register (same message id) gets the same answer. */
function judgeCopy({ device, request, same, event }: Answered, judge: Judge): void {
  if (request.kind !== "register" || request.leeway !== undefined) return;
  if (same) judge.pass("G-03");
  else {
    const expected = `the repeated Register of device ${device.index} gets the answer of the first copy`;
    judge.violate("G-03", expected, "another answer", [request.answer?.event ?? request.event, event]);
  }
}

/** Update and De-register name a location: alive, unknown, replaced, or expired. */
function judgeLocated(
  { device, request, code, event }: Answered,
  judge: Judge,
  fromNewAddress: string | undefined,
): void {
  const requirement = locatedRequirement(device.oldLocations, request);
  if (request.alive === "maybe") {
    judge.undecided("G-05");
    return;
  }
  const alive = request.alive === "yes";
  const success = request.kind === "update" ? "2.04" : "2.02";
  const moved = request.before?.address !== request.address;
  // A server may ask a device with a new address to register again, and then by any refusal, unless it declared that it
  // does not; who declared that it does, must (choice 14).
  const refuses = alive && moved && request.kind === "update" && fromNewAddress === "require-register";
  const accepted = alive ? (moved && fromNewAddress !== "accept" ? [success, "4.04", "4.00"] : [success]) : ["4.04"];
  // What never was a location need not look like one: any refusal will do.
  const foreign = !alive && !device.oldLocations.has(request.location) && !/^rd\/[^/]+$/.test(request.location);
  if (refuses) judgeRefusal({ device, request, code, event }, FROM_NEW_ADDRESS, judge);
  else if (foreign) judgeRefusal({ device, request, code, event }, NEVER_A_LOCATION, judge);
  else if (accepted.includes(code)) judge.pass(requirement);
  else {
    const state = alive ? "an alive" : "an unknown or ended";
    const expected = `the ${request.kind} of device ${device.index} to ${state} registration is answered ${accepted.join(" or ")}`;
    judge.violate(requirement, expected, code, [request.event, event]);
  }
}

interface Refused {
  readonly what: string;
  readonly by: RegExp;
}

/** Where a Register is asked for. Choice 14. */
const FROM_NEW_ADDRESS: Refused = { what: "from a new address is refused, so that it registers", by: /^4\./ };
const NEVER_A_LOCATION: Refused = { what: "to what never was a location is refused", by: /^[45]\./ };

function judgeRefusal(
  { device, request, code, event }: Pick<Answered, "device" | "request" | "code" | "event">,
  { what, by }: Refused,
  judge: Judge,
): void {
  const requirement = REQUIREMENT_OF[request.kind];
  if (by.test(code)) judge.pass(requirement);
  else {
    const expected = `the ${request.kind} of device ${device.index} ${what}`;
    judge.violate(requirement, expected, code, [request.event, event]);
  }
}

function locatedRequirement(oldLocations: ReadonlyMap<string, RegistrationEnd>, request: RegistrationRequest): string {
  const ended = request.alive === "yes" ? undefined : oldLocations.get(request.location);
  return ended === undefined ? REQUIREMENT_OF[request.kind] : AFTER[ended];
}

const AFTER: Readonly<Record<RegistrationEnd, string>> = {
  replaced: "G-02",
  removed: "G-06",
  "lifetime-over": "G-05",
  lost: "G-04",
};

/** A request of the server left before this answer, although only what is answered here lets it go. */
function judgeOrder({ device, request, event }: Answered, judge: Judge): void {
  if (request.overtakenBy === undefined) return;
  const { event: overtaking, certain } = request.overtakenBy;
  // A copy shows that the first answer may have been lost after it left.
  if (!certain || request.copies > 1) judge.undecided("Q-05");
  else {
    const expected = `the ${request.kind} of device ${device.index} is answered before a request is sent to it`;
    judge.violate("Q-05", expected, "the request left first", [request.event, overtaking, event]);
  }
}
