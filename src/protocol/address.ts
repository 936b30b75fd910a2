/** A UDP endpoint as text, `ip:port` (IPv6 in brackets). Equality of strings is equality of endpoints. */
export type Address = string & { readonly __unit: "ip:port" };

/** Takes a text for an address; the caller vouches for its form, `ip:port`. */
export const address = (text: string): Address => text as Address;

/** Splits `ip:port`. The text comes from our own sockets and simulations, never from a peer. */
export function splitAddress(value: Address): { readonly host: string; readonly port: number } {
  const colon = value.lastIndexOf(":");
  const host = value.slice(0, colon);
  return { host: host.startsWith("[") ? host.slice(1, -1) : host, port: Number(value.slice(colon + 1)) };
}
