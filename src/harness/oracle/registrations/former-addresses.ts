/**
 * The addresses that a device has left by an accepted Update, and when (choice 14). Bounded, since a device may move
 * for weeks.
 */
import type { RegistrationView } from "../views/registration-view.ts";
import type { Window } from "../window.ts";

/** By address: when it was left. */
export type FormerAddresses = RegistrationView["formerAddresses"];

const REMEMBERED = 16;

/** Of a device that has not moved since its Register. */
export const NO_FORMER_ADDRESSES: FormerAddresses = new Map();

/** Those known and the one just left, without the one just taken. */
export function afterMove(
  known: FormerAddresses,
  left: string,
  taken: string,
  when: { readonly window: Window; readonly event: number },
): FormerAddresses {
  const addresses = new Map(known);
  addresses.delete(left);
  addresses.set(left, when);
  addresses.delete(taken);
  const [oldest] = addresses.keys();
  if (addresses.size > REMEMBERED && oldest !== undefined) addresses.delete(oldest);
  return addresses;
}
