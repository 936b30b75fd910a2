import { describe, expect, it } from "vitest";
import { openUdp } from "../../platform/udp.ts";
import { address, splitAddress } from "../../protocol/address.ts";
import { createSocketOpener } from "./sockets.ts";

describe("createSocketOpener", () => {
  it("gives each socket an address that no socket had before, also after the first was closed", async () => {
    const server = await openUdp({ host: "127.0.0.1" });
    const open = createSocketOpener("scope");
    const addresses: string[] = [];
    for (let i = 0; i < 300; i++) {
      const socket = await open(server.address);
      addresses.push(socket.address);
      await socket.close();
    }
    await server.close();
    expect(new Set(addresses).size).toBe(300);
    for (const text of addresses) expect(splitAddress(address(text)).host).toMatch(/^127\./);
  });
});
