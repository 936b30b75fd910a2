/**
 * The second server in several modes, each correct under the profile beside it.
 *
 * Spec: docs/semantics.md, choices; what a mode does not say it does as `PLAIN` does.
 */
import { ARTIK, EMPTY_PROFILE, type Profile } from "../../src/protocol/profile.ts";
import type { Habits, RegistrationHabits, RestHabits, TaskHabits, WireHabits } from "./habits.ts";

export interface Mode {
  readonly id: string;
  readonly sentence: string;
  /** What is declared of it. */
  readonly profile: Profile;
  readonly habits: Habits;
}

const PLAIN: Habits = {
  wire: {
    firstTimeout: "drawn",
    responseTimeoutMs: 120_000,
    tokenBytes: "any",
    namesItself: false,
    readsAs: "device-decides",
    readsWhole: "instance",
    writesAs: "text",
    greets: "not-at-all",
    blocks: {
      szx: 6,
      saysSizeAtOnce: false,
      tellsSize: false,
      afterForgotten: "fails",
      afterSmaller: "goes-on",
      afterChange: "fails",
    },
  },
  tasks: {
    dispatchAfterMs: { from: 0, to: 0 },
    order: "oldest-first",
    awakeWindowMs: 93_000,
    afterFailure: "stop",
    updateInFlightCounts: false,
    atExpiry: "fail",
    cancelInFlight: "answer-counts",
    errorCodes: "corrected",
    beyondBounds: "refused",
    registerInFlight: "ends-it",
  },
  registration: { locationDepth: 2, reRegister: "new-location", newAddress: "accepted" },
  rest: {
    looksAfterMs: 0,
    answerAfterMs: 0,
    numbersAs: "numbers",
    talkative: false,
    completedCounts: "every-end",
    waitsAs: "REQUESTED",
    scheduledAs: "SCHEDULED",
    strangersGet: 404,
    refusesWith: 400,
    createsWith: 202,
    timeIn: "milliseconds",
    echoesPeriod: true,
  },
};

const plainBut = (
  wire: Partial<WireHabits>,
  tasks: Partial<TaskHabits> = {},
  rest: Partial<RestHabits> = {},
  registration: Partial<RegistrationHabits> = {},
): Habits => ({
  wire: { ...PLAIN.wire, ...wire },
  tasks: { ...PLAIN.tasks, ...tasks },
  rest: { ...PLAIN.rest, ...rest },
  registration: { ...PLAIN.registration, ...registration },
});

export const MODES: readonly Mode[] = [
  {
    id: "declared",
    sentence: "Does what the profile declares, with locations of two segments, tokens of any length, random ids.",
    profile: ARTIK,
    habits: PLAIN,
  },
  {
    id: "declared-slow",
    sentence: "Takes its time with everything: answers separately, by REST later, and sends up to half a second after.",
    profile: ARTIK,
    habits: plainBut(
      {
        separate: { type: "CON", fromMs: 10, toMs: 200, thenWaits: false },
        firstTimeout: "longest",
        readsWhole: "object",
        readsAs: "tlv",
        writesAs: "tlv",
        blocks: { ...PLAIN.wire.blocks, szx: 5, tellsSize: true, afterChange: "again" },
      },
      { dispatchAfterMs: { from: 0, to: 500 } },
      { answerAfterMs: 40, waitsAs: "QUEUED", strangersGet: 401, numbersAs: "strings", talkative: true },
    ),
  },
  {
    id: "declared-chatty",
    sentence:
      "Pings before it asks, names itself in requests, and answers registrations in messages of their own that are not confirmed.",
    profile: ARTIK,
    habits: plainBut(
      {
        separate: { type: "NON", fromMs: 0, toMs: 20, thenWaits: false },
        firstTimeout: "shortest",
        tokenBytes: 1,
        namesItself: true,
        readsAs: "text",
        greets: "by-ping",
        blocks: { ...PLAIN.wire.blocks, szx: 3, saysSizeAtOnce: true, afterForgotten: "again" },
      },
      { updateInFlightCounts: true },
      { talkative: true, timeIn: "seconds", strangersGet: 403, echoesPeriod: false, createsWith: 200 },
    ),
  },
  {
    id: "undeclared-newest-first",
    sentence:
      "Sends the newest first, goes on after a failure, lets answers count after expiry, writes by partial update.",
    profile: EMPTY_PROFILE,
    habits: plainBut(
      {
        responseTimeoutMs: 45_000,
        tokenBytes: 8,
        writesAs: "partial-update",
        blocks: { ...PLAIN.wire.blocks, afterForgotten: "again", afterSmaller: "from-the-start", afterChange: "again" },
      },
      {
        order: "newest-first",
        afterFailure: "continue",
        atExpiry: "answer-counts",
        errorCodes: "printed",
        beyondBounds: "shortened",
        awakeWindowMs: 60_000,
        dispatchAfterMs: { from: 100, to: 400 },
      },
      { completedCounts: "answers-alone", numbersAs: "strings", refusesWith: 422, scheduledAs: "REQUESTED" },
      { reRegister: "same-location" },
    ),
  },
  {
    id: "undeclared-stubborn",
    sentence:
      "Discovers first, goes on with an exchange when its device registers again, wants a Register from a new address.",
    profile: EMPTY_PROFILE,
    habits: plainBut(
      {
        responseTimeoutMs: 300_000,
        readsAs: "text",
        greets: "by-discover",
        blocks: { ...PLAIN.wire.blocks, szx: 4, saysSizeAtOnce: true, tellsSize: true },
      },
      {
        registerInFlight: "nothing",
        cancelInFlight: "at-once",
        updateInFlightCounts: true,
        awakeWindowMs: 20_000,
      },
      { looksAfterMs: 30, answerAfterMs: 15, refusesWith: 409, createsWith: 200 },
      { reRegister: "same-location", newAddress: "must-register", locationDepth: 1 },
    ),
  },
  {
    id: "undeclared-slow",
    sentence: "Answers registrations separately and sends nothing else before that answer is acknowledged.",
    profile: EMPTY_PROFILE,
    habits: plainBut(
      { separate: { type: "CON", fromMs: 50, toMs: 200, thenWaits: true }, greets: "by-ping" },
      { dispatchAfterMs: { from: 0, to: 300 } },
      { answerAfterMs: 100, talkative: true },
    ),
  },
];
