/** Servers that do otherwise where nothing is declared, or where the rules leave a choice without a name. */

import { isRegister } from "../protocol/lwm2m/registration.ts";
import { ARTIK, EMPTY_PROFILE, type Profile } from "../protocol/profile.ts";
import type { RestResponse } from "../protocol/server-port.ts";
import { after, micros, seconds } from "../protocol/time.ts";
import { emptyTally, REFERENCE_RULES as REFERENCE } from "../reference-server/rules.ts";
import { isTerminal } from "../reference-server/transitions.ts";
import { answerCountsAtExpiry, differing, mappingTo, movingBy } from "./defect.ts";
import type { LegalVariant } from "./mutant.ts";

/** The reference server's profile without some of its declarations. */
const undeclared = (name: string, ...choices: readonly (keyof typeof ARTIK)[]): Profile => ({
  ...Object.fromEntries(Object.entries(ARTIK).filter(([choice]) => !choices.some((left) => left === choice))),
  name,
  reaction: ARTIK.reaction,
});

const HALF_A_SECOND = micros(500_000);
/** How often a server looks for tasks whose active period is over. */
const SWEEP = 200_000;

/** The task in an answer that shows one which has not begun. */
function waitingTask({ body }: RestResponse): object | undefined {
  const data = typeof body === "object" && body !== null && "data" in body ? body.data : undefined;
  const waits = typeof data === "object" && data !== null && "status" in data && data.status === "SCHEDULED";
  return waits ? data : undefined;
}

