import { describe, expect, it } from "vitest";
import { type Address, address } from "../protocol/address.ts";
import { type Block, blockOption, cutBlock, readBlock } from "../protocol/coap/block.ts";
import { encodeMessage } from "../protocol/coap/message.ts";
import { BLOCK1, BLOCK2, CONTENT_FORMAT, sortOptions, uintOption } from "../protocol/coap/options.ts";
import type { CoapContent, CoapMessage, Code } from "../protocol/coap/types.ts";
import { registerContent } from "../protocol/lwm2m/registration-requests.ts";
import { encodeUtf8 } from "../protocol/lwm2m/scalar.ts";
import { brief, createTask, mirrorOf, oneDevice, requestsSent } from "./test-calls.ts";
import { changed, refused, type Script, type TestDevice, type World } from "./test-kit.ts";

const LONG = "Atlantis/".repeat(334).slice(0, 3_000);
const WRITE = { taskParameters: { value: LONG } };
const READ = { taskType: "R", taskParameters: undefined };

const blockOf = (message: CoapMessage, number: typeof BLOCK1 | typeof BLOCK2): Block | undefined => {
  const read = readBlock(message, number);
  return read.kind === "block" ? read.block : undefined;
};
/** Numbers of the blocks that the server sent, or asked for; `-` where it did neither. */
const numbers = (world: World, number: typeof BLOCK1 | typeof BLOCK2): string =>
  requestsSent(world)
    .map(({ message }) => blockOf(message, number)?.num ?? "-")
    .join(" ");

/** What a device does that puts a body together; `odd`: what it does instead with the block of that number. */
const taking =
  (body: number[], odd: Readonly<Record<number, Script>> = {}) =>
  (message: CoapMessage): Script => {
    const block = blockOf(message, BLOCK1);
    const instead = odd[block?.num ?? -1];
    if (instead !== undefined) return instead;
    if (block?.num === 0) body.length = 0;
    body.push(...message.payload);
    return block === undefined || !block.more ? changed() : continued(block);
  };
const continued = (block: Block): CoapContent => ({ ...refused("2.31"), options: [blockOption(BLOCK1, block)] });

/** A device that gives a value in blocks of 512 bytes. */
const giving =
  (value: string, odd: Readonly<Record<number, Script>> = {}) =>
  (message: CoapMessage): Script => {
    const wanted = blockOf(message, BLOCK2)?.num ?? 0;
    const instead = odd[wanted];
    if (instead !== undefined) return instead;
    const { block, payload } = cutBlock(encodeUtf8(value), wanted * 512, 5);
    return { code: "2.05", options: sortOptions([uintOption(CONTENT_FORMAT, 0), blockOption(BLOCK2, block)]), payload };
  };

describe("a Write of 3000 bytes", () => {
  it("is one attempt in three blocks, and the mirror shows the whole value", () => {
    const { world, device } = oneDevice();
    const body: number[] = [];
    device.script = taking(body);
    device.register();
    const task = createTask(world, WRITE);
    expect(brief(world, task)).toEqual(["SUCCEEDED 1"]);
    expect(numbers(world, BLOCK1)).toBe("0 1 2");
    expect(Uint8Array.from(body)).toEqual(encodeUtf8(LONG));
    expect(mirrorOf(world, "d")).toMatchObject({ timezone: LONG });
  });

  it.each<readonly [string, Script, number]>([
    ["no ACK", "silent", 62],
    ["RST", "reset", 0],
    ["4.08, for the device forgot the beginning", refused("4.08"), 0],
  ])(
    "that breaks off in the middle by %s is a failed attempt, and the next one begins at block 0 (R-11)",
    (_, odd, wait) => {
      const { world, device } = oneDevice();
      const body: number[] = [];
      device.script = taking(body, { 1: odd });
      device.register();
      const task = createTask(world, WRITE);
      expect(numbers(world, BLOCK1)).toBe("0 1");
      world.advance(wait);
      expect(brief(world, task)).toEqual(["QUEUED 1"]);
      device.script = taking(body);
      world.sent.length = 0;
      device.update();
      expect(numbers(world, BLOCK1)).toBe("0 1 2");
      expect(brief(world, task)).toEqual(["SUCCEEDED 2"]);
      expect(Uint8Array.from(body)).toEqual(encodeUtf8(LONG));
    },
  );

  it.each<readonly [string, Script, string]>([
    ["4.13", refused("4.13"), "FAILED 1 4000"],
    ["4.02, for it knows no blocks", refused("4.02"), "FAILED 1 4000"],
    ["4.04", refused("4.04"), "FAILED 1 4040"],
    ["2.04 to the first block, as if that were all (row 25)", changed(), "FAILED 1 5000"],
  ])("that a device answers by %s has failed for good", (_, odd, outcome) => {
    const { world, device } = oneDevice();
    device.script = taking([], { 0: odd });
    device.register();
    const task = createTask(world, WRITE);
    expect(brief(world, task)).toEqual([outcome]);
    expect(numbers(world, BLOCK1)).toBe("0");
    expect(mirrorOf(world, "d")).toEqual({});
  });

  it("goes to a new address from block 0 when the device moves in the middle of it (row 14)", () => {
    const { world, device } = oneDevice();
    device.script = taking([], { 1: "silent" });
    device.register();
    const task = createTask(world, WRITE);
    device.script = taking([]);
    device.address = address("192.0.2.77:5683");
    device.update();
    expect(requestsSent(world).map(({ to, message }) => `${to} ${blockOf(message, BLOCK1)?.num}`)).toEqual([
      "192.0.2.1:5683 0",
      "192.0.2.1:5683 1",
      "192.0.2.77:5683 0",
      "192.0.2.77:5683 1",
      "192.0.2.77:5683 2",
    ]);
    expect(brief(world, task)).toEqual(["SUCCEEDED 2"]);
  });

  it("ends with its task: no block after the active period (row 10)", () => {
    const { world, device } = oneDevice();
    device.script = taking([], { 1: "acknowledge" });
    device.register();
    const task = createTask(world, { taskParameters: { value: LONG, expiresAfter: 5 } });
    world.advance(5);
    expect(brief(world, task)).toEqual(["FAILED 1 4004"]);
    world.advance(200);
    expect(numbers(world, BLOCK1)).toBe("0 1");
  });
});

