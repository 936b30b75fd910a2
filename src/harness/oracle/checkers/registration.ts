/** Registration: G-01 … G-06 (what they mean for tasks is judged where the tasks are polled). */
import type { Checker, Judge } from "../checker.ts";
import type { FactOf } from "../facts.ts";
import type { RegistrationRequest } from "../model.ts";
import { time } from "../text.ts";

type Answered = FactOf<"registration-answered">;

/** Register, Update and De-register are answered as LwM2M says. */
export const answersRegistration: Checker = {
  requirements: ["G-01", "G-02", "G-03", "G-04", "G-05", "G-06"],
  on: {
    "registration-answered": (fact, judge, context) => {
      if (!fact.first) judgeCopy(fact, judge);
      else if (fact.request.kind === "register") judgeRegister(fact, judge);
      else judgeLocated(fact, judge, context.profile.updateFromNewAddress);
    },
    "registration-unanswered": ({ device, request }, judge, context) => {
      const expected = `the ${request.kind} of device ${device.index} is answered within ${time(context.bound)}`;
      judge.violate(request.copies > 1 ? "G-03" : REQUIREMENT_OF[request.kind], expected, "no answer", [request.event]);
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
function judgeCopy({ device, request, sameBytes, event }: Answered, judge: Judge): void {
  if (request.kind !== "register") return;
  if (sameBytes) judge.pass("G-03");
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

function locatedRequirement(oldLocations: ReadonlySet<string>, request: RegistrationRequest): string {
  if (request.alive === "yes") return request.kind === "update" ? "G-04" : "G-06";
  if (request.before !== undefined) return "G-02";
  return oldLocations.has(request.location) ? "G-05" : REQUIREMENT_OF[request.kind];
}
