/**
 * The state machine of object 5 (Firmware Update) as a table: from which State what leads where, and what is answered.
 *
 * Pure: what an event is about (download, image, reboot) is in `firmware.ts` and `firmware-run.ts`. A reset is a write of
 * nothing, or of one zero byte, to Package, or of nothing to Package URI.
 *
 * Spec: OMA LwM2M Core 1.0 Appendix E.6; 1.1 Appendix E.6 (figure and tables of the state machine). Where they leave
 * room, a row says what we chose.
 */
import type { Code } from "../../protocol/coap/types.ts";

/** 0 Idle, 1 Downloading, 2 Downloaded, 3 Updating: resource 5/0/3. */
export type UpdateState = 0 | 1 | 2 | 3;

/**
 * Resource 5/0/5: 0 initial, 1 success, 2 not enough flash, 3 out of RAM, 4 connection lost, 5 integrity check failed, 6
 * unsupported package type, 7 invalid URI, 8 update failed, 9 unsupported protocol, 10 cancelled (since 1.1).
 */
export type UpdateResult = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

/** Resources 5/0/3 (State) and 5/0/5 (Update Result). */
export interface UpdateSituation {
  readonly state: UpdateState;
  readonly result: UpdateResult;
}

/** What may happen to object 5. */
export const UPDATE_EVENTS = [
  "reset",
  /** The first block of a Package, or a whole one. */
  "package-begins",
  /** A Package URI that is not empty. */
  "uri-written",
  /** All of the image is there, and sound. */
  "downloaded",
  /** The download came to an end with `cause`. */
  "download-failed",
  "execute",
  "cancel",
  /** The device has rebooted, and runs the new image. */
  "installed",
  "installation-failed",
  /** A reboot that is not part of an installation. */
  "reboot",
] as const;
export type UpdateEvent = (typeof UPDATE_EVENTS)[number];

/** What a guard may look at. */
export interface UpdateFacts {
  readonly version: "1.0" | "1.1";
  /** What failed; 0: nothing did. Of a written URI: 7 or 9 when it cannot be used. */
  readonly cause: UpdateResult;
  /** How the image comes that is on its way. */
  readonly source: "push" | "pull" | undefined;
  /** Whether the device takes a Package at all: 5/0/9. */
  readonly takesPackages: boolean;
  readonly refusesBadPackages: boolean;
  readonly updatesAtAnyState: boolean;
  readonly forgetsImage: boolean;
}

/** One way from State to State, and what the server is answered that asked for it. */
export interface UpdateRow {
  readonly from: readonly UpdateState[];
  readonly on: UpdateEvent;
  /** Absent: always. The first row that fits counts. */
  readonly when?: (facts: UpdateFacts) => boolean;
  readonly state: UpdateState | "same";
  readonly result: UpdateResult | "same" | "cause";
  /** Answer to the request that the event is; for the end of a download, to its last block. */
  readonly answer: Code;
  readonly spec: string;
}

const failing = ({ cause }: UpdateFacts): boolean => cause !== 0;
const failingLoudly = (facts: UpdateFacts): boolean => failing(facts) && facts.refusesBadPackages;
/** The image itself is at fault, so that another attempt with it is in vain. */
const badImage = ({ version, cause }: UpdateFacts): boolean => version === "1.1" && (cause === 5 || cause === 6);

const UNCHANGED = { state: "same", result: "same" } as const;
const E6 = "Core Appendix E.6";

