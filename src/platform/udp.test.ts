import { afterEach, describe, expect, it } from "vitest";
import { type Address, address } from "../protocol/address.ts";
import type { HarnessError } from "./errors.ts";
import { isLoopback, openUdp, resolveHost, type UdpOptions, type UdpSocket } from "./udp.ts";

const opened: UdpSocket[] = [];
const open = async (options: UdpOptions = {}): Promise<UdpSocket> => {
  const socket = await openUdp({ host: "127.0.0.1", ...options });
  opened.push(socket);
  return socket;
};
const nextMessage = (socket: UdpSocket): Promise<{ from: Address; bytes: Uint8Array }> =>
  new Promise((resolve) => socket.onMessage((from, bytes) => resolve({ from, bytes })));

afterEach(async () => {
  await Promise.all(opened.splice(0).map((socket) => socket.close()));
});

describe("openUdp", () => {
  it("takes a free port for port 0, and carries a datagram both ways", async () => {
    const server = await open({ receiveBuffer: 1 << 20 });
    const client = await open({ peer: server.address });
    const request = nextMessage(server);
    const response = nextMessage(client);
    client.send(server.address, Uint8Array.of(1, 2, 3));
    expect(await request).toEqual({ from: client.address, bytes: Uint8Array.of(1, 2, 3) });
    server.send(client.address, Uint8Array.of());
    expect(await response).toEqual({ from: server.address, bytes: Uint8Array.of() });
  });

  it("gives plain bytes: no Buffer, whose slice would share memory", async () => {
    const server = await open();
    const request = nextMessage(server);
    (await open()).send(server.address, Uint8Array.of(7));
    expect((await request).bytes.constructor).toBe(Uint8Array);
  });

  it("refuses a port that is taken, with an error that says which and what to do", async () => {
    const taken = await open();
    const port = Number(taken.address.split(":")[1]);
    await expect(openUdp({ host: "127.0.0.1", port })).rejects.toMatchObject({
      code: "address-in-use",
      message: expect.stringMatching(new RegExp(`udp 127.0.0.1:${port} is taken .* choose another port`)),
    });
  });

  it("refuses an address that is not of this machine", async () => {
    await expect(openUdp({ host: "192.0.2.1" })).rejects.toMatchObject({ code: "address-not-available" });
  });

  it("reports a closed port to a socket with a peer, and goes on", async () => {
    const gone = await openUdp({ host: "127.0.0.1" });
    await gone.close();
    const client = await open({ peer: gone.address });
    const reported = new Promise<HarnessError>((resolve) => client.onError(resolve));
    client.send(gone.address, Uint8Array.of(1));
    expect(await reported).toMatchObject({ code: "socket-failed", message: expect.stringContaining("ECONNREFUSED") });
    client.send(gone.address, Uint8Array.of(1));
  });

  it("ignores an error that nobody listens to, and a send after close", async () => {
    const gone = await openUdp({ host: "127.0.0.1" });
    await gone.close();
    await gone.close();
    gone.send(address("127.0.0.1:9"), Uint8Array.of(1));
    const client = await open({ peer: gone.address });
    client.send(gone.address, Uint8Array.of(1));
    const server = await open();
    const request = nextMessage(server);
    (await open()).send(server.address, Uint8Array.of(2));
    await request;
  });

  it("works over IPv6, where the machine has it, and writes the address in brackets", async (context) => {
    const server = await openUdp({ host: "::1" }).catch(() => undefined);
    if (server === undefined) return context.skip("no IPv6 loopback here");
    opened.push(server);
    expect(server.address).toMatch(/^\[::1\]:\d+$/);
    const request = nextMessage(server);
    const client = await openUdp({ peer: server.address });
    opened.push(client);
    client.send(server.address, Uint8Array.of(6));
    expect((await request).from).toBe(client.address);
  });
});

describe("resolveHost", () => {
  it("gives the numeric address", async () => {
    expect(await resolveHost("127.0.0.1", 5683)).toBe("127.0.0.1:5683");
    expect(await resolveHost("[::1]", 5683)).toBe("[::1]:5683");
  });

  it("names a host that does not exist", async () => {
    await expect(resolveHost("no-such-host.invalid", 5683)).rejects.toMatchObject({
      code: "host-not-found",
      message: expect.stringContaining("no-such-host.invalid:5683"),
    });
  });
});

describe("isLoopback", () => {
  it.each(["127.0.0.1", "127.1.2.3", "::1", "localhost"])("%s can be reached from this machine only", (host) => {
    expect(isLoopback(host)).toBe(true);
  });
  it.each(["0.0.0.0", "::", "192.0.2.1", "128.0.0.1", "127.example.org", ""])(
    "%s can be reached from elsewhere",
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );
});
