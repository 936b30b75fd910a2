/**
 * What the oracle believes about registrations: the requests of the registration interface, and what is in force.
 */
import type { Window } from "../window.ts";

/** Spec: OMA LwM2M Core §5.3.1, §5.3.2, §5.3.3. */
export type RegistrationRequestKind = "register" | "update" | "deregister";

/** Register, Update or De-register, from its first copy to its answer. */
export interface RegistrationRequest {
  readonly kind: RegistrationRequestKind;
  readonly confirmable: boolean;
  readonly messageId: number;
  readonly token: string;
  readonly address: string;
  readonly window: Window;
  readonly event: number;
  /** Uri-Path joined by `/`: the location, for Update and De-register. */
  readonly location: string;
  /** Seconds; absent: not said. */
  readonly lifetime: number | undefined;
  readonly queueMode: boolean | undefined;
  /** The alternate path of the objects that it lists; `undefined` where it lists none that can be read. */
  readonly rootPath: string | undefined;
  /** Of a Register: the version of LwM2M. */
  readonly version: string | undefined;
  /** Of a Register or Update: why it has to be refused; `undefined`: it need not be. */
  readonly defect: string | undefined;
  /** `either`: a server may take it or refuse it. `stranger`: a Register that is not for this device. */
  readonly leeway: "either" | "stranger" | undefined;
  /** What the oracle believed when it came in. */
  readonly before: RegistrationView | undefined;
  /** Whether `location` was alive then. */
  readonly alive: "yes" | "no" | "maybe";
  /** Perhaps a copy of one from before the server was killed, which it answers as that or as a new one. */
  readonly mayBeCopy: boolean;
  copies: number;
  /** Its answer is overdue, and that has been said. */
  missed: boolean;
  /** A copy that came after the answer, and has none of its own yet. */
  openCopy: { readonly window: Window; readonly event: number } | undefined;
  /** The last copy. */
  lastCopy: Window;
  answer:
    | {
        readonly code: string;
        readonly location: string;
        readonly window: Window;
        readonly event: number;
      }
    | undefined;
  /** A request of the server that came before the answer: index, and whether only this trigger can have let it go. */
  overtakenBy: { readonly event: number; readonly certain: boolean } | undefined;
}

/** Why a location is no longer one. */
export type RegistrationEnd = "replaced" | "removed" | "lifetime-over" | "lost";

/** A registration in force, as the server should know it. */
export interface RegistrationView {
  readonly location: string;
  readonly address: string;
  /** Microseconds. */
  readonly lifetime: number;
  readonly refreshed: Window;
  readonly queueMode: boolean;
  /** Whether queue mode is on, or not, is open: a copy of an earlier Update said otherwise. */
  readonly queueModeOpen: boolean;
  /** Of LwM2M. */
  readonly version: string;
  /** `/`, or the alternate path. */
  readonly rootPath: string;
  /** Addresses that it had before an accepted Update, and when that was. */
  readonly formerAddresses: ReadonlyMap<string, { readonly window: Window; readonly event: number }>;
}
