/**
 * The bearer tokens that a server knows besides the administrator's: those that were made for somebody, those of the
 * owners of device types, and those that devices were provisioned with.
 *
 * Only digests are here. Looking one up is no comparison with a secret: who sees how long it takes learns about digests,
 * from which no token can be computed.
 *
 * Source: docs/semantics.md row 30; docs/security.md.
 */
import { z } from "zod";

/** For whom a token was made. */
export type TokenHolder =
  | { readonly kind: "user"; readonly user: string }
  | { readonly kind: "device"; readonly did: string }
  | { readonly kind: "application"; readonly dtid: string };

export interface BearerToken {
  readonly id: string;
  readonly digest: string;
  readonly holder: TokenHolder;
  /** Milliseconds since the Unix epoch. */
  readonly createdOn: number;
}

/** Whose token a digest belongs to. An owner is known by the digest itself. */
export type TokenMeaning = TokenHolder | { readonly kind: "owner" };

export interface BearerTokens {
  /** How many were made. */
  readonly size: number;
  meaningOf(digest: string): TokenMeaning | undefined;
  byId(id: string): BearerToken | undefined;
  /** Whether this is a token of that device, made or provisioned. */
  isOfDevice(digest: string, did: string): boolean;
  /** Those that were made, oldest first. */
  all(): readonly BearerToken[];
  add(token: BearerToken): void;
  remove(token: BearerToken): void;
  addOwner(digest: string): void;
  addDevice(digest: string, did: string): void;
}

export function createBearerTokens(): BearerTokens {
  const byId = new Map<string, BearerToken>();
  const byDigest = new Map<string, BearerToken>();
  const owners = new Set<string>();
  /** Two devices may have been given the same token. */
  const devices = new Map<string, Set<string>>();
  return {
    get size() {
      return byId.size;
    },
    meaningOf(digest) {
      const made = byDigest.get(digest);
      if (made !== undefined) return made.holder;
      if (owners.has(digest)) return { kind: "owner" };
      const [did] = devices.get(digest) ?? [];
      return did === undefined ? undefined : { kind: "device", did };
    },
    byId: (id) => byId.get(id),
    isOfDevice(digest, did) {
      const holder = byDigest.get(digest)?.holder;
      return (holder?.kind === "device" && holder.did === did) || devices.get(digest)?.has(did) === true;
    },
    all: () => [...byId.values()].sort((a, b) => a.createdOn - b.createdOn),
    add(token) {
      byId.set(token.id, token);
      byDigest.set(token.digest, token);
    },
    remove(token) {
      byId.delete(token.id);
      byDigest.delete(token.digest);
    },
    addOwner: (digest) => void owners.add(digest),
    addDevice(digest, did) {
      const known = devices.get(digest);
      if (known === undefined) devices.set(digest, new Set([did]));
      else known.add(did);
    },
  };
}

/** Key: the token's id. */
export const BearerTokenRecord = z.object({
  digest: z.string(),
  createdOn: z.number(),
  holder: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("user"), user: z.string() }),
    z.object({ kind: z.literal("device"), did: z.string() }),
    z.object({ kind: z.literal("application"), dtid: z.string() }),
  ]),
});

export const bearerTokenOf = (id: string, record: z.infer<typeof BearerTokenRecord>): BearerToken => ({
  id,
  ...record,
});

export const bearerTokenRecord = ({ digest, createdOn, holder }: BearerToken) => ({ digest, createdOn, holder });
