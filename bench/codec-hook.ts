/** A module loader hook: whoever imports our CoAP codec gets `coap-packet-codec.ts` instead, but for that file itself. */

interface Resolved {
  readonly url: string;
}

type Resolve = (specifier: string, context: { readonly parentURL?: string }) => Promise<Resolved>;

const REPLACEMENT = new URL("./coap-packet-codec.js", import.meta.url).href;

export async function resolve(
  specifier: string,
  context: { readonly parentURL?: string },
  next: Resolve,
): Promise<Resolved> {
  const resolved = await next(specifier, context);
  const replaced = resolved.url.endsWith("/src/protocol/coap/message.js") && context.parentURL !== REPLACEMENT;
  return replaced ? { ...resolved, url: REPLACEMENT } : resolved;
}
