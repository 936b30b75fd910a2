/**
 * A firmware update of one device as a table: which request comes first, and which comes after what was learnt.
 *
 * Pure: no request is made here and nothing is decoded; see `requests.ts`. The image is never executed unseen: before
 * each Execute the device said State Downloaded, and after a failed one it is asked again (O-03). The 2.04 of Execute is
 * no success: that is Idle, Success and the right version (O-04).
 *
 * Spec: OMA LwM2M Core Appendix E.6 (object 5, State and Update Result); docs/semantics.md row 24; docs/ota.md.
 */

/** A step is a request to the device. */
export type Step =
  /** Read /5/0. */
  | "survey"
  /** Write an empty Package URI or Package: back to Idle. */
  | "reset"
  /** Write Package or Package URI. */
  | "offer"
  /** Read /5/0/3 and then /5/0/5, before Execute. */
  | "state"
  | "result"
  /** Read /5/0/3 once more, of a device that seems to have nothing of the image. */
  | "again"
  /** Execute /5/0/2. */
  | "execute"
  /** Read /5/0/3 and then /5/0/5, after Execute. */
  | "installed-state"
  | "installed-result"
  /** Read /3/0/3. */
  | "version";

export const STEPS = [
  "survey",
  "reset",
  "offer",
  "state",
  "result",
  "again",
  "execute",
  "installed-state",
  "installed-result",
  "version",
] as const satisfies readonly Step[];

/** Values of /5/0/3. */
export const STATES = ["idle", "downloading", "downloaded", "updating"] as const;
export type State = (typeof STATES)[number];

/** Values of /5/0/5, with what they mean. 10 and 11 are of LwM2M 1.1. */
export const RESULTS = [
  "initial",
  "success",
  "not enough flash memory",
  "out of RAM",
  "connection lost during the download",
  "integrity check failure",
  "unsupported package type",
  "invalid URI",
  "update failed",
  "unsupported protocol",
  "cancelled",
  "deferred",
] as const;

/** What the answer to a step says. */
export type Event =
  | State
  | "changed"
  | "initial"
  | "success"
  /** A success, though this image was never executed: it is that of the update before. */
  | "stale"
  | "failure"
  | "deferred"
  | "expected"
  | "unexpected";

/** What comes next. `wait`: that step, but only after a while or at the next trigger. */
export type Next =
  | { readonly kind: "step"; readonly step: Step }
  | { readonly kind: "wait"; readonly step: Step }
  /** Offers the image once more; not for ever. */
  | { readonly kind: "offer-again" }
  | { readonly kind: "done" }
  | { readonly kind: "failed" };

export interface ProcedureRow {
  readonly step: Step;
  /** What the last answer about the State was; absent: any. */
  readonly state?: State;
  readonly event: Event;
  readonly next: Next;
  readonly source: string;
}

const step = (to: Step): Next => ({ kind: "step", step: to });
const wait = (to: Step): Next => ({ kind: "wait", step: to });
const FAILED: Next = { kind: "failed" };

/** The first row that fits counts. */
export const PROCEDURE: readonly ProcedureRow[] = [
  { step: "survey", event: "idle", next: step("offer"), source: "the device is free" },
  { step: "survey", event: "downloading", next: step("reset"), source: "another image: State resets to Idle" },
  { step: "survey", event: "downloaded", next: step("reset"), source: "another image: State resets to Idle" },
  { step: "survey", event: "updating", next: wait("survey"), source: "cannot be reset while it installs" },
  { step: "reset", event: "changed", next: step("offer"), source: "State Idle" },
  { step: "offer", event: "changed", next: step("state"), source: "the download has begun, or is over" },
  { step: "state", event: "downloading", next: wait("state"), source: "it downloads by itself" },
  { step: "state", event: "downloaded", next: step("result"), source: "new, or left after a failed installation" },
  { step: "state", event: "idle", next: step("result"), source: "the download failed, or all is over" },
  { step: "state", event: "updating", next: wait("installed-state"), source: "an Execute came, its answer did not" },
  { step: "result", state: "downloaded", event: "initial", next: step("execute"), source: "O-03" },
  { step: "result", state: "idle", event: "initial", next: wait("again"), source: "a reboot lost it" },
  { step: "result", state: "idle", event: "stale", next: wait("again"), source: "it has not begun: O-04" },
  { step: "result", state: "idle", event: "success", next: step("version"), source: "installed: O-04" },
  { step: "result", state: "downloaded", event: "success", next: wait("state"), source: "changed in between" },
  { step: "result", state: "downloaded", event: "stale", next: step("execute"), source: "O-03: Downloaded" },
  { step: "result", event: "deferred", next: wait("state"), source: "LwM2M 1.1: its user puts it off" },
  { step: "result", event: "failure", next: FAILED, source: "O-05" },
  { step: "again", event: "idle", next: { kind: "offer-again" }, source: "it has nothing" },
  { step: "again", event: "downloading", next: wait("state"), source: "it was slow to begin" },
  { step: "again", event: "downloaded", next: step("result"), source: "it was slow to begin" },
  { step: "again", event: "updating", next: wait("installed-state"), source: "an Execute came, its answer did not" },
  { step: "execute", event: "changed", next: wait("installed-state"), source: "O-04: no success yet" },
  { step: "installed-state", event: "updating", next: wait("installed-state"), source: "it installs" },
  { step: "installed-state", event: "downloading", next: wait("state"), source: "it lost the image, and fetches it" },
  { step: "installed-state", event: "downloaded", next: step("installed-result"), source: "not begun, or failed" },
  { step: "installed-state", event: "idle", next: step("installed-result"), source: "over" },
  { step: "installed-result", state: "idle", event: "success", next: step("version"), source: "O-04" },
  { step: "installed-result", state: "idle", event: "initial", next: FAILED, source: "row 24: Result 1 is needed" },
  { step: "installed-result", event: "initial", next: wait("installed-state"), source: "it has not begun" },
  { step: "installed-result", event: "success", next: wait("installed-state"), source: "changed in between" },
  { step: "installed-result", event: "deferred", next: wait("installed-state"), source: "LwM2M 1.1: put off" },
  { step: "installed-result", event: "failure", next: FAILED, source: "O-05" },
  { step: "version", event: "expected", next: { kind: "done" }, source: "O-04" },
  { step: "version", event: "unexpected", next: FAILED, source: "row 24: a wrong version" },
];

/** Where an attempt goes on after one that failed; the step itself unless it stands here. */
const RESUMED: Readonly<Partial<Record<Step, Step>>> = {
  // Whether it was executed is not known; its State tells. O-03
  execute: "state",
  // Half a Package may be there, and State may say so: the table begins anew with it.
  reset: "survey",
  offer: "survey",
  // Result belongs to the State that was read before it.
  result: "state",
  "installed-result": "installed-state",
};

export const resumedAt = (interrupted: Step): Step => RESUMED[interrupted] ?? interrupted;

/** @returns what comes next; `undefined`: the answer means nothing at this step */
export const nextOf = (at: Step, state: State | undefined, event: Event): Next | undefined =>
  PROCEDURE.find((row) => row.step === at && row.event === event && (row.state === undefined || row.state === state))
    ?.next;

/** Offers of one image to one device, at most, when the device keeps losing it. */
export const MOST_OFFERS = 3;

/** The name of a value of /5/0/5. */
export const resultName = (value: number): string => `Result ${value} (${RESULTS[value] ?? "unknown"})`;