export const LEGAL_BEHAVIOUR: readonly LegalVariant[] = [
  {
    id: "second-printed-rows",
    sentence: "4.03 becomes 4040 and 4.15 becomes 4060, by the other printed rows, for all operations alike.",
    choice: "row 1, undeclared: one of the codes that the page prints",
    profile: undeclared("second-printed-rows", "errorMapping"),
    rules: (note) => ({ errorOfAnswer: mappingTo(note, ["4.03", 4040], ["4.15", 4060]) }),
  },
  {
    id: "every-code-its-own",
    sentence: "Codes without a row become their number times ten.",
    choice: "row 2, undeclared: any code that is not the cloud's own",
    profile: undeclared("every-code-its-own", "fallbackCodes"),
    rules: (note) => ({
      errorOfAnswer: (code, diagnostic, taskType, profile) => {
        const listed = REFERENCE.errorOfAnswer(code, diagnostic, taskType, profile);
        if (!listed.message.startsWith("CoAP ")) return listed;
        note();
        return { ...listed, code: `${code.replace(".", "")}0` };
      },
    }),
  },
  {
    id: "own-error-messages",
    sentence: "Error messages have words of their own around the diagnostic.",
    choice: "row 3: contains the diagnostic for 4000",
    rules: (note) => ({
      errorOfAnswer: (code, diagnostic, taskType, profile) => {
        note();
        const { code: mapped } = REFERENCE.errorOfAnswer(code, diagnostic, taskType, profile);
        return { code: mapped, message: `the device refused (${code}) and said: ${diagnostic}` };
      },
    }),
  },
  {
    id: "hasty-undeclared-response-timeout",
    sentence: "Silence after an empty ACK is a failed attempt after 20 s, which is not declared.",
    choice: "row 5, undeclared: any time",
    profile: undeclared("hasty-undeclared-response-timeout", "responseTimeout"),
    coapRules: (note) => ({
      responseTimeout: () => {
        note();
        return seconds(20);
      },
    }),
  },
  {
    id: "patient-undeclared-response-timeout",
    sentence: "Silence after an empty ACK is a failed attempt after half an hour, which is not declared.",
    choice: "row 5, undeclared: any time",
    profile: undeclared("patient-undeclared-response-timeout", "responseTimeout"),
    coapRules: (note) => ({
      responseTimeout: () => {
        note();
        return seconds(1_800);
      },
    }),
  },
  {
    id: "answer-counts-undeclared",
    sentence: "A device task in flight at expiry ends by its answer, which is not declared.",
    choice: "row 10, undeclared: 4004 or the answer's own outcome",
    profile: undeclared("answer-counts-undeclared", "inFlightAtExpiry"),
    rules: answerCountsAtExpiry,
  },
  {
    id: "newest-first-undeclared",
    sentence: "The waiting tasks of a device are sent newest first.",
    choice: "row 12, undeclared: any order, one exchange at a time",
    profile: undeclared("newest-first-undeclared", "order"),
    rules: (note) => ({
      comesBefore: (a, b) => differing(note, REFERENCE.comesBefore(a, b), a.task.sequence > b.task.sequence),
    }),
  },
  {
    id: "fresh-first-undeclared",
    sentence: "Tasks that were never tried are sent before those that failed.",
    choice: "row 12, undeclared: any order, one exchange at a time",
    profile: undeclared("fresh-first-undeclared", "order"),
    rules: (note) => ({
      comesBefore: (a, b) =>
        differing(note, REFERENCE.comesBefore(a, b), a.numAttempts < b.numAttempts || REFERENCE.comesBefore(a, b)),
    }),
  },
  {
    id: "sleeps-early-undeclared",
    sentence: "A queue-mode device is taken to sleep 10 s after its last datagram, which is not declared.",
    choice: "row 13, undeclared: what is due soon after a datagram is sent",
    profile: undeclared("sleeps-early-undeclared", "awakeWindow"),
    rules: (note) => ({
      destination: (device, now, profile) =>
        differing(
          note,
          REFERENCE.destination(device, now, profile),
          REFERENCE.destination(device, now, { ...profile, awakeWindow: 10 }),
        ),
    }),
  },
  {
    id: "requeues-at-new-address",
    sentence: "An Update from a new address fails the open attempt, and as a trigger brings the next one.",
    choice: "row 14: dropped and sent again to the new address",
    rules: (note) => ({
      get atNewAddress() {
        note();
        return "requeue" as const;
      },
    }),
  },
  {
    id: "register-at-new-address-undeclared",
    sentence: "An Update from a new address is answered 4.04, which is not declared.",
    choice: "row 14, undeclared: the same, or a Register is asked for",
    profile: undeclared("register-at-new-address-undeclared", "updateFromNewAddress"),
    rules: (note) => ({
      addressAfterUpdate: (before, from, profile) =>
        differing(note, REFERENCE.addressAfterUpdate(before, from, profile), before === from ? from : undefined),
    }),
  },
  {
    id: "flight-outlives-register",
    sentence: "An exchange in flight goes on when its device registers again.",
    choice: "row 15, undeclared",
    profile: undeclared("flight-outlives-register", "locationAtReRegister"),
    rules: (note) => ({
      dropsExchange: (loss) => differing(note, REFERENCE.dropsExchange(loss), loss !== "replaced"),
      locationAtReRegister: (previous) => previous,
    }),
  },
  {
    id: "ends-after-the-instant",
    sentence: "At the exact end of a lifetime or of an active period the registration or task is still there.",
    choice: "row 16, and Time and doubt: either order is right at the exact instant",
    rules: (note) => ({
      endsAt: (registration) => after(REFERENCE.endsAt(registration), micros(1)),
      expiresAt: (activeFrom, expiresAfter, createdAt) => {
        note();
        return after(REFERENCE.expiresAt(activeFrom, expiresAfter, createdAt), micros(1));
      },
    }),
  },
  {
    id: "expires-by-a-sweep",
    sentence: "Tasks expire at the next of the rounds that a timer makes every 200 ms, which is not declared.",
    choice: "row 10, undeclared: within 1 s of the end of the active period",
    profile: undeclared("expires-by-a-sweep", "inFlightAtExpiry"),
    rules: (note) => ({
      expiresAt: (...task) => {
        const exact = REFERENCE.expiresAt(...task);
        const toNextRound = (SWEEP - (exact % SWEEP)) % SWEEP;
        return differing(note, exact, after(exact, micros(toNextRound)));
      },
    }),
  },
  {
    id: "expires-late-undeclared",
    sentence: "Tasks expire 900 ms after their active period is over, and nothing is declared.",
    choice: "row 10, undeclared: within 1 s of the end of the active period",
    profile: EMPTY_PROFILE,
    rules: (note) => ({
      expiresAt: (...task) => {
        note();
        return after(REFERENCE.expiresAt(...task), micros(900_000));
      },
    }),
  },
  {
    id: "goes-on-undeclared",
    sentence: "A failed attempt does not stop the drain of its device, which is not declared.",
    choice: "row 28, undeclared: further tasks tried within the same trigger",
    profile: undeclared("goes-on-undeclared", "drainAfterFailure"),
    rules: (note) => ({
      goesOnAfterFailure: (profile) => differing(note, REFERENCE.goesOnAfterFailure(profile), true),
    }),
  },
  {
    id: "moved-attempt-counts-once",
    sentence: "An exchange dropped by an Update from a new address and the one that follows count as one attempt.",
    choice: "row 32, undeclared: either",
    rules: (note) => ({
      attemptsAfter: (attempts, event) =>
        differing(note, REFERENCE.attemptsAfter(attempts, event), event === "attempt" ? attempts + 1 : attempts),
    }),
  },
  {
    id: "cancels-flight-at-once",
    sentence: "A device task that is cancelled in flight is CANCELLED at once, and its answer is not looked at.",
    choice: "States: cancelled in flight",
    rules: (note) => ({ deviceMove: movingBy(note, { from: ["PROCESSING"], event: "cancel", to: "CANCELLED" }) }),
  },
  {
    id: "cancelled-flight-moves",
    sentence: "A device task that was cancelled in flight is sent again when its device updates from a new address.",
    choice: "States, row 14: the exchange runs on",
    rules: (note) => ({
      deviceMove: movingBy(note, { from: ["CANCEL_REQUESTED"], event: "resend", to: "CANCEL_REQUESTED" }),
    }),
  },
  {
    id: "cancelled-flight-expires",
    sentence: "A device task that was cancelled in flight fails with 4004 when its task expires.",
    choice: "States: at expiry 4004 is accepted too",
    rules: (note) => ({ deviceMove: movingBy(note, { from: ["CANCEL_REQUESTED"], event: "expire", to: "FAILED" }) }),
  },
  {
    id: "acts-on-copies-of-updates",
    sentence:
      "A repeated Update or De-register is processed again; only a repeated Register gets the answer of the first.",
    choice: "RFC 7252 §4.5: relaxed for what is idempotent",
    coapRules: (note) => ({
      duplicateRequest: (message) =>
        differing(note, "same-answer", isRegister(message) ? "same-answer" : "process-again"),
    }),
  },
  {
    id: "history-of-ends",
    sentence: "The history of a device task has its terminal state alone.",
    choice: "States: whoever polls may miss states",
    rules: (note) => ({
      recordsHistory: (status) => differing(note, REFERENCE.recordsHistory(status), isTerminal(status)),
    }),
  },
  {
    id: "targets-shown-later",
    sentence: "A task begins 500 ms after it was created; until then it shows neither targets nor counts.",
    choice: "row 33: statuses may be empty until the targets are expanded",
    rules: (note) => ({
      activeFrom: (createdAt, scheduledOn) => after(REFERENCE.activeFrom(createdAt, scheduledOn), HALF_A_SECOND),
      expiresAt: (activeFrom, expiresAfter) => after(activeFrom, micros(seconds(expiresAfter) - HALF_A_SECOND)),
      rendered: (response) => {
        const task = waitingTask(response);
        if (task === undefined) return response;
        note();
        const shown = { ...task, status: "REQUESTED", statusCounts: REFERENCE.countsOf(emptyTally()) };
        const list =
          "statuses" in task ? { total: 0, offset: 0, count: 0, data: { ...shown, statuses: [] } } : { data: shown };
        return { ...response, body: list };
      },
    }),
  },
  {
    id: "begins-a-moment-later",
    sentence: "A task begins 200 ms after it was created; its targets are resolved then.",
    choice: "row 33, and Time and doubt: 1 s of virtual time is granted",
    rules: (note) => ({
      activeFrom: (createdAt, scheduledOn) => {
        note();
        return after(REFERENCE.activeFrom(createdAt, scheduledOn), micros(200_000));
      },
      expiresAt: (activeFrom, expiresAfter) => after(activeFrom, micros(seconds(expiresAfter) - 200_000)),
    }),
  },
];
