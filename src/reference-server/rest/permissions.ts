/**
 * Who may use which endpoint, as a table. The administrator may use all of them; whoever is not in a row may not.
 *
 * What is here is the kind of the caller only. That a device type is the owner's own, or the application's, is seen to by
 * `access.ts`; that a device names itself in the path, by the router.
 *
 * Source: docs/semantics.md row 30; docs/security.md.
 */
import type { TokenMeaning } from "../bearer-tokens.ts";
import type { EndpointId } from "./endpoints.ts";

/** A token of kind user makes its bearer an owner. */
export type CallerKind = Exclude<TokenMeaning["kind"], "user">;

const OWNER = ["owner"] as const;
const OWNER_AND_APPLICATION = ["owner", "application"] as const;
const ALL = ["owner", "application", "device"] as const;
const ADMINISTRATOR_ONLY = [] as const;

export const PERMISSIONS = {
  "create-task": OWNER_AND_APPLICATION,
  "list-tasks": OWNER_AND_APPLICATION,
  "get-task": OWNER_AND_APPLICATION,
  "cancel-task": OWNER_AND_APPLICATION,
  "get-statuses": OWNER_AND_APPLICATION,
  "get-history": OWNER_AND_APPLICATION,
  "cancel-device-task": OWNER_AND_APPLICATION,
  "accept-task": ALL,
  "list-device-tasks": OWNER_AND_APPLICATION,
  "list-pending-tasks": ALL,
  "get-properties": ALL,
  "query-properties": OWNER_AND_APPLICATION,
  "set-server-properties": ALL,
  "delete-server-properties": ALL,
  "get-device-type": OWNER_AND_APPLICATION,
  "configure-device-type": OWNER,
  "get-manifest-properties": OWNER_AND_APPLICATION,
  "add-device-type": ADMINISTRATOR_ONLY,
  "add-device": OWNER,
  "add-update": OWNER,
  "list-updates": OWNER_AND_APPLICATION,
  "get-update": OWNER_AND_APPLICATION,
  "delete-update": OWNER,
  "download-update": ALL,
  "add-token": ADMINISTRATOR_ONLY,
  "list-tokens": ADMINISTRATOR_ONLY,
  "revoke-token": ADMINISTRATOR_ONLY,
} as const satisfies Readonly<Record<EndpointId, readonly CallerKind[]>>;

export const permits = (endpoint: EndpointId, kind: TokenMeaning["kind"]): boolean => {
  const permitted: readonly CallerKind[] = PERMISSIONS[endpoint];
  return permitted.includes(kind === "user" ? "owner" : kind);
};
