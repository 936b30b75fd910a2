/**
 * A reference server that loses its process whenever nobody has heard of it for a while, and goes on from its store.
 *
 * When no exchange can be open any more, and no copy of a datagram is still on its way, a restart makes no difference to
 * an outsider. A server that forgets to store something does not look the same afterwards, so the ordinary checkers see it.
 * Exchanges in flight are not interrupted here.
 *
 * Source: docs/semantics.md row 26; RFC 7252 §4.8.2.
 */

import type { ServerContext } from "../../src/mutants/mutant.ts";
import { completeProfile } from "../../src/protocol/profile.ts";
import type { ServerPort } from "../../src/protocol/server-port.ts";
import { after, type Instant, NEVER, seconds } from "../../src/protocol/time.ts";
import { createMemoryStore, withStore } from "../../src/reference-server/memory-store.ts";
import { createReferenceServer } from "../../src/reference-server/server.ts";

/** Longer than MAX_TRANSMIT_WAIT and an awake window (93 s both), and than a response timeout of two minutes. */
const QUIET = seconds(150);

export function buildRestartingServer({ profile, coap, random }: ServerContext): ServerPort {
  const store = createMemoryStore();
  const start = (): ServerPort =>
    withStore(createReferenceServer({ profile: completeProfile(profile), coap, random }), store);
  let server = start();
  let quietFrom: Instant = NEVER;
  return {
    get deadline() {
      return server.deadline;
    },
    handle(input, now) {
      const isQuiet = now >= quietFrom;
      if (isQuiet) server = start();
      const effects = [...(isQuiet ? server.handle({ kind: "start" }, now) : []), ...server.handle(input, now)];
      const isHeard = input.kind === "datagram" || effects.some(({ kind }) => kind === "send");
      if (isHeard || isQuiet || input.kind === "start") quietFrom = after(now, QUIET);
      return effects;
    },
  };
}
