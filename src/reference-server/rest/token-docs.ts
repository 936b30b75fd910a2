/** What a reader of the API is told about bearer tokens: answers as schemas, and the endpoints in words. */
import { z } from "zod";
import { TokenRequest } from "../../protocol/task-api/schemas.ts";
import { count, paging, timestamp } from "./answer-schemas.ts";
import type { EndpointDocs } from "./endpoint-docs.ts";
import { TOKENS_QUERY } from "./token-handlers.ts";

const tokenFields = {
  id: z.string().describe("Name of the token, which is no secret."),
  kind: z.enum(["user", "device", "application"]),
  user: z.string().optional(),
  did: z.string().optional(),
  dtid: z.string().optional(),
  createdOn: timestamp("Creation"),
};
const Token = z.strictObject(tokenFields);

export const NewTokenEnvelope = z.strictObject({
  data: z.strictObject({
    ...tokenFields,
    token: z.string().describe("The bearer token. It is shown here and never again."),
  }),
});
export const TokenEnvelope = z.strictObject({ data: Token });
export const TokenListEnvelope = z.strictObject({
  ...paging,
  count: count("How many are on the page."),
  data: z.strictObject({ tokens: z.array(Token).describe("Oldest first.") }),
});

export const TOKEN_DOCS: Readonly<Record<"add-token" | "list-tokens" | "revoke-token", EndpointDocs>> = {
  "add-token": {
    title: "Make a bearer token",
    about:
      "For a user (owns the device types that were provisioned with this `user`), a device (its own properties, pending tasks and acceptance) or an application (the tasks and devices of one device type). Only for the administrator.",
    body: { name: "TokenRequest", schema: TokenRequest, example: { kind: "device", did: "attic" } },
    answer: { name: "NewTokenEnvelope", schema: NewTokenEnvelope, status: 201 },
    refusals: [400, 404],
  },
  "list-tokens": {
    title: "List the bearer tokens",
    about: "For whom they are, not what they are. Only for the administrator.",
    query: TOKENS_QUERY,
    answer: { name: "TokenListEnvelope", schema: TokenListEnvelope, status: 200 },
    refusals: [400],
  },
  "revoke-token": {
    title: "Revoke a bearer token",
    about: "From the answer on nobody gets in with it. Only for the administrator.",
    answer: { name: "TokenEnvelope", schema: TokenEnvelope, status: 200 },
    refusals: [404],
  },
};
