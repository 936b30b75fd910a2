/**
 * What stands beside the API for those who run the server: the web page with its events, `/healthz` and `/metrics`.
 *
 * The page shows nothing that the API would not tell the same token. The metrics are for the administrator; `/healthz` is
 * for everybody, and tells little.
 */
import { fileURLToPath } from "node:url";
import type { Express, Request, RequestHandler, Response } from "express";
import { readText } from "../../platform/files.ts";
import { digestOf, isSameDigest } from "../../platform/secrets.ts";
import type { FleetView } from "../watch/fleet-view.ts";
import { renderPage, renderSections } from "../web/page.ts";
import { readPageAddress } from "../web/page-address.ts";
import { type Ask, type Gathered, gatherPage } from "../web/page-source.ts";
import type { EventHub } from "./event-hub.ts";
import type { Health } from "./health.ts";
import { bearerOf, countRequest, limited, refuse } from "./http-envelope.ts";
import type { Metrics } from "./metrics.ts";
import type { RateLimiter } from "./rate-limit.ts";

export interface OperatorFrontOptions {
  readonly ask: Ask;
  readonly fleet: FleetView;
  readonly hub: EventHub;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly assets: readonly Asset[];
  readonly version: string;
  /** The administrator's token. */
  readonly token: string | undefined;
  /** Of the API: who looks at the page asks it as well. */
  readonly rateLimiter: RateLimiter | undefined;
}

/** A file that the page loads. */
export interface Asset {
  readonly path: string;
  readonly contentType: string;
  readonly text: string;
}

const FILES = [
  { name: "page.js", contentType: "text/javascript; charset=utf-8" },
  { name: "page.css", contentType: "text/css; charset=utf-8" },
  { name: "icon.svg", contentType: "image/svg+xml" },
];

/** @throws HarnessError `file-not-found`: the installation lacks a file */
export const readAssets = (): Promise<readonly Asset[]> =>
  Promise.all(
    FILES.map(async ({ name, contentType }) => ({
      path: `/web/${name}`,
      contentType,
      text: await readText(fileURLToPath(new URL(`../web/static/${name}`, import.meta.url))),
    })),
  );

/** Scripts and styles are files of our own, and nothing else is loaded, framed or sent anywhere. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Adds them to the app. */
export const operatorFront =
  (options: OperatorFrontOptions) =>
  (app: Express): void => {
    const { health, metrics, assets, rateLimiter } = options;
    if (rateLimiter !== undefined) app.use(["/web/content", "/events"], limited(rateLimiter));
    const whileWorking =
      (handle: (request: Request, response: Response) => void | Promise<void>): RequestHandler =>
      (request, response) =>
        health.isStopping
          ? refuse(response.set("Connection", "close"), 503, "The server is stopping")
          : handle(request, response);

    app.get("/healthz", (_, response) => {
      const { httpStatus, body } = health.report();
      if (httpStatus === 503) response.set("Connection", "close");
      response.status(httpStatus).json(body);
    });
    app.get("/metrics", async (request, response) => {
      if (!isAdministrator(request, options.token)) return refuse(response, 401, "Metrics need the server's token");
      response.set("Content-Type", metrics.contentType).end(await metrics.text());
    });
    for (const { path, contentType, text } of assets) {
      app.get(path, (_, response) => void response.set("Content-Type", contentType).end(text));
    }
    app.get(
      "/",
      whileWorking(async (request, response) => {
        const tooMany = rateLimiter === undefined ? undefined : countRequest(rateLimiter, request, response);
        const gathered: Gathered =
          tooMany === undefined ? await gather(request, options) : { kind: "refused", status: 429, message: tooMany };
        // The frame comes in any case: whoever has a token goes on from there.
        sendHtml(response, 200, renderPage(gathered, options.version));
      }),
    );
    app.get(
      "/web/content",
      whileWorking(async (request, response) => {
        const gathered = await gather(request, options);
        sendHtml(response, gathered.kind === "page" ? 200 : gathered.status, renderSections(gathered));
      }),
    );
    app.get(
      "/events",
      whileWorking((request, response) => follow(request, response, options)),
    );
  };

function gather(request: Request, { ask, fleet }: OperatorFrontOptions): Promise<Gathered> {
  const query = Object.fromEntries(new URLSearchParams(request.url.split("?")[1] ?? ""));
  return gatherPage(readPageAddress(query), bearerOf(request), { ask, fleet });
}

/** Whoever may read anything of the API may hear that something has changed; what has, an event does not say. */
async function follow(request: Request, response: Response, { ask, hub }: OperatorFrontOptions): Promise<void> {
  const token = bearerOf(request);
  const path = ["devicemgmt", "devicetypes", "-"];
  const { status } = await ask({ method: "GET", path, query: {}, ...(token === undefined ? {} : { token }) });
  if (status === 401) return refuse(response, 401, "Please provide a valid authorization header");
  const follower = {
    write: (text: string) => void response.write(text),
    end: () => void response.end(),
    get backlog() {
      return response.writableLength;
    },
  };
  response.set("Content-Type", "text/event-stream");
  const leave = hub.follow(follower, request.get("Last-Event-ID"));
  if (leave === undefined) return refuse(response.set("Retry-After", "30"), 503, "Too many follow the events already");
  response.once("close", leave);
}

const isAdministrator = (request: Request, token: string | undefined): boolean =>
  token === undefined || isSameDigest(digestOf(bearerOf(request) ?? ""), digestOf(token));

function sendHtml(response: Response, status: number, text: string): void {
  response.status(status).set({
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
  });
  response.end(text);
}
