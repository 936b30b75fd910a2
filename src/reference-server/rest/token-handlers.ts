/**
 * Bearer tokens: made, listed and revoked by the administrator. The text of a token leaves once, in the answer to the
 * request that makes it; what is kept is its digest.
 *
 * Source: docs/semantics.md row 30; docs/security.md.
 */
import { digestOf } from "../../platform/secrets.ts";
import { TokenRequest } from "../../protocol/task-api/schemas.ts";
import { toUnixMillis } from "../../protocol/time.ts";
import { type BearerToken, bearerTokenRecord } from "../bearer-tokens.ts";
import type { Context } from "../context.ts";
import { limitReached } from "../engine-limits.ts";
import { TABLES } from "../records.ts";
import { answer, data, noDeviceType, notFound, notImplemented } from "./answer.ts";
import { pageOf } from "./paging.ts";
import { PAGING, readQuery } from "./query.ts";
import type { Handlers } from "./router.ts";
import { parseBody } from "./validation.ts";

export const TOKENS_QUERY = PAGING;

export type TokenHandlers = Pick<Handlers, "add-token" | "list-tokens" | "revoke-token">;

/** @param newToken makes the text of a token, which nobody can guess; absent: the server makes none */
export function createTokenHandlers(context: Context, newToken: (() => string) | undefined): TokenHandlers {
  const { bearerTokens, limits, outbox } = context;
  return {
    "add-token": ({ request, now }) => {
      const body = parseBody(TokenRequest, request.body);
      if (!body.ok) return body.error;
      const holder = body.value;
      if (holder.kind === "device" && !context.devices.has(holder.did)) return notFound();
      if (holder.kind === "application" && !context.deviceTypes.has(holder.dtid)) return noDeviceType();
      if (newToken === undefined) return notImplemented("This server makes no tokens");
      if (bearerTokens.size >= limits.tokens) return limitReached("bearer tokens", limits.tokens);
      const text = newToken();
      const token: BearerToken = {
        id: context.identifiers.next("bearer-token", (id) => bearerTokens.byId(id) !== undefined),
        digest: digestOf(text),
        holder,
        createdOn: toUnixMillis(now),
      };
      bearerTokens.add(token);
      outbox.store(TABLES.bearerToken, token.id, () => bearerTokenRecord(token));
      return answer(201, { data: { ...tokenModel(token), token: text } });
    },
    "list-tokens": ({ request }) => {
      const wanted = readQuery(TOKENS_QUERY, request.query);
      if (!wanted.ok) return wanted.error;
      const { items, ...numbers } = pageOf(bearerTokens.all(), wanted.value);
      return answer(200, { ...numbers, data: { tokens: items.map(tokenModel) } });
    },
    "revoke-token": ({ parameters }) => {
      const token = bearerTokens.byId(parameters.id ?? "");
      if (token === undefined) return notFound();
      bearerTokens.remove(token);
      outbox.remove(TABLES.bearerToken, token.id);
      return data(tokenModel(token));
    },
  };
}

const tokenModel = ({ id, holder, createdOn }: BearerToken) => ({ id, ...holder, createdOn });