/** The machine, by event. The first row counts that fits; where none does, nothing changes. */
export const UPDATE_ROWS: readonly UpdateRow[] = [
  { from: [0, 1, 2], on: "reset", state: 0, result: 0, answer: "2.04", spec: `${E6}, 5/0/0, 5/0/1: resets` },
  { from: [3], on: "reset", ...UNCHANGED, answer: "4.05", spec: `${E6}: no way out of Updating; Anjay answers so` },

  {
    from: [0, 1, 2, 3],
    on: "package-begins",
    when: ({ takesPackages }) => !takesPackages,
    ...UNCHANGED,
    answer: "4.05",
    spec: `${E6}, 5/0/9: pull only`,
  },
  { from: [0], on: "package-begins", state: 1, result: 0, answer: "2.04", spec: `${E6}, 5/0/3: Downloading` },
  {
    from: [1],
    on: "package-begins",
    when: ({ source }) => source === "push",
    state: 1,
    result: 0,
    answer: "2.04",
    spec: "RFC 7959 §2.5: block 0 begins the body anew",
  },
  { from: [1, 2], on: "package-begins", ...UNCHANGED, answer: "4.00", spec: "our choice, as Anjay does" },
  { from: [3], on: "package-begins", ...UNCHANGED, answer: "4.05", spec: `${E6}: no way out of Updating` },

  {
    from: [0],
    on: "uri-written",
    when: failingLoudly,
    state: 0,
    result: "cause",
    answer: "4.00",
    spec: "as Anjay does",
  },
  { from: [0], on: "uri-written", when: failing, state: 0, result: "cause", answer: "2.04", spec: `${E6}, 5/0/5` },
  { from: [0], on: "uri-written", state: 1, result: 0, answer: "2.04", spec: `${E6}, 5/0/1: begins at once; OMA #163` },
  { from: [1, 2], on: "uri-written", ...UNCHANGED, answer: "4.00", spec: "our choice, as Anjay does" },
  { from: [3], on: "uri-written", ...UNCHANGED, answer: "4.05", spec: `${E6}: no way out of Updating` },

  { from: [1], on: "downloaded", state: 2, result: 0, answer: "2.04", spec: `${E6}, 5/0/3: Downloaded` },
  {
    from: [1],
    on: "download-failed",
    when: failingLoudly,
    state: 0,
    result: "cause",
    answer: "4.00",
    spec: `${E6}, 5/0/5; the code of the last block is our choice`,
  },
  { from: [1], on: "download-failed", state: 0, result: "cause", answer: "2.04", spec: `${E6}, 5/0/5: 2 to 7` },

  { from: [2], on: "execute", state: 3, result: 0, answer: "2.04", spec: `${E6}, 5/0/2` },
  {
    from: [0, 1],
    on: "execute",
    when: ({ updatesAtAnyState }) => updatesAtAnyState,
    state: 3,
    result: 0,
    answer: "2.04",
    spec: "defect, as in the ARTIK SDK",
  },
  {
    from: [3],
    on: "execute",
    when: ({ updatesAtAnyState }) => updatesAtAnyState,
    ...UNCHANGED,
    answer: "2.04",
    spec: "defect, as in the ARTIK SDK",
  },
  { from: [0, 1, 3], on: "execute", ...UNCHANGED, answer: "4.05", spec: `${E6}, 5/0/2: only at Downloaded; ETS 772` },

  { from: [1, 2], on: "cancel", state: 0, result: 10, answer: "2.04", spec: "Core 1.1 Appendix E.6, 5/0/10" },
  { from: [0, 3], on: "cancel", ...UNCHANGED, answer: "4.05", spec: "Core 1.1 Appendix E.6, 5/0/10" },

  { from: [3], on: "installed", state: 0, result: 1, answer: "2.04", spec: `${E6}, 5/0/5: 1` },
  {
    from: [3],
    on: "installation-failed",
    when: badImage,
    state: 0,
    result: "cause",
    answer: "2.04",
    spec: "Core 1.1 Appendix E.6; OMA #393",
  },
  {
    from: [3],
    on: "installation-failed",
    when: ({ version }) => version === "1.1",
    state: 2,
    result: "cause",
    answer: "2.04",
    spec: "Core 1.1 Appendix E.6; OMA #393",
  },
  { from: [3], on: "installation-failed", state: 2, result: 8, answer: "2.04", spec: "Core 1.0 Appendix E.6; ETS 779" },

  {
    from: [1],
    on: "reboot",
    state: 0,
    result: 0,
    answer: "2.04",
    spec: "our choice: a part of an image is worth nothing",
  },
  {
    from: [2],
    on: "reboot",
    when: ({ forgetsImage }) => forgetsImage,
    state: 0,
    result: 0,
    answer: "2.04",
    spec: "defect: the image is to be kept",
  },
  {
    from: [3],
    on: "reboot",
    state: 2,
    result: 8,
    answer: "2.04",
    spec: "our choice: the installation was interrupted",
  },
];

/** What an event led to. */
export interface UpdateStep {
  readonly situation: UpdateSituation;
  readonly answer: Code;
  /** Whether a row let the event through: `false` where the event leaves everything as it was. */
  readonly taken: boolean;
}

/** What an event leads to. One that has no row changes nothing: a download that ends when nobody waits for it. */
export function stepUpdate(before: UpdateSituation, event: UpdateEvent, facts: UpdateFacts): UpdateStep {
  const row = UPDATE_ROWS.find(
    ({ from, on, when }) => on === event && from.includes(before.state) && (when === undefined || when(facts)),
  );
  if (row === undefined) return { situation: before, answer: "2.04", taken: false };
  const { answer } = row;
  if (row.state === "same") return { situation: before, answer, taken: false };
  const result = row.result === "cause" ? facts.cause : row.result === "same" ? before.result : row.result;
  return { situation: { state: row.state, result }, answer, taken: true };
}
