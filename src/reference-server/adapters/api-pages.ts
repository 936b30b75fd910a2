/** The pages beside the API: its OpenAPI document, and the same for a browser. Each is made when it is first asked for. */
import type { CompleteProfile } from "../../protocol/profile.ts";
import { renderApiHtml } from "../rest/api-html.ts";
import type { AcceptedBounds } from "../rest/endpoint-docs.ts";
import { openApiDocument } from "../rest/openapi.ts";
import type { ServerRules } from "../server-rules.ts";
import { BASE_PATH, type HttpPage } from "./http-front.ts";

/** What the server accepts, by its rules and its profile. Row 8. */
export const boundsOf = (rules: ServerRules, profile: CompleteProfile): AcceptedBounds => ({
  expiresAfter: rules.acceptedBounds(profile.expiresAfterBounds, profile),
  taskExpiresAfter: rules.acceptedBounds(profile.taskExpiresAfterBounds, profile),
});

/** @returns the pages, given the base URL of the API */
export const apiPages =
  (bounds: AcceptedBounds) =>
  (url: string): readonly HttpPage[] => [
    {
      path: "/openapi.json",
      contentType: "application/json",
      text: once(() => JSON.stringify(openApiDocument({ bounds, server: BASE_PATH }))),
    },
    { path: "/docs", contentType: "text/html; charset=utf-8", text: once(() => renderApiHtml(bounds, url)) },
  ];

function once(make: () => string): () => string {
  let made: string | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
