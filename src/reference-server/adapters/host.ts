/**
 * Hosts a `ServerPort` on real sockets and real time: both fronts are inputs of its driver, which gives it the clock and
 * a store. Knows nothing about tasks, so a mutant or another server is hosted the same way.
 */
import { now } from "../../platform/clock.ts";
import { type HarnessError, oneLineStack } from "../../platform/errors.ts";
import { printError } from "../../platform/terminal.ts";
import type { RestRequest, ServerPort } from "../../protocol/server-port.ts";
import { type Micros, micros, seconds } from "../../protocol/time.ts";
import type { DatagramFront } from "./datagram-front.ts";
import type { DatagramGate } from "./datagram-gate.ts";
import { type Ask, createDriver } from "./driver.ts";
import { type HttpFront, type HttpFrontOptions, openHttpFront } from "./http-front.ts";
import type { RecordStore } from "./record-store.ts";
import { createRepeatedNotice } from "./repeated-notice.ts";
import { openUdpFront, type UdpFrontOptions } from "./udp-front.ts";

export interface HostOptions
  extends Pick<
    HttpFrontOptions,
    "pages" | "rateLimiter" | "timeouts" | "mostConnections" | "mount" | "onAnswered" | "crossOrigins"
  > {
  /** Numeric address for both fronts. Default: loopback. */
  readonly host?: string;
  /** TCP port; 0, the default, takes a free one. */
  readonly http?: number;
  /** UDP port; 0, the default, takes a free one. */
  readonly coap?: number;
  /** Opens what carries datagrams; a transport that proves who sends them gives their identity. Default: plain UDP. */
  readonly openDatagrams?: (options: UdpFrontOptions) => Promise<DatagramFront>;
  /** Performs the server's storage effects; whoever opened it closes it. Default: the server has none. */
  readonly store?: RecordStore;
  /** Called when the server has its state back and before anybody else can reach it. What it throws ends the start. */
  readonly prepare?: (ask: Ask) => Promise<void>;
  /**
   * The server threw, which is a mistake in our code, not a peer's. Default: one line with the stack on stderr. The
   * request that it broke on is answered with 500, and the server goes on, unless it broke in the midst of a step.
   */
  readonly onBug?: (error: unknown) => void;
  /** Makes a server that goes on with what is stored, for one that broke in the midst of a step. Default: it stops. */
  readonly replacement?: () => ServerPort;
  /** Which datagrams are taken at all. Default: all. */
  readonly gate?: DatagramGate | undefined;
  /** A limit is reached, and something was turned away. Told once in a while, not per packet. Default: a line on stderr. */
  readonly onTurnedAway?: (what: string, times: number) => void;
}

export interface RunningServer {
  /** Base URL of the task API: `http://127.0.0.1:8080/v1.1`. */
  readonly http: string;
  /** `coap://127.0.0.1:5683` */
  readonly coap: string;
  /**
   * Settles when the store has failed; else never. From then on the server is silent, since what it knows is not on disk:
   * requests end with 503, datagrams are ignored. Whoever runs it should close it, and start another one.
   */
  readonly failure: Promise<HarnessError>;
  /**
   * Stops taking requests, lets those under way be answered within `grace` (default 2 s), finishes what is being stored,
   * closes both sockets. May be called twice.
   */
  close(grace?: Micros): Promise<void>;
}

/**
 * @param server with its store, unless there is one among the options
 * @throws HarnessError when an address cannot be had, or what is stored cannot be read; nothing stays open then
 */
export async function hostServer(server: ServerPort, options: HostOptions = {}): Promise<RunningServer> {
  const host = options.host ?? "127.0.0.1";
  let http: HttpFront | undefined;
  const turnedAway = createTurnedAway(options.onTurnedAway ?? printTurnedAway);
  const refusedByCoap = turnedAway("requests of devices, because of a limit (5.03)");
  const refusedByRest = turnedAway("REST requests, because of a limit (503)");
  const udp = await (options.openDatagrams ?? openUdpFront)({
    host,
    port: options.coap ?? 0,
    gate: options.gate,
    onDropped: turnedAway("datagrams beyond the share of their source"),
    // Before the start there is nobody to hear it, and UDP may lose it.
    onDatagram({ address: from, identity }, bytes) {
      const proved = identity === undefined ? {} : { identity };
      if (http !== undefined) driver.handle({ kind: "datagram", from, bytes, ...proved });
    },
  });
  const driver = createDriver(server, {
    store: options.store,
    onBug: options.onBug ?? printBug,
    replacement: options.replacement,
    onOverload: turnedAway("inputs, because too much waits for the store"),
    send(to, bytes) {
      if (bytes[1] === SERVICE_UNAVAILABLE) refusedByCoap();
      udp.send(to, bytes);
    },
    answer(ticket, response) {
      if (response.status === 503) refusedByRest();
      http?.answer(ticket, response);
    },
  });
  const onRequest = (ticket: number, request: RestRequest): void => driver.handle({ kind: "rest", ticket, request });
  try {
    await driver.start(options.prepare);
    const { pages, rateLimiter, timeouts, mostConnections, mount, onAnswered, crossOrigins } = options;
    http = await openHttpFront({
      host,
      port: options.http ?? 0,
      onRequest,
      pages,
      rateLimiter,
      timeouts,
      mostConnections,
      mount,
      onAnswered,
      crossOrigins,
      onRefusedConnection: turnedAway("HTTP connections"),
    });
  } catch (error) {
    await driver.close();
    await udp.close();
    throw error;
  }
  const front = http;
  let closing: Promise<void> | undefined;
  const close = async (grace: Micros): Promise<void> => {
    // The CoAP side stays until the last answer: a request under way may wait for it.
    await front.close(grace);
    await driver.close();
    await udp.close();
  };
  const failure = driver.failure.then((error) => {
    void front.close(micros(0));
    return error;
  });
  return {
    http: front.url,
    coap: `coap://${udp.address}`,
    failure,
    close(grace = seconds(2)) {
      closing ??= close(grace);
      return closing;
    },
  };
}

/** 5.03 as a byte. RFC 7252 §12.1.2 */
const SERVICE_UNAVAILABLE = 0xa3;

/** @returns for each kind of thing that is turned away, what to call when it was */
const createTurnedAway =
  (tell: (what: string, times: number) => void) =>
  (what: string): (() => void) => {
    const notice = createRepeatedNotice((times) => tell(what, times));
    return () => notice.happened(now());
  };

const printTurnedAway = (what: string, times: number): void => printError(`fleetproof: turned away: ${times} ${what}`);

const printBug = (error: unknown): void => printError(`fleetproof: a mistake in the server: ${oneLineStack(error)}`);
