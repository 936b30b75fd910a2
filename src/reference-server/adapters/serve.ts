/**
 * The reference server as a program: the engine with a store, on real sockets. What `serve` does, without its command line.
 */
import { UsageError } from "../../platform/errors.ts";
import { freshSeed } from "../../platform/random.ts";
import { createSecretRandomSource, newSecret } from "../../platform/secrets.ts";
import { isLoopback, numericHost } from "../../platform/udp.ts";
import { coapParams, completeProfile, type Profile } from "../../protocol/profile.ts";
import type { RestRequest, ServerPort } from "../../protocol/server-port.ts";
import type { Micros } from "../../protocol/time.ts";
import { createMemoryStore, withStore } from "../memory-store.ts";
import { type Delivery, FIRMWARE_SETTINGS } from "../ota/settings.ts";
import { REFERENCE_RULES } from "../rules.ts";
import { createReferenceServer, type ReferenceServerOptions } from "../server.ts";
import { apiPages, boundsOf } from "./api-pages.ts";
import type { Ask } from "./driver.ts";
import { locationsOf } from "./firmware-locations.ts";
import { type HostOptions, hostServer, type RunningServer } from "./host.ts";
import { createLog, type Log } from "./log.ts";
import { createOperations, type Operations } from "./operations.ts";
import { readAssets } from "./operator-front.ts";
import { createRateLimiter, type RateLimit, type RateLimiter } from "./rate-limit.ts";
import type { RecordStore } from "./record-store.ts";
import { engineLimits, gateFor, SERVE_LIMITS, type ServeLimits } from "./serve-limits.ts";

export interface ServeOptions
  extends Omit<
      HostOptions,
      "prepare" | "pages" | "mount" | "onAnswered" | "rateLimiter" | "replacement" | "gate" | "mostConnections"
    >,
    Pick<ReferenceServerOptions, "rules" | "coapRules" | "open" | "token" | "requiresDeviceToken"> {
  /** What it leaves open is done as the reference server does. */
  readonly profile: Profile;
  /** What is there from the beginning: bodies of POST /devicetypes and POST /devices, in this order. */
  readonly provision?: Provision;
  /** Requests per token. Default: any number. */
  readonly rateLimit?: RateLimit | undefined;
  /** Default: `SERVE_LIMITS`. */
  readonly limits?: Partial<ServeLimits> | undefined;
  /** Default: what is wrong, to standard error. */
  readonly log?: Log | undefined;
  /** Name or numeric address by which devices reach this server. Default: the one that it listens on. */
  readonly publicHost?: string | undefined;
  /** How firmware comes to devices that take it both ways. Default: pull. */
  readonly firmwareDelivery?: Delivery | undefined;
  /** Of this program, for the pages. */
  readonly version?: string | undefined;
}

export interface Provision {
  readonly deviceTypes: readonly unknown[];
  readonly devices: readonly unknown[];
}

/**
 * With a store, which is closed with the server or when it cannot start, it goes on where the one before it ended;
 * without one it forgets everything with the process.
 *
 * @throws UsageError `conflict`: open to other machines, but without a token; `bad-file`: the server refuses what is to be
 *   provisioned
 * @throws HarnessError when a host does not resolve, an address cannot be had, or what is stored cannot be read
 */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const { store, log = createLog("warn"), version = "0" } = options;
  const storeKind = kindOfStore(store);
  try {
    const assets = await readAssets();
    const { token, rateLimit } = options;
    const rateLimiter = rateLimit === undefined ? undefined : createRateLimiter(rateLimit);
    const epoch = freshSeed();
    const operations = createOperations({ log, version, storeKind, token, assets, epoch, rateLimiter });
    log.info({ event: "start", version, store: storeKind, profile: options.profile.name }, "starting");
    if (options.crossOrigins === "*" && options.token === undefined) {
      log.warn({ event: "open-to-all-pages" }, "every web page that a browser on this machine opens may use the API");
    }
    const running = await start(options, operations, rateLimiter);
    log.info({ event: "ready", http: running.http, coap: running.coap }, "ready");
    void running.failure.then(({ message }) => {
      operations.health.lost();
      log.error({ event: "store-lost", reason: message }, "the store is lost");
    });
    const close = async (grace: Micros | undefined): Promise<void> => {
      log.info({ event: "stop" }, "stopping");
      operations.stop();
      await running.close(grace);
      await store?.close();
      log.info({ event: "stopped" }, "stopped");
    };
    let closing: Promise<void> | undefined;
    return {
      ...running,
      close(grace) {
        closing ??= close(grace);
        return closing;
      },
    };
  } catch (error) {
    await store?.close();
    throw error;
  }
}

