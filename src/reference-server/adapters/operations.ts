/**
 * Joins what looks on while a server works: the watch, the log, the metrics, the events, and the pages that show them.
 */
import { now } from "../../platform/clock.ts";
import { oneLineStack } from "../../platform/errors.ts";
import type { ServerPort } from "../../protocol/server-port.ts";
import { between, type Instant, toSeconds, toUnixMillis } from "../../protocol/time.ts";
import { endpointLabel } from "../rest/endpoint-label.ts";
import { createWatch } from "../watch/watch.ts";
import type { Ask } from "../web/page-source.ts";
import type { AnsweredRequest } from "./answered-requests.ts";
import { createEventHub } from "./event-hub.ts";
import { createHealth, type Health } from "./health.ts";
import type { HttpFrontOptions } from "./http-front.ts";
import { createRefusalLog, type Log, logNotice, type Refusal } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { type Asset, operatorFront } from "./operator-front.ts";
import type { RateLimiter } from "./rate-limit.ts";
import type { RecordStore } from "./record-store.ts";

export interface OperationsOptions {
  readonly log: Log;
  readonly version: string;
  /** The kind of the store: `memory`. */
  readonly storeKind: string;
  readonly token: string | undefined;
  readonly assets: readonly Asset[];
  readonly rateLimiter?: RateLimiter | undefined;
  /** Tells this start from others. */
  readonly epoch: string;
}

export interface Operations {
  readonly mount: NonNullable<HttpFrontOptions["mount"]>;
  onAnswered(answered: AnsweredRequest): void;
  /** The server, watched. */
  over(server: ServerPort): ServerPort;
  readonly health: Health;
  /** The store, its commits measured. */
  measured(store: RecordStore): RecordStore;
  /** Needed before the first page is asked for. */
  useAsk(ask: Ask): void;
  /** The server threw. */
  onBug(error: unknown): void;
  /** A limit is reached, and something was turned away. */
  onTurnedAway(what: string, times: number): void;
  /** Ends the events, or they would keep the server from stopping. */
  stop(): void;
}

export function createOperations(options: OperationsOptions): Operations {
  const { log, version, storeKind, token, assets, epoch, rateLimiter } = options;
  const begin = now();
  const uptime = (): number => toSeconds(between(begin, now()));
  const hub = createEventHub({ epoch });
  const health = createHealth(version, storeKind, uptime);
  const watch = createWatch({
    onNotice: (notice) => logNotice(log, notice),
    onStored: () => hub.changed(),
    onHeard: () => hub.changed(),
    onClockBehind: (ahead) =>
      log.warn(
        { event: "clock-went-back", seconds: Math.ceil(toSeconds(ahead)) },
        "the server's time is ahead of the clock",
      ),
  });
  const metrics = createMetrics({ watch, followers: () => hub.followers, uptime, version });
  const logRefusal = createRefusalLog(log);
  let ask: Ask = () => Promise.reject(new Error("the server has not started"));
  return {
    over: watch.over,
    health,
    measured: (store) => measuredStore(store, (seconds) => metrics.committed(seconds), log),
    useAsk(given) {
      ask = given;
    },
    mount: operatorFront({
      ask: (request) => ask(request),
      fleet: watch.fleet,
      hub,
      health,
      metrics,
      assets,
      version,
      token,
      rateLimiter,
    }),
    onAnswered(answered) {
      const endpoint = endpointLabel(answered.method, answered.path);
      metrics.answered(endpoint, answered.status);
      if (answered.status >= 400) logRefusal(refusalOf(answered, endpoint), Math.floor(toUnixMillis(now()) / 1_000));
    },
    onBug: (error) => log.error({ event: "bug", stack: oneLineStack(error) }, "a mistake in the server"),
    onTurnedAway: (what, times) => log.warn({ event: "turned-away", what, times }, "turned away because of a limit"),
    stop() {
      health.stopping();
      hub.close();
    },
  };
}

function refusalOf({ method, status, error }: AnsweredRequest, endpoint: string): Refusal {
  const { code, field } =
    (error as { readonly error?: { readonly code?: number; readonly field?: string } } | undefined)?.error ?? {};
  return { method: METHODS.includes(method) ? method : "other", endpoint, status, code, field };
}

const METHODS: readonly string[] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"];

/** Measures from the beginning of a commit to its end, and logs one that fails. */
function measuredStore(store: RecordStore, committed: (seconds: number) => void, log: Log): RecordStore {
  const ended = (begin: Instant): void => committed(toSeconds(between(begin, now())));
  return {
    ...store,
    async commit(changes) {
      const begin = now();
      try {
        await store.commit(changes);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        log.error(
          { event: "commit-failed", store: store.name, reason, changes: changes.length },
          "a commit has failed",
        );
        throw error;
      }
      ended(begin);
    },
  };
}
