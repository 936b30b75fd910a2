/** Where devices reach a hosted server, for the URIs of firmware images. Source: docs/ota.md. */

export interface Addresses {
  /** `http://127.0.0.1:8080/v1.1` */
  readonly http: string;
  /** `coap://127.0.0.1:5683` */
  readonly coap: string;
}

/** A server that listens everywhere does not know by which of its addresses it is reached. */
const EVERYWHERE = /\/\/(0\.0\.0\.0|\[::\])[:/]/;

/**
 * Beginnings of URIs, that of CoAP first: a device has a way to it already.
 *
 * @param publicHost name or numeric address that devices use; `undefined`: the one that the server listens on
 */
export function locationsOf({ coap, http }: Addresses, publicHost: string | undefined): readonly string[] {
  if (publicHost === undefined) return [coap, http].filter((location) => !EVERYWHERE.test(location));
  const host = publicHost.includes(":") ? `[${publicHost}]` : publicHost;
  return [coap, http].map((location) => location.replace(/\/\/(\[[^\]]*\]|[^:/]*)/, `//${host}`));
}
