/**
 * The reference server of a simulated fleet: takes every endpoint that registers, and stores nothing, since it is never
 * started again.
 */
import type { BuildServer } from "../../harness/simulation/build-server.ts";
import { completeProfile } from "../../protocol/profile.ts";
import { type Store, withStore } from "../../reference-server/memory-store.ts";
import { createReferenceServer } from "../../reference-server/server.ts";

export const buildOpenServer: BuildServer = ({ profile, coap, random }) =>
  withStore(createReferenceServer({ profile: completeProfile(profile), coap, random, open: true }), FORGETFUL_STORE);

const FORGETFUL_STORE: Store = {
  perform: ({ kind, ticket }) =>
    kind === "query" ? { kind: "rows", ticket, rows: [] } : { kind: "persisted", ticket },
};
