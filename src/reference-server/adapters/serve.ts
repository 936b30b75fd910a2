/**
 * The reference server as a program: the engine with a store, on real sockets. What `serve` does, without its command line.
 */
import { now } from "../../platform/clock.ts";
import { UsageError } from "../../platform/errors.ts";
import { createRandomSource, freshSeed } from "../../platform/random.ts";
import { isLoopback } from "../../platform/udp.ts";
import { coapParams, completeProfile, type Profile } from "../../protocol/profile.ts";
import type { RestRequest, ServerPort } from "../../protocol/server-port.ts";
import { createMemoryStore, type Store, withStore } from "../memory-store.ts";
import { createReferenceServer, type ReferenceServerOptions } from "../server.ts";
import { type HostOptions, hostServer, type RunningServer } from "./host.ts";

export interface ServeOptions
  extends Omit<HostOptions, "started">,
    Pick<ReferenceServerOptions, "rules" | "coapRules" | "open" | "token"> {
  /** What it leaves open is done as the reference server does. */
  readonly profile: Profile;
  /** Default: a memory of its own. */
  readonly store?: Store;
  /** What is there from the beginning: bodies of POST /devicetypes and POST /devices, in this order. */
  readonly provision?: { readonly deviceTypes: readonly unknown[]; readonly devices: readonly unknown[] };
}

/**
 * @throws UsageError `conflict`: open to other machines, but without a token; `bad-file`: the server refuses what is to be
 *   provisioned
 * @throws HarnessError when an address cannot be had
 */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const { host = "127.0.0.1", token } = options;
  if (token === undefined && !isLoopback(host)) {
    throw new UsageError("conflict", `--host ${host} lets other machines in: give a --token too, or leave --host out`);
  }
  const profile = completeProfile(options.profile);
  const random = createRandomSource(freshSeed());
  const engine = createReferenceServer({ ...options, profile, coap: coapParams(profile), random });
  const server = withStore(engine, options.store ?? createMemoryStore());
  server.handle({ kind: "start" }, now());
  provision(server, options);
  return hostServer(server, { ...options, host, started: true });
}

/** The one line that `serve` prints when it listens. */
export const readyLine = ({ http, coap }: RunningServer): string => JSON.stringify({ ready: true, http, coap });

function provision(server: ServerPort, { provision: wanted, token }: ServeOptions): void {
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
  for (const request of requests) {
    const effects = server.handle({ kind: "rest", ticket: 0, request }, now());
    const answer = effects.find((effect) => effect.kind === "answer");
    if (answer?.response.status === 201) continue;
    const why = `HTTP ${answer?.response.status} ${JSON.stringify(answer?.response.body)}`;
    throw new UsageError(
      "bad-file",
      `POST /${request.path.join("/")} ${JSON.stringify(request.body)} is refused: ${why}`,
    );
  }
}
