/**
 * The REST side of a hosted server: turns HTTP requests into `RestRequest` with a ticket, and answers when told.
 *
 * What a request means is the engine's business. Refused here is only what never becomes a request: a body that is no
 * JSON, too large or of another media type, a path that is too long, cannot be decoded or lies outside the base path,
 * what takes too long to arrive, what a token makes too often, and everything while the server stops. A body must be
 * declared as JSON: a page in a browser can then send none without asking first.
 */
import http from "node:http";
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from "express";
import { socketError } from "../../platform/errors.ts";
import { pause } from "../../platform/timers.ts";
import { err, ok, type Result } from "../../protocol/result.ts";
import type { RestRequest, RestResponse } from "../../protocol/server-port.ts";
import { type Micros, seconds, toMillis } from "../../protocol/time.ts";
import { ANSWER_BODY, type AnsweredRequest, reportAnswered } from "./answered-requests.ts";
import { createBodyReader } from "./body-reader.ts";
import { limitConnections } from "./connection-limit.ts";
import { allowOrigins, type CrossOrigins } from "./cross-origin.ts";
import { answerBrokenRequest } from "./http-broken.ts";
import { bearerOf, limited, refuse } from "./http-envelope.ts";
import type { RateLimiter } from "./rate-limit.ts";
import { isImage, isUpload, plainBytes, UPLOAD_LIMITS } from "./uploads.ts";

/** Base path of the task API. */
export const BASE_PATH = "/v1.1";
/** The largest request that makes sense: 100,000 device ids of 32 characters fit. */
const BODY_LIMIT = 4 * 1024 * 1024;
/** Characters of path and query: 400 device ids of 32 characters fit. */
const URL_LIMIT = 16 * 1024;
/** Bytes of the request line and all header fields. */
const HEADER_LIMIT = 32 * 1024;
/** How long an answer may take to leave once the server has stopped. */
const LAST_WORDS = seconds(1);
const METHODS = "GET, HEAD, POST, PUT, DELETE, OPTIONS";

export interface HttpFront {
  /** `http://127.0.0.1:8080/v1.1` */
  readonly url: string;
  /** Answers a request; nothing happens when the client has gone, or the ticket was answered before. */
  answer(ticket: number, response: RestResponse): void;
  /** Takes no more requests (503 on open connections), lets those under way end within `grace`, then closes. */
  close(grace: Micros): Promise<void>;
}

/** How long a client may take. */
export interface HttpTimeouts {
  /** From the connection, or from the last answer on it, to the end of the header fields. */
  readonly headers: Micros;
  /** To the end of the body. */
  readonly request: Micros;
  /** Without a byte in either direction. */
  readonly silence: Micros;
}

const TIMEOUTS: HttpTimeouts = { headers: seconds(15), request: seconds(60), silence: seconds(120) };

/** A page beside the API, which anybody may read. */
export interface HttpPage {
  /** `/docs` */
  readonly path: string;
  readonly contentType: string;
  readonly text: () => string;
}

export interface HttpFrontOptions {
  readonly host: string;
  readonly port: number;
  readonly onRequest: (ticket: number, request: RestRequest) => void;
  /** Given the base URL of the API. Default: none. */
  readonly pages?: ((url: string) => readonly HttpPage[]) | undefined;
  /** Default: nobody is limited. */
  readonly rateLimiter?: RateLimiter | undefined;
  readonly timeouts?: HttpTimeouts | undefined;
  /** Whose pages may use the API from a browser. Default: those of this server only. */
  readonly crossOrigins?: CrossOrigins | undefined;
  /** Adds what stands beside the API and is more than a page. */
  readonly mount?: ((app: Express) => void) | undefined;
  /** A request of the API has its answer, whoever gave it. */
  readonly onAnswered?: ((answered: AnsweredRequest) => void) | undefined;
  /** Open connections. Default: 1,000. */
  readonly mostConnections?: number | undefined;
  /** A connection was one too many. */
  readonly onRefusedConnection?: (() => void) | undefined;
}

const MOST_CONNECTIONS = 1_000;
/** 64 MiB of bodies. */
const MOST_LARGE_BODIES = 16;

/** @throws HarnessError `address-in-use`, `address-not-available`, `permission-denied` */
export async function openHttpFront(options: HttpFrontOptions): Promise<HttpFront> {
  const open = new Map<number, Response>();
  let stopping = false;
  let lastTicket = 0;

  const app = createApp(options, (request, response) => {
    if (stopping) return refuse(response.set("Connection", "close"), 503, "The server is stopping");
    const read = restRequest(request);
    if (!read.ok) return refuse(response, read.error.status, read.error.message);
    const ticket = ++lastTicket;
    open.set(ticket, response);
    response.once("close", () => open.delete(ticket));
    options.onRequest(ticket, read.value);
  });
  const server = createHttpServer(options.timeouts ?? TIMEOUTS);
  const port = await listen(server, options);
  const url = `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${port}${BASE_PATH}`;
  for (const page of options.pages?.(url) ?? []) app.get(page.path, (_, response) => sendPage(response, page));
  options.mount?.(app);
  closeApp(app);
  if (options.onAnswered !== undefined) reportAnswered(server, BASE_PATH, options.onAnswered);
  const { mostConnections = MOST_CONNECTIONS, onRefusedConnection = () => undefined } = options;
  const connections = limitConnections(server, mostConnections, onRefusedConnection);
  server.on("request", (request, response) => {
    if (connections.isBeyond(request.socket)) refuseConnection(response);
    else app(request, response);
  });

  return {
    url,
    answer(ticket, { status, headers, body }) {
      const response = open.get(ticket);
      if (response === undefined) return;
      open.delete(ticket);
      if (stopping) response.set("Connection", "close");
      response.locals[ANSWER_BODY] = body;
      response.status(status).set({ ...headers });
      if (body === undefined) response.end();
      else if (body instanceof Uint8Array) response.send(Buffer.from(body.buffer, body.byteOffset, body.length));
      else response.json(body);
    },
    async close(grace) {
      stopping = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const enough = new AbortController();
      await Promise.race([closed, pause(grace, enough.signal)]);
      enough.abort();
      for (const response of open.values()) refuse(response.set("Connection", "close"), 503, "The server is stopping");
      open.clear();
      server.closeIdleConnections();
      await Promise.race([closed, pause(LAST_WORDS)]);
      server.closeAllConnections();
      await closed;
    },
  };
}

