/**
 * The task API of a live target by HTTP. Whatever the target does is data: an answer, or the reason why there was none.
 *
 * Not a general HTTP client: no redirects, no cookies, no compression. A connection is kept open for the next request.
 */
import http from "node:http";
import https from "node:https";
import { systemCode } from "../../platform/errors.ts";
import type { RestRequest } from "../../protocol/server-port.ts";
import { type Instant, type Micros, seconds } from "../../protocol/time.ts";
import type { Agenda } from "./agenda.ts";
import type { RestClient, RestFailureReason, RestOutcome } from "./rest-client.ts";
import { createUnderWay } from "./under-way.ts";

export interface HttpClientOptions {
  /** Base URL of the task API, without a slash at the end: `http://127.0.0.1:8080/v1.1`. */
  readonly base: string;
  readonly agenda: Agenda;
  /** Sent with requests that have none of their own. It is a secret, so it is here and not in what is recorded. */
  readonly token?: string | undefined;
  /** For a whole exchange. Default 10 s. */
  readonly timeout?: Micros;
  /** By which that is measured. Default: the machine's. */
  readonly clock?: (() => Instant) | undefined;
}

/** An idle connection is closed by us before common servers (5 s) close it under a request that is on its way. */
const IDLE_MILLISECONDS = 2_000;
/** More than any answer of the task API; a peer must not fill our memory. */
const ANSWER_LIMIT = 64 * 1024 * 1024;

type Settle = (outcome: RestOutcome) => void;

export function createHttpClient(options: HttpClientOptions): RestClient {
  const base = new URL(options.base);
  const library = base.protocol === "https:" ? https : http;
  const agent = new library.Agent({ keepAlive: true, timeout: IDLE_MILLISECONDS, maxFreeSockets: 256 });
  const timeout = options.timeout ?? seconds(10);
  const underWay = createUnderWay(options.agenda, timeout, options.clock);
  const givenUp = (why: "timeout" | "cancelled", request: RestRequest): RestOutcome =>
    why === "cancelled"
      ? failure("cancelled", "the run is over")
      : failure("timeout", `REST ${request.method} ${pathText(request)}: no answer within ${timeout / 1_000_000} s`);

  const exchange = (request: RestRequest, settle: Settle, again: boolean): void => {
    const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
    const url = `${options.base.replace(/\/+$/, "")}${pathText(request)}`;
    const outgoing = library.request(url, {
      method: request.method,
      agent,
      headers: headersOf(request.anonymous === true ? undefined : (request.token ?? options.token), body),
    });
    const conclude = (outcome: RestOutcome): void => {
      if (outcome.kind === "failure") outgoing.destroy();
      settle(outcome);
    };
    const begun = underWay.begin((why) => conclude(givenUp(why, request)));
    const finish = (outcome: RestOutcome): void => {
      if (begun.end()) conclude(outcome);
    };
    outgoing.on("response", (incoming) => readAnswer(incoming, finish));
    outgoing.on("error", (error) => {
      // The server closed a kept connection while the request was on its way. Reading again changes nothing.
      const wasClosed = outgoing.reusedSocket && systemCode(error) === "ECONNRESET";
      if (wasClosed && again && request.method === "GET" && begun.end()) return exchange(request, settle, false);
      finish(
        failure(
          NEVER_SENT.has(systemCode(error) ?? "") ? "refused" : "broken",
          error.message || String(systemCode(error)),
        ),
      );
    });
    outgoing.end(body);
  };

  return {
    send: (request, settle) => exchange(request, settle, true),
    close() {
      underWay.close();
      agent.destroy();
    },
  };
}

/** What the system says when no byte of a request can have reached the target. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

const failure = (reason: RestFailureReason, detail: string): RestOutcome => ({ kind: "failure", reason, detail });

function pathText({ path, query }: RestRequest): string {
  const parameters = new URLSearchParams(query).toString();
  return `/${path.map(encodeURIComponent).join("/")}${parameters === "" ? "" : `?${parameters}`}`;
}

const headersOf = (token: string | undefined, body: Buffer | undefined): http.OutgoingHttpHeaders => ({
  Accept: "application/json",
  ...(body === undefined ? {} : { "Content-Type": "application/json", "Content-Length": body.length }),
  ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
});

function readAnswer(incoming: http.IncomingMessage, finish: (outcome: RestOutcome) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  incoming.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length > ANSWER_LIMIT) return finish(failure("broken", `the answer is larger than ${ANSWER_LIMIT} bytes`));
    chunks.push(chunk);
  });
  incoming.on("error", (error) => finish(failure("broken", error.message)));
  incoming.on("aborted", () => finish(failure("broken", "the answer ended early")));
  incoming.on("end", () => {
    const status = incoming.statusCode ?? 0;
    const headers = plainHeaders(incoming.headers);
    const text = Buffer.concat(chunks).toString("utf8");
    if (text === "") return finish({ kind: "answer", response: { status, headers, body: undefined } });
    try {
      finish({ kind: "answer", response: { status, headers, body: JSON.parse(text) as unknown } });
    } catch {
      finish(
        failure(
          "not-json",
          `HTTP ${status} with ${headers["content-type"] ?? "no content type"}: ${text.slice(0, 80)}`,
        ),
      );
    }
  });
}

/** Those that say something about the answer; the rest is transport and would only make records differ. */
const KEPT_HEADERS = ["content-type", "location", "retry-after"] as const;

function plainHeaders(headers: http.IncomingHttpHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
  );
}
