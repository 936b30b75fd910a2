/**
 * Servers that differ from the reference server in single rules. A mutant breaks a requirement with them: proof that
 * the harness would see it. A legal variant uses what the specification leaves open: proof that nobody is accused of it.
 *
 * A row replaces rules of the server, of its CoAP endpoint or of the devices; the engines do not know the difference.
 * `note` tells the self-test that a rule has made a difference in a run; it never reaches the history. The functions of
 * a row are called once per server that is built: what they remember is that server's own.
 */

import type { CoapParams } from "../protocol/coap/params.ts";
import type { CoapRules } from "../protocol/coap/rules.ts";
import { completeProfile, type Profile } from "../protocol/profile.ts";
import type { RandomSource } from "../protocol/random.ts";
import type { ServerPort } from "../protocol/server-port.ts";
import type { Micros } from "../protocol/time.ts";
import { createMemoryStore, type Store } from "../reference-server/memory-store.ts";
import { createRestartable } from "../reference-server/restartable.ts";
import { createReferenceServer } from "../reference-server/server.ts";
import type { ServerRules } from "../reference-server/server-rules.ts";
import type { DeviceRules } from "../simulator/device/rules.ts";

export type Note = () => void;

export interface ServerVariant {
  /** A name for life. */
  readonly id: string;
  /** What it does, in one sentence. */
  readonly sentence: string;
  /** What it declares; absent: `ARTIK`, all that the reference server declares. */
  readonly profile?: Profile;
  readonly rules?: (note: Note) => Partial<ServerRules>;
  readonly coapRules?: (note: Note) => Partial<CoapRules>;
  /** What it does to its store: between the server and the disk. Called once for all the lives of a server. */
  readonly store?: (store: Store, note: Note) => Store;
  /** How long its process takes to start again. Called at each start but the first. */
  readonly takesToStart?: (note: Note) => Micros;
  /** Of every virtual device: for what the checkers over devices must see. */
  readonly deviceRules?: (note: Note) => Partial<DeviceRules>;
}

export interface Mutant extends ServerVariant {
  /** The requirement that it must break. */
  readonly requirement: string;
  /** Where such a defect has been seen or may come from. `owner/repository#number` is a public report. */
  readonly source: string;
}

export interface LegalVariant extends ServerVariant {
  /** What allows it: the row of docs/semantics.md, or the clause. */
  readonly choice: string;
}

export interface ServerContext {
  readonly profile: Profile;
  readonly coap: CoapParams;
  readonly random: RandomSource;
}

/** A server for simulated runs, and rules of the devices that it is to meet. */
export interface ServerBuilder {
  (context: ServerContext): ServerPort;
  readonly deviceRules: () => Partial<DeviceRules>;
}

/** Where devices of a simulated run find the images of their server: its address there, by CoAP alone. */
const SIMULATED_LOCATIONS = ["coap://192.0.2.1:5683"];

/** Builds the reference server, or a variant of it, for simulated runs; its process can be killed. */
export function buildServer(variant?: ServerVariant, note: Note = () => {}): ServerBuilder {
  const build = ({ profile, coap, random }: ServerContext): ServerPort => {
    const store = createMemoryStore();
    const start = (): ServerPort =>
      createReferenceServer({
        profile: completeProfile(profile),
        coap,
        random,
        rules: variant?.rules?.(note),
        coapRules: variant?.coapRules?.(note),
        firmware: { locations: () => SIMULATED_LOCATIONS },
      });
    const takesToStart = variant?.takesToStart;
    return createRestartable(start, variant?.store?.(store, note) ?? store, takesToStart && (() => takesToStart(note)));
  };
  return Object.assign(build, { deviceRules: () => variant?.deviceRules?.(note) ?? {} });
}
