/**
 * The way from a request to its handler.
 *
 * Source: docs/semantics.md row 30 (who may).
 */
import type { RestRequest } from "../../protocol/server-port.ts";
import type { Instant } from "../../protocol/time.ts";
import type { Context } from "../context.ts";
import { type Answer, forbidden, type Handler, methodNotAllowed, notFound, unauthorized } from "./answer.ts";
import { type Caller, callerOf, mayCall } from "./caller.ts";
import { ENDPOINTS, type Endpoint, type EndpointId } from "./endpoints.ts";

export type Handlers = Readonly<Record<EndpointId, Handler>>;
export type Router = (request: RestRequest, now: Instant) => Answer;

interface Route {
  readonly endpoint: Endpoint & { readonly id: EndpointId };
  readonly pattern: readonly string[];
}

const ROUTES: readonly Route[] = ENDPOINTS.map((endpoint) => ({ endpoint, pattern: endpoint.path.split("/") }));

export function createRouter(context: Context, handlers: Handlers): Router {
  return (request, now) => {
    const matching = ROUTES.filter(({ pattern }) => matches(pattern, request.path));
    const isOpen = matching.some(({ endpoint: { open, method } }) => open === true && method === request.method);
    const caller = isOpen ? ANYONE : callerOf(context, request.token);
    if (caller === undefined) return unauthorized();
    if (matching.length === 0) return notFound();
    const route = matching.find(({ endpoint }) => endpoint.method === request.method);
    if (route === undefined) return methodNotAllowed(matching.map(({ endpoint }) => endpoint.method));
    const { endpoint, pattern } = route;
    const parameters = parametersOf(pattern, request.path);
    if (!mayCall(caller, endpoint.id, parameters, context)) return forbidden();
    return handlers[endpoint.id]({ request, parameters, caller, now });
  };
}

const ANYONE: Caller = { kind: "anyone", digest: undefined };

const matches = (pattern: readonly string[], path: readonly string[]): boolean =>
  pattern.length === path.length &&
  pattern.every((segment, index) => segment.startsWith(":") || segment === path[index]);

const parametersOf = (pattern: readonly string[], path: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    pattern.flatMap((segment, index) => (segment.startsWith(":") ? [[segment.slice(1), path[index] ?? ""]] : [])),
  );
