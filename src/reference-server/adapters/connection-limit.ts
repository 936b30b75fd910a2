/**
 * How many connections are open at once, together and from one address.
 *
 * A connection beyond the limit gets an answer to its request, 503, and ends; beyond a reserve for such answers
 * connections are closed unheard. This machine's own addresses have no limit of their own: a reverse proxy brings
 * everybody's requests.
 */
import type http from "node:http";
import { isLoopback } from "../../platform/udp.ts";

type Socket = http.IncomingMessage["socket"];

export interface ConnectionLimit {
  readonly open: number;
  /** Whether requests of this connection are to be refused. */
  isBeyond(socket: Socket): boolean;
}

/** Connections that only get to hear that there are too many. */
const RESERVE = 64;

/** @param most connections; half of them for one address */
export function limitConnections(server: http.Server, most: number, onRefused: () => void): ConnectionLimit {
  const ofAddress = new Map<string, number>();
  const beyond = new WeakSet<Socket>();
  const mostOfOne = Math.max(1, Math.floor(most / 2));
  let open = 0;
  server.maxConnections = most + RESERVE;
  server.on("drop", onRefused);
  server.on("connection", (socket) => {
    const address = socket.remoteAddress ?? "";
    const own = (ofAddress.get(address) ?? 0) + 1;
    open += 1;
    ofAddress.set(address, own);
    if (open > most || (own > mostOfOne && !isOwn(address))) {
      beyond.add(socket);
      onRefused();
    }
    socket.once("close", () => {
      open -= 1;
      const left = (ofAddress.get(address) ?? 1) - 1;
      if (left === 0) ofAddress.delete(address);
      else ofAddress.set(address, left);
    });
  });
  return {
    get open() {
      return open;
    },
    isBeyond: (socket) => beyond.has(socket),
  };
}

const isOwn = (address: string): boolean => isLoopback(address.replace(/^::ffff:/i, ""));
