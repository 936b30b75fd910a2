/**
 * The reference server as a program: the engine with a store, on real sockets. What `serve` does, without its command line.
 */
import { UsageError } from "../../platform/errors.ts";
import { createRandomSource, freshSeed } from "../../platform/random.ts";
import { isLoopback } from "../../platform/udp.ts";
import { coapParams, completeProfile, type Profile } from "../../protocol/profile.ts";
import type { RestRequest } from "../../protocol/server-port.ts";
import { createMemoryStore, withStore } from "../memory-store.ts";
import { REFERENCE_RULES } from "../rules.ts";
import { createReferenceServer, type ReferenceServerOptions } from "../server.ts";
import { apiPages, boundsOf } from "./api-pages.ts";
import type { Ask } from "./driver.ts";
import { type HostOptions, hostServer, type RunningServer } from "./host.ts";
import { createRateLimiter, type RateLimit } from "./rate-limit.ts";

export interface ServeOptions
  extends Omit<HostOptions, "prepare" | "pages" | "rateLimiter">,
    Pick<ReferenceServerOptions, "rules" | "coapRules" | "open" | "token"> {
  /** What it leaves open is done as the reference server does. */
  readonly profile: Profile;
  /** What is there from the beginning: bodies of POST /devicetypes and POST /devices, in this order. */
  readonly provision?: Provision;
  /** Requests per token. Default: any number. */
  readonly rateLimit?: RateLimit | undefined;
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
 * @throws HarnessError when an address cannot be had, or what is stored cannot be read
 */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const { store } = options;
  try {
    const running = await start(options);
    return { ...running, close: (grace) => running.close(grace).then(() => store?.close()) };
  } catch (error) {
    await store?.close();
    throw error;
  }
}

async function start(options: ServeOptions): Promise<RunningServer> {
  const { host = "127.0.0.1", token, store } = options;
  if (token === undefined && !isLoopback(host)) {
    throw new UsageError("conflict", `--host ${host} lets other machines in: give a --token too, or leave --host out`);
  }
  const profile = completeProfile(options.profile);
  const random = createRandomSource(freshSeed());
  const engine = createReferenceServer({ ...options, profile, coap: coapParams(profile), random });
  const server = store === undefined ? withStore(engine, createMemoryStore()) : engine;
  return hostServer(server, {
    ...options,
    host,
    prepare: (ask) => provision(ask, options),
    pages: apiPages(boundsOf({ ...REFERENCE_RULES, ...options.rules }, profile)),
    rateLimiter: options.rateLimit === undefined ? undefined : createRateLimiter(options.rateLimit),
  });
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
