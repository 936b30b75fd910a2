import { describe, expect, it } from "vitest";
import { parseUdpDrops } from "./udp-drops.ts";

const TABLE = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  101: 0100007F:1633 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 123 2 0000000000000000 17
  102: 0100407F:C350 0100007F:1633 01 00000000:00000000 00:00000000 00000000     0        0 124 2 0000000000000000 0
  103: 00000000:1634 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 125 2 0000000000000000 3
`;

describe("parseUdpDrops", () => {
  it("reads 17 drops of 127.0.0.1:5683, none of 127.64.0.1:50000, and 3 of a wildcard socket (proc(5))", () => {
    const drops = parseUdpDrops(TABLE, true);
    expect([...drops]).toEqual([
      ["127.0.0.1:5683", 17],
      ["127.64.0.1:50000", 0],
      ["0.0.0.0:5684", 3],
    ]);
  });

  it("reads the address as it stands on a big-endian machine", () => {
    expect([...parseUdpDrops(TABLE.replaceAll("0100007F", "7F000001"), false).keys()][0]).toBe("127.0.0.1:5683");
  });

  it("finds nothing in a text that is no such table", () => {
    expect(parseUdpDrops("what is\nthis here\n", true).size).toBe(0);
  });
});
