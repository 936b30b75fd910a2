/**
 * UDP sockets.
 *
 * A datagram costs no promise, no closure and no name look-up: addresses are numeric, and the socket gets a
 * synchronous `lookup`. Sending reports nothing, as UDP does; what the system finds out later comes to `onError`.
 * Host names are resolved once, before, by `resolveHost`.
 */
import dgram from "node:dgram";
import dns from "node:dns/promises";
import { isIP } from "node:net";
import { type Address, address, splitAddress } from "../protocol/address.ts";
import { type HarnessError, socketError } from "./errors.ts";

/** Linux caps it at `net.core.rmem_max` without saying so. A 150-byte datagram takes about 0.8 KiB of it. */
export const LARGE_RECEIVE_BUFFER = 4 * 1024 * 1024;

export interface UdpOptions {
  /** Numeric address to bind; default: any, of the family of `peer`, or IPv4. */
  readonly host?: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Bytes; absent: the system's default. */
  readonly receiveBuffer?: number;
  /** Connects the socket: it sends to this peer for less, hears nobody else, and learns when the peer's port is closed. */
  readonly peer?: Address;
}

export interface UdpSocket {
  /** Where it is bound. */
  readonly address: Address;
  /** `to` is ignored on a socket with a peer. A closed socket sends nothing. */
  send(to: Address, bytes: Uint8Array): void;
  onMessage(listener: (from: Address, bytes: Uint8Array) => void): void;
  /** What the system reports after the fact: `ECONNREFUSED` on a socket with a peer. Not fatal. Without listener: ignored. */
  onError(listener: (error: HarnessError) => void): void;
  /** Settles when the port is free again. May be called twice. */
  close(): Promise<void>;
}

/** @throws HarnessError `address-in-use`, `address-not-available`, `permission-denied`, `too-many-open-files`, `socket-failed` */
export function openUdp(options: UdpOptions = {}): Promise<UdpSocket> {
  const peer = options.peer === undefined ? undefined : splitAddress(options.peer);
  const family = (options.host ?? peer?.host ?? "").includes(":") ? 6 : 4;
  const host = options.host ?? (family === 6 ? "::" : "0.0.0.0");
  const what = `udp ${formatAddress(host, options.port ?? 0)}`;
  const socket = dgram.createSocket({
    type: family === 6 ? "udp6" : "udp4",
    lookup: (hostname, _, callback) => callback(null, hostname, family),
    ...(options.receiveBuffer === undefined ? {} : { recvBufferSize: options.receiveBuffer }),
  });
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => {
      closeQuietly(socket);
      reject(socketError(what, cause));
    };
    const done = (): void => {
      socket.removeListener("error", fail);
      resolve(wrap(socket, options.peer));
    };
    socket.once("error", fail);
    socket.bind({ address: host, port: options.port ?? 0, exclusive: true }, () => {
      if (peer === undefined) return done();
      socket.connect(peer.port, peer.host, (error?: Error) => (error === undefined ? done() : fail(error)));
    });
  });
}

/** The system's own socket, for a library that brings its own protocol. Bound to a free port by the first datagram that it sends. */
export const openPlainUdp = (family: 4 | 6): dgram.Socket => dgram.createSocket(family === 6 ? "udp6" : "udp4");

interface Sender {
  readonly host: string;
  readonly port: number;
  readonly address: Address;
}

const NOBODY: Sender = { host: "", port: 0, address: address("") };

function wrap(socket: dgram.Socket, peer: Address | undefined): UdpSocket {
  const local = socket.address();
  /** Who sent last: often the next one again, and the receiver of what is sent next. */
  let last: Sender = peer === undefined ? NOBODY : { ...splitAddress(peer), address: peer };
  let closing: Promise<void> | undefined;
  let closed = false;
  let report: (error: HarnessError) => void = () => undefined;
  const own = formatAddress(local.address, local.port);
  socket.on("error", (cause) => report(socketError(`udp ${own}`, cause)));
  return {
    address: own,
    send(to, bytes) {
      if (closed) return;
      // A small Uint8Array lives on the JavaScript heap; to send it as it is costs an allocation outside. A Buffer has one.
      const outgoing = Buffer.from(bytes);
      if (peer !== undefined) return socket.send(outgoing);
      const { host, port } = to === last.address ? last : splitAddress(to);
      socket.send(outgoing, port, host);
    },
    onMessage(listener) {
      // A Buffer is not handed out: its `slice` shares memory and its `toString` decodes, unlike those of Uint8Array.
      socket.on("message", (buffer, { address: host, port }) => {
        if (port !== last.port || host !== last.host) last = { host, port, address: formatAddress(host, port) };
        listener(last.address, new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength));
      });
    },
    onError(listener) {
      report = listener;
    },
    close() {
      closed = true;
      closing ??= new Promise((resolve) => socket.close(() => resolve()));
      return closing;
    },
  };
}

function closeQuietly(socket: dgram.Socket): void {
  socket.on("error", () => undefined);
  socket.close();
}

const formatAddress = (host: string, port: number): Address =>
  address(host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`);

/** The numeric address of a host; IPv4 when it has both. @throws HarnessError `host-not-found` */
export async function resolveHost(host: string, port: number): Promise<Address> {
  const name = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
  return formatAddress(await numericHost(name, `${name}:${port}`), port);
}

/**
 * What a socket can be bound to: the host itself when it is numeric, else its address; IPv4 when it has both.
 *
 * @param what names the host in the error
 * @throws HarnessError `host-not-found`
 */
export async function numericHost(host: string, what: string): Promise<string> {
  if (isIP(host) !== 0) return host;
  try {
    const found = await dns.lookup(host, { all: true });
    const first = found.find(({ family }) => family === 4) ?? found[0];
    if (first === undefined) throw new Error(`${host} has no address`);
    return first.address;
  } catch (cause) {
    throw socketError(what, cause);
  }
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

/** Whether only this machine can reach it. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);
