/**
 * Who calls: what the bearer token of a request says, and what that kind of caller may ask for at all.
 *
 * Source: docs/semantics.md row 30.
 */
import { digestOf, isSameDigest } from "../../platform/secrets.ts";
import type { TokenMeaning } from "../bearer-tokens.ts";
import type { Context } from "../context.ts";
import type { DeviceType } from "../entities.ts";
import type { EndpointId } from "./endpoints.ts";
import { permits } from "./permissions.ts";

/**
 * `anyone`: there is no administrator, so nobody needs a token. The digest is that of the token, if there was one.
 */
export type Caller = { readonly digest: string | undefined } & (
  | { readonly kind: "administrator" }
  | { readonly kind: "anyone" }
  | TokenMeaning
);

/** @returns `undefined` when the token is missing, or nobody's */
export function callerOf({ administrator, bearerTokens }: Context, token: string | undefined): Caller | undefined {
  const digest = token === undefined ? undefined : digestOf(token);
  if (digest !== undefined && administrator !== undefined && isSameDigest(digest, administrator)) {
    return { kind: "administrator", digest };
  }
  const meaning = digest === undefined ? undefined : bearerTokens.meaningOf(digest);
  if (meaning !== undefined) return { ...meaning, digest };
  return administrator === undefined ? { kind: "anyone", digest } : undefined;
}

/** Whether the caller may use the endpoint with what the path names. A device names itself. */
export function mayCall(
  caller: Caller,
  endpoint: EndpointId,
  parameters: Readonly<Record<string, string>>,
  { administrator }: Context,
): boolean {
  if (caller.kind === "administrator" || caller.kind === "anyone") return true;
  // Without an administrator the token of an owner gives rights, and takes none away.
  if (caller.kind === "owner" && administrator === undefined) return true;
  return permits(endpoint, caller.kind) && (caller.kind !== "device" || parameters.did === caller.did);
}

/** A-01, row 30: whether the caller may use what belongs to a device type. */
export function mayUseType(context: Context, type: DeviceType, caller: Caller, method: string): boolean {
  if (caller.kind === "application") return caller.dtid === type.dtid;
  if (caller.kind === "device") return context.devices.get(caller.did)?.type === type;
  if (caller.kind === "user" && type.user === caller.user) return true;
  // A type that a user owns has perhaps no owner by token, and is nobody else's all the same.
  if (type.user !== undefined && type.owner === undefined) return caller.kind === "administrator";
  return context.rules.mayUse(type, caller.digest, context.administrator, method);
}
