/**
 * A mutant: the reference server with one rule broken, and the requirement that this must break. Proof that the
 * harness would see it.
 *
 * A row replaces rules of the server or of its CoAP endpoint; the engine does not know the difference. `note` tells
 * the self-test that the defect has made a difference in a run; it never reaches the history.
 */

import type { CoapParams } from "../protocol/coap/params.ts";
import type { CoapRules } from "../protocol/coap/rules.ts";
import { completeProfile, type Profile } from "../protocol/profile.ts";
import type { RandomSource } from "../protocol/random.ts";
import type { ServerPort } from "../protocol/server-port.ts";
import { createMemoryStore, withStore } from "../reference-server/memory-store.ts";
import type { ServerRules } from "../reference-server/rules.ts";
import { createReferenceServer } from "../reference-server/server.ts";

export interface Mutant {
  /** A name for life. */
  readonly id: string;
  /** The defect, in one sentence. */
  readonly sentence: string;
  /** The requirement that it must break. */
  readonly requirement: string;
  /** Where such a defect has been seen or may come from. */
  readonly source: string;
  readonly rules?: (note: () => void) => Partial<ServerRules>;
  readonly coapRules?: (note: () => void) => Partial<CoapRules>;
}

export interface ServerContext {
  readonly profile: Profile;
  readonly coap: CoapParams;
  readonly random: RandomSource;
}

/** Builds the reference server, or a defective copy of it, for simulated runs. */
export function buildServer(mutant?: Mutant, note: () => void = () => {}): (context: ServerContext) => ServerPort {
  return ({ profile, coap, random }) =>
    withStore(
      createReferenceServer({
        profile: completeProfile(profile),
        coap,
        random,
        rules: mutant?.rules?.(note),
        coapRules: mutant?.coapRules?.(note),
      }),
      createMemoryStore(),
    );
}