const kindOfStore = (store: RecordStore | undefined): string => {
  if (store === undefined) return "memory";
  return /^postgres(ql)?:/.test(store.name) ? "postgresql" : "sqlite";
};

async function start(
  options: ServeOptions,
  operations: Operations,
  rateLimiter: RateLimiter | undefined,
): Promise<RunningServer> {
  const { token, store } = options;
  const host = await numericHost(options.host ?? "127.0.0.1", `--host ${options.host}`);
  if (token === undefined && !isLoopback(host)) {
    throw new UsageError("conflict", `--host ${host} lets other machines in: give a --token too, or leave --host out`);
  }
  if (options.open === true && options.requiresDeviceToken === true) {
    throw new UsageError("conflict", "--open enrols who has no token, --require-device-token refuses them: give one");
  }
  const profile = completeProfile(options.profile);
  const limits = { ...SERVE_LIMITS, ...options.limits };
  // Secret: a stranger who has seen ids must not guess the locations of other registrations.
  const random = createSecretRandomSource();
  const coap = coapParams(profile);
  // Known as soon as the sockets are open, and not asked before.
  let locations: readonly string[] = [];
  const { firmwareDelivery: delivery = FIRMWARE_SETTINGS.delivery } = options;
  const firmware = { delivery, locations: () => locations };
  const engineOptions = {
    ...options,
    profile,
    coap,
    random,
    newToken: newSecret,
    limits: engineLimits(limits),
    firmware,
  };
  const newEngine = (): ServerPort => operations.over(createReferenceServer(engineOptions));
  const memory = createMemoryStore();
  const newServer = (): ServerPort => (store === undefined ? withStore(newEngine(), memory) : newEngine());
  const running = await hostServer(newServer(), {
    onBug: operations.onBug,
    onTurnedAway: operations.onTurnedAway,
    ...options,
    ...(store === undefined ? {} : { store: operations.measured(store) }),
    host,
    mount: operations.mount,
    onAnswered: operations.onAnswered,
    replacement: newServer,
    gate: gateFor(host, limits),
    mostConnections: limits.connections,
    prepare(ask) {
      operations.useAsk(ask);
      return provision(ask, options);
    },
    pages: apiPages(boundsOf({ ...REFERENCE_RULES, ...options.rules }, profile)),
    rateLimiter,
  });
  locations = locationsOf(running, options.publicHost);
  return running;
}

/** The one line that `serve` prints when it listens. */
export const readyLine = ({ http, coap }: RunningServer): string => JSON.stringify({ ready: true, http, coap });

async function provision(ask: Ask, { provision: wanted, token, store }: ServeOptions): Promise<void> {
  if (wanted === undefined) return;
  const post = (path: string, body: unknown): RestRequest => ({
    method: "POST",
    path: [path],
    query: {},
    body,
    ...(token === undefined ? {} : { token }),
  });
  const requests = [
    ...wanted.deviceTypes.map((body) => post("devicetypes", body)),
    ...wanted.devices.map((body) => post("devices", body)),
  ];
  // All at once: one commit instead of one for each device.
  const answers = await Promise.all(requests.map(ask));
  for (const [index, request] of requests.entries()) {
    const { status, body } = answers[index] ?? { status: 0, body: undefined };
    // What a store remembers may have been changed since; it stays as it is.
    if (status === 201 || (status === 409 && store !== undefined)) continue;
    const why = `HTTP ${status} ${JSON.stringify(body)}`;
    throw new UsageError(
      "bad-file",
      `POST /${request.path.join("/")} ${JSON.stringify(request.body)} is refused: ${why}`,
    );
  }
}