describe("a Read of 3000 bytes", () => {
  it("is one attempt: the first block by an ordinary request, the others by number", () => {
    const { world, device } = oneDevice();
    device.script = giving(LONG);
    device.register();
    const task = createTask(world, READ);
    expect(brief(world, task)).toEqual(["SUCCEEDED 1"]);
    expect(numbers(world, BLOCK2)).toBe("- 1 2 3 4 5");
    expect(mirrorOf(world, "d")).toEqual({ timezone: LONG });
  });

  it("that breaks off is a failed attempt, and the next one begins anew", () => {
    const { world, device } = oneDevice();
    device.script = giving(LONG, { 2: "reset" });
    device.register();
    const task = createTask(world, READ);
    expect(brief(world, task)).toEqual(["QUEUED 1"]);
    expect(mirrorOf(world, "d")).toEqual({});
    device.script = giving(LONG);
    world.sent.length = 0;
    device.update();
    expect(numbers(world, BLOCK2)).toBe("- 1 2 3 4 5");
    expect(brief(world, task)).toEqual(["SUCCEEDED 2"]);
  });

  it("fails for good by an error in the middle", () => {
    const { world, device } = oneDevice();
    device.script = giving(LONG, { 2: refused("4.04") });
    device.register();
    expect(brief(world, createTask(world, READ))).toEqual(["FAILED 1 4040"]);
  });
});

describe("a Register with a list of 1500 bytes", () => {
  const objects = Array.from({ length: 150 }, (_, instance) => ({ path: `/3303/${instance}`, attributes: new Map() }));
  const register = registerContent({ endpoint: "d", objects });

  /** Sends it in blocks; gives the codes of the answers. */
  const inBlocks = (device: TestDevice): (Code | undefined)[] => [0, 1].map((num) => inBlock(device, num));

  function inBlock(device: TestDevice, num: number): Code | undefined {
    const { block, payload } = cutBlock(register.payload, num * 1_024, 6);
    return device.request({
      ...register,
      options: sortOptions([...register.options, blockOption(BLOCK1, block)]),
      payload,
    });
  }

  it("is taken in blocks: 2.31, then 2.01, and only then is there a registration", () => {
    const { world, device } = oneDevice();
    const task = createTask(world);
    expect(register.payload.length).toBeGreaterThan(1_024);
    expect(inBlocks(device)).toEqual(["2.31", "2.01"]);
    expect(brief(world, task)).toEqual(["SUCCEEDED 1"]);
    expect(requestsSent(world)).toHaveLength(1);
  });

  it("is taken although others have begun bodies without end: 1,000 from one host, and 63 from as many", () => {
    const { world, device } = oneDevice();
    const { block, payload } = cutBlock(register.payload, 0, 6);
    const begin = (from: Address, messageId: number): void => {
      const options = sortOptions([...register.options, blockOption(BLOCK1, block)]);
      const message: CoapMessage = { ...register, options, payload, type: "CON", messageId, token: "01" };
      world.input({ kind: "datagram", from, bytes: encodeMessage(message) });
    };
    for (let host = 0; host < 62; host += 1) begin(address(`203.0.113.${host}:5683`), 1);
    for (let port = 0; port < 1_000; port += 1) begin(address(`198.51.100.9:${10_000 + port}`), 1);
    expect(inBlock(device, 0)).toBe("2.31");
    for (let port = 0; port < 1_000; port += 1) begin(address(`198.51.100.9:${20_000 + port}`), 2);
    expect(inBlock(device, 1)).toBe("2.01");
  });
});
