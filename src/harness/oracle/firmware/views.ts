/**
 * What the oracle believes about the firmware of a device, and about an update of it: one device task of many requests.
 *
 * Which requests a server makes, and in which order, is its own affair. So an update is not followed step by step: it is
 * noted what the device was, what it said, and what the server asked of it.
 *
 * Spec: OMA LwM2M Core Appendix E.6 (object 5); docs/semantics.md row 24.
 */

import type { Certainty } from "../facts.ts";
import type { ExchangeEnd } from "../views/exchange-view.ts";
import type { DeviceTaskView, SeenStatus } from "../views/task-view.ts";
import type { Window } from "../window.ts";

/** When something was seen. */
export interface Seen {
  readonly window: Window;
  readonly event: number;
}

/** What a device truly was from a moment on, whatever it said. */
export interface FirmwareTruth extends Seen {
  /** 5/0/3: 0 Idle, 1 Downloading, 2 Downloaded, 3 Updating. */
  readonly state: number;
  /** 5/0/5: 0 initial, 1 success, 2 to 9 failures. */
  readonly result: number;
  /** The version that runs. */
  readonly version: string;
}

/** What an answer of the device said about its firmware. */
export interface FirmwareSaid extends Seen {
  readonly state: number | undefined;
  readonly result: number | undefined;
  readonly version: string | undefined;
  /** It was about the firmware, and cannot be read here. */
  readonly unclear: boolean;
  /** The server surely took it. */
  readonly certain: boolean;
  /** Index of the event with which it was asked for. */
  readonly askedAt: number;
}

/** What the oracle believes about the firmware of one device. */
export interface FirmwareView {
  /** `undefined`: it has no object 5. */
  readonly truth: FirmwareTruth[] | undefined;
  readonly said: FirmwareSaid[];
  /** Updates of the device, in the order of their creation. */
  readonly updates: DeviceTaskView[];
  /** The last request that offered an image, or its URI, and whether the device has taken it. */
  offered: (Seen & { readonly answered: boolean }) | undefined;
  /** The last Execute of 5/0/2, and whether it was answered. */
  executed: (Seen & { readonly answered: boolean }) | undefined;
  /** Properties that a request of an update may have brought to the mirror. */
  readonly mirrored: Set<string>;
}

/** What the user of a device said to an update. `unclear`: the answer to the request is not known. */
export type Acceptance = "not required" | "waiting" | "accepted" | "rejected" | "unclear";

/** What the oracle believes about the update of one device by one task. */
export interface UpdateView {
  /** That of the image. */
  readonly version: string;
  acceptance: Acceptance;
  /** When the user's answer was taken. */
  answered: Seen | undefined;
  /** Whether the device was registered when the task began; `undefined`: it has not begun. */
  registered: Certainty | undefined;
  /** The device may not have been registered at some moment since. */
  everUnregistered: boolean;
  /** Requests that may be of it. */
  requests: number;
  /** One of them was surely of it: an image or an Execute, and no other update was there. */
  isBegun: boolean;
  /** The first of them. */
  firstRequest: number | undefined;
  /** The last answer to one of them. */
  lastAnswer: Seen | undefined;
  /** One of them was answered by 4.xx or 5.xx, or by something that cannot be read. */
  hadError: boolean;
  /** How the last of them failed; `undefined`: it did not, or another one was sent since. */
  failure: (Seen & { readonly how: ExchangeEnd; readonly certain: boolean; readonly sent: Seen }) | undefined;
  /** The device said Result 2 to 9 of this update. */
  failedResult: (Seen & { readonly result: number }) | undefined;
  /** Its cancellation was answered 2xx. */
  cancelled: Seen | undefined;
  /** After a trigger the server has to ask the device, within a while. */
  look: (Seen & { readonly because: string }) | undefined;
  /** What was not sent in time. Whether the update was still open then, polls will show. */
  missed: (Seen & { readonly requirement: string; readonly because: string }) | undefined;
  /** The last poll that showed it open. */
  openSeen: SeenStatus | undefined;
  /** The first poll that showed its end. */
  ended: SeenStatus | undefined;
  /** Why the oracle cannot follow it any further. */
  lost: string | undefined;
}

/** Of a device that runs `version`; `undefined`: it has no object 5. */
export const newFirmwareView = (version: string | undefined): FirmwareView => ({
  truth:
    version === undefined
      ? undefined
      : [{ state: 0, result: 0, version, window: { earliest: 0, latest: 0 }, event: -1 }],
  said: [],
  updates: [],
  offered: undefined,
  executed: undefined,
  mirrored: new Set(),
});

/** Of an update that was just created; `version` is that of the image. */
export const newUpdateView = (version: string, needsAcceptance: boolean): UpdateView => ({
  version,
  acceptance: needsAcceptance ? "waiting" : "not required",
  answered: undefined,
  registered: undefined,
  everUnregistered: false,
  requests: 0,
  isBegun: false,
  firstRequest: undefined,
  lastAnswer: undefined,
  hadError: false,
  failure: undefined,
  failedResult: undefined,
  cancelled: undefined,
  look: undefined,
  missed: undefined,
  openSeen: undefined,
  ended: undefined,
  lost: undefined,
});
