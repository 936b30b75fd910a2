/** Registration: G-01 … G-06 (what they mean for tasks is judged where the tasks are polled). */
import type { Checker, Judge } from "../checker.ts";
import type { FactOf } from "../facts.ts";
import type { RegistrationEnd, RegistrationRequest } from "../model.ts";
import { time } from "../text.ts";

type Answered = FactOf<"registration-answered">;

/** Register, Update and De-register are answered as LwM2M says. */
export const answersRegistration: Checker = {
  requirements: ["G-01", "G-02", "G-03", "G-04", "G-05", "G-06", "Q-05"],
  on: {
    "registration-answered": (fact, judge, context) => {
      if (!fact.first) judgeCopy(fact, judge);
      else if (fact.request.defect !== undefined) return;
      else if (fact.request.kind === "register") judgeRegister(fact, judge);
      else judgeLocated(fact, judge, context.profile.updateFromNewAddress);
      if (fact.first) judgeOrder(fact, judge);
    },
    "copy-unanswered": ({ device, request, event }, judge, context) => {
      if (request.kind !== "register" || request.defect !== undefined) return;
      const expected = `the repeated Register of device ${device.index} gets the answer of the first copy within ${time(context.bound)}`;
      if (context.live) judge.undecided("G-03");
      else judge.violate("G-03", expected, "no answer", [request.answer?.event ?? request.event, event]);
    },
    "registration-unanswered": ({ device, request }, judge, context) => {
      if (request.defect !== undefined) return;
      const expected = `the ${request.kind} of device ${device.index} is answered within ${time(context.bound)}`;
      const requirement = REQUIREMENT_OF[request.kind];
      // Live, a network may lose one datagram that we saw leave.
      if (context.live && request.copies < 2) judge.undecided(requirement);
      else judge.violate(requirement, expected, "no answer", [request.event]);
    },
  },
};

const REQUIREMENT_OF = { register: "G-01", update: "G-04", deregister: "G-06" } as const;

function judgeRegister({ device, request, code, location, event }: Answered, judge: Judge): void {
  const events = [request.event, event];
  const again = request.before !== undefined;
  const located = location.length >= 2 && location[0] === "rd";
  const seen = located || code !== "2.01" ? code : `2.01 with Location-Path "${location.join("/")}"`;
  if (code === "2.01" && located) {
    judge.pass("G-01");
    if (again) judge.pass("G-02");
    return;
  }
  const expected = `the Register of device ${device.index} is answered 2.01 with a location below /rd`;
  judge.violate(again ? "G-02" : "G-01", expected, seen, events);
}

/** A copy of a Register (same message id) gets the same answer. */
function judgeCopy({ device, request, same, event }: Answered, judge: Judge): void {
  if (request.kind !== "register") return;
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
  // A server may ask a device with a new address to register again, unless it declared that it does not (choice 14).
  const accepted = alive ? (moved && fromNewAddress !== "accept" ? [success, "4.04", "4.00"] : [success]) : ["4.04"];
  if (accepted.includes(code)) judge.pass(requirement);
  else {
    const state = alive ? "an alive" : "an unknown or ended";
    const expected = `the ${request.kind} of device ${device.index} to ${state} registration is answered ${accepted.join(" or ")}`;
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
