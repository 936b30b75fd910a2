/**
 * Lets pages of other origins use the API from a browser (CORS). Off unless it is asked for: a browser then keeps
 * what a foreign page asked for from that page, and sends no request with a token or a JSON body for it.
 *
 * A page sends its token in `Authorization` by itself, so credentials of the browser (cookies) are never allowed.
 *
 * Spec: WHATWG Fetch §3.2 (CORS protocol).
 */
import type { Express, RequestHandler } from "express";

/** Origins as browsers write them, `https://console.example`; or `*` for every page on earth. */
export type CrossOrigins = "*" | readonly string[];

const METHODS = "GET, HEAD, POST, PUT, DELETE";
const REQUEST_HEADERS = "Authorization, Content-Type";
/** What a page may read besides the headers that browsers show anyway. */
const ANSWER_HEADERS = "Location, Retry-After, X-Rate-Limit-Limit, X-Rate-Limit-Remaining, X-Rate-Limit-Reset";
/** Seconds that a browser may remember the answer to a preflight. */
const MAX_AGE = "600";

/**
 * To be added before whatever answers, so that refusals can be read as well.
 *
 * @param paths where pages of other origins are let in; everything below them too
 */
export function allowOrigins(app: Express, origins: CrossOrigins, paths: readonly string[]): void {
  const allow: RequestHandler = (request, response, next) => {
    // Caches must not give one page the answer that was meant for another.
    if (origins !== "*") response.vary("Origin");
    const origin = request.get("Origin");
    const isAllowed = origin !== undefined && (origins === "*" || origins.includes(origin));
    if (!isAllowed) return next();
    response.set("Access-Control-Allow-Origin", origins === "*" ? "*" : origin);
    const isPreflight = request.method === "OPTIONS" && request.get("Access-Control-Request-Method") !== undefined;
    if (!isPreflight) {
      response.set("Access-Control-Expose-Headers", ANSWER_HEADERS);
      return next();
    }
    response.set({
      "Access-Control-Allow-Methods": METHODS,
      "Access-Control-Allow-Headers": REQUEST_HEADERS,
      "Access-Control-Max-Age": MAX_AGE,
    });
    response.status(204).end();
  };
  app.use([...paths], allow);
}