function createHttpServer({ headers, request, silence }: HttpTimeouts): http.Server {
  const server = http.createServer({
    maxHeaderSize: HEADER_LIMIT,
    headersTimeout: toMillis(headers),
    requestTimeout: toMillis(request),
    connectionsCheckingInterval: toMillis(Math.min(headers, seconds(2)) as Micros),
  });
  server.timeout = toMillis(silence);
  server.on("clientError", answerBrokenRequest);
  return server;
}

function createApp(
  { rateLimiter, crossOrigins }: HttpFrontOptions,
  onRequest: (request: Request, response: Response) => void,
): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  if (crossOrigins !== undefined) allowOrigins(app, crossOrigins, [BASE_PATH, "/openapi.json"]);
  app.use((request, response, next) => {
    response.set({ "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" });
    if (request.originalUrl.length <= URL_LIMIT) return next();
    refuse(response, 414, `The path and query may have ${URL_LIMIT} characters`);
  });
  app.options(/.*/, (_, response) => void response.status(204).set("Allow", METHODS).end());
  if (rateLimiter !== undefined) app.use(BASE_PATH, limited(rateLimiter));
  const tooMany: RequestHandler = (_, response) =>
    refuse(response.set({ "Retry-After": "1", Connection: "close" }), 503, "Too many large bodies at once");
  const readBodies = createBodyReader({ largest: BODY_LIMIT, mostLarge: MOST_LARGE_BODIES }, tooMany);
  const readUploads = createBodyReader(UPLOAD_LIMITS, tooMany);
  const readBody: RequestHandler = (request, response, next) =>
    (isUpload(request) ? readUploads : readBodies)(request, response, next);
  app.use(BASE_PATH, readBody, onRequest);
  return app;
}

/** Nothing from elsewhere, and no script: the page is text. */
function sendPage(response: Response, { contentType, text }: HttpPage): void {
  response.set({
    "Content-Type": contentType,
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  });
  response.end(text());
}

/** What the app does with everything that nothing before it wanted. */
function closeApp(app: Express): void {
  app.use((_, response) => refuse(response, 404, `Not Found: the API is at ${BASE_PATH}`));
  const onError: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
    const status = clientErrorStatus(error);
    refuse(response, status, error instanceof Error ? error.message : String(error));
  };
  app.use(onError);
}

/** Before anything is read but the header. */
function refuseConnection(response: http.ServerResponse): void {
  response.writeHead(503, { "Content-Type": "application/json", Connection: "close", "Retry-After": "10" });
  response.end(JSON.stringify({ error: { code: 503, message: "Too many connections" } }));
}

interface Refusal {
  readonly status: number;
  readonly message: string;
}

function restRequest(request: Request): Result<RestRequest, Refusal> {
  const [pathText = "", queryText = ""] = splitOnce(request.url, "?");
  const path = decodePath(pathText);
  if (path === undefined)
    return err({ status: 400, message: `The path ${pathText} is not valid percent-encoded UTF-8` });
  const body = readBody(request);
  if (!body.ok) return body;
  const token = bearerOf(request);
  return ok({
    // A HEAD is a GET whose body Node's server leaves out.
    method: request.method === "HEAD" ? "GET" : request.method,
    path,
    query: decodeQuery(queryText),
    ...(token === undefined ? {} : { token }),
    ...(body.value === undefined ? {} : { body: body.value }),
  });
}

/** Clients of the former cloud declare JSON on requests without a body: that is no body, not an empty one. */
function readBody(request: Request): Result<unknown, Refusal> {
  const bytes: unknown = request.body;
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) return ok(undefined);
  if (isImage(request)) return ok(plainBytes(bytes));
  if (request.is(["json", "+json"]) === false) {
    return err({ status: 415, message: "The body must be declared as Content-Type: application/json" });
  }
  try {
    return ok(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown);
  } catch (error) {
    return err({
      status: 400,
      message: `The body is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
}

function decodePath(text: string): readonly string[] | undefined {
  const segments = text.replace(/^\//, "").replace(/\/$/, "").split("/");
  if (segments.length === 1 && segments[0] === "") return [];
  try {
    return segments.map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

/** A parameter that comes several times is a list: `dids=a&dids=b` is `dids=a,b`, as some clients write it. */
function decodeQuery(text: string): Readonly<Record<string, string>> {
  const values = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(text)) {
    const before = values.get(key);
    values.set(key, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(values);
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

function clientErrorStatus(error: unknown): number {
  const status = error instanceof Error && "status" in error ? error.status : undefined;
  return typeof status === "number" && status >= 400 && status < 500 ? status : 500;
}

function listen(server: http.Server, { host, port }: HttpFrontOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => reject(socketError(`http ${host}:${port}`, cause)));
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
