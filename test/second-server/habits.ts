/**
 * In what one second server differs from another: every row is legal, and most differ from the reference server.
 *
 * Spec: docs/semantics.md, choices; RFC 7252 where the rows say so.
 */

/** How it behaves on the wire. */
export interface WireHabits {
  /**
   * Register, Update and De-register get an empty ACK at once and their answer so much later in a message of its own
   * (RFC 7252 §5.2.2); absent: the answer is piggybacked. `thenWaits`: a request to that device waits until the
   * Confirmable answer is acknowledged, which NSTART = 1 asks for (§4.7).
   */
  readonly separate?: {
    readonly type: "CON" | "NON";
    readonly fromMs: number;
    readonly toMs: number;
    readonly thenWaits: boolean;
  };
  /** Within ACK_TIMEOUT and ACK_TIMEOUT × ACK_RANDOM_FACTOR (§4.2). */
  readonly firstTimeout: "shortest" | "longest" | "drawn";
  /** Choice 5. */
  readonly responseTimeoutMs: number;
  /** 1 to 8 (§5.3.1). */
  readonly tokenBytes: number | "any";
  /** Adds Uri-Host and Uri-Port to its requests (§5.10.1). */
  readonly namesItself: boolean;
  /** Asks for a single value as it comes, or in this format; a whole object always comes as TLV. */
  readonly readsAs: "device-decides" | "text" | "tlv";
  /** Reads a whole object at `3` or at `3/0`. */
  readonly readsWhole: "object" | "instance";
  /** Replaces the resource, as text or TLV, or updates the instance in part (LwM2M Core §5.4.3). */
  readonly writesAs: "text" | "tlv" | "partial-update";
  /**
   * What goes before the first request after a trigger: an Empty Confirmable message (§4.3), or after a Register a
   * Discover of the device's objects.
   */
  readonly greets: "not-at-all" | "by-ping" | "by-discover";
  readonly blocks: BlockHabits;
}

/** How large values travel (RFC 7959). */
export interface BlockHabits {
  /** Exponent of the size of the first block that is sent, and of those that are asked for (§2.2). */
  readonly szx: number;
  /** Names that size in the first request of a Read (§2.4). */
  readonly saysSizeAtOnce: boolean;
  /** Says in each block how long the value is (§4). */
  readonly tellsSize: boolean;
  /** After 4.08: the value is sent again in the same attempt, or the attempt has failed (§2.9.2). */
  readonly afterForgotten: "again" | "fails";
  /** When the device wants smaller blocks: goes on with them, or sends all of it again in them (§2.5). */
  readonly afterSmaller: "goes-on" | "from-the-start";
  /** When what is read changes: it is read again in the same attempt, or the attempt has failed (§2.8). */
  readonly afterChange: "again" | "fails";
}

/** When it does what, and what becomes of what. */
export interface TaskHabits {
  /** Between a trigger, or the end of an exchange, and the next request. */
  readonly dispatchAfterMs: { readonly from: number; readonly to: number };
  /** Choice 12. */
  readonly order: "oldest-first" | "newest-first";
  /** Choice 13. */
  readonly awakeWindowMs: number;
  /** Choice 28. */
  readonly afterFailure: "stop" | "continue";
  /** Choice 28: whether an Update that arrives during an exchange counts for what that exchange leaves over. */
  readonly updateInFlightCounts: boolean;
  /** Choice 10. */
  readonly atExpiry: "fail" | "answer-counts";
  /** Cancelled in flight: its answer may still count, or it is over at once. */
  readonly cancelInFlight: "answer-counts" | "at-once";
  /** Choices 1 and 2. `printed`: the other code of the rows that are printed twice; codes without a row times ten. */
  readonly errorCodes: "corrected" | "printed";
  /** Choice 8. */
  readonly beyondBounds: "refused" | "shortened";
  /** Choice 15: what a Register does to an exchange in flight: ends it, or nothing. */
  readonly registerInFlight: "ends-it" | "nothing";
}

/** How it registers devices. */
export interface RegistrationHabits {
  /** Segments below `rd`. */
  readonly locationDepth: 1 | 2;
  /** Choice 15. */
  readonly reRegister: "new-location" | "same-location";
  /** Choice 14. */
  readonly newAddress: "accepted" | "must-register";
}

/** How its REST answers look. */
export interface RestHabits {
  /** A request is looked at so much later than it came. */
  readonly looksAfterMs: number;
  /** Every answer leaves so much later than it was made. */
  readonly answerAfterMs: number;
  /** Choices 20 and 31: numbers as text, in the mirror and as error codes. */
  readonly numbersAs: "numbers" | "strings";
  /** Fields that no SDK knows, and `null` instead of nothing. */
  readonly talkative: boolean;
  /** Choice 21. */
  readonly completedCounts: "every-end" | "answers-alone";
  /** Of a device task that was never tried. */
  readonly waitsAs: "REQUESTED" | "QUEUED";
  /** How a task looks that is to begin later. */
  readonly scheduledAs: "SCHEDULED" | "REQUESTED";
  /** Choice 30. */
  readonly strangersGet: 401 | 403 | 404;
  /** Choice 29. */
  readonly refusesWith: 400 | 409 | 422;
  /** Choice 19. */
  readonly createsWith: 200 | 201 | 202;
  /** Choice 31. */
  readonly timeIn: "seconds" | "milliseconds";
  /** Whether a record shows its active period. */
  readonly echoesPeriod: boolean;
}

export interface Habits {
  readonly wire: WireHabits;
  readonly tasks: TaskHabits;
  readonly registration: RegistrationHabits;
  readonly rest: RestHabits;
}
