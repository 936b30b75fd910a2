import { describe, expect, it } from "vitest";
import { blockOption } from "../../protocol/coap/block.ts";
import { BLOCK1, SIZE1, sortOptions, uintOption } from "../../protocol/coap/options.ts";
import type { CoapContent } from "../../protocol/coap/types.ts";
import { encodeInstance, TEXT, TLV } from "../../protocol/lwm2m/content.ts";
import { buildFirmwareImage } from "../../protocol/lwm2m/firmware-image.ts";
import { writeContent } from "../../protocol/lwm2m/operations.ts";
import type { Fault } from "../model/fault.ts";
import { codes, IMAGE, push, read, run, story, texts, UPDATE, VERSION, WINDOW, write } from "./firmware-test-kit.ts";

describe("a push", () => {
  const PUSHED = ["1 s package-begins 1/0 1.0.0", "1 s downloaded 2/0 1.0.0"];
  const UPDATED = [...PUSHED, "10 s execute 3/0 1.0.0", "15 s reboot", "18 s boot", "18 s installed 0/1 2.0.0"];

  it("downloads at the first block, has it at the last, installs, reboots, and registers with the new version (ETS 770)", () => {
    const done = run({
      requests: [
        [1_000, push(IMAGE)],
        [9_000, read(7)],
        [10_000, UPDATE],
        [10_500, read(3)],
        [10_600, VERSION],
        [19_000, read(3)],
        [19_500, read(5)],
        [20_000, VERSION],
      ],
    });
    expect(story(done)).toEqual(UPDATED);
    expect(codes(done).slice(0, 3)).toEqual(["2.04", "2.05", "2.04"]);
    expect(texts(done)).toEqual(["", "2.0.0", "", "3", "1.0.0", "0", "1", "2.0.0"]);
    const registers = done.log.filter((line) => line.includes("device CON 0.02 /rd?"));
    expect(registers.length).toBe(2);
  });

  it("is at State 1 after the first block already", () => {
    const slow: Fault = { kind: "latency", ...WINDOW, direction: "down", delay: 500 };
    const between = run({
      requests: [
        [1_000, push(IMAGE)],
        [1_700, read(3)],
      ],
      script: { faults: [slow] },
    });
    expect(story(between)).toEqual(["1 s package-begins 1/0 1.0.0", "4 s downloaded 2/0 1.0.0"]);
    expect(texts(between)).toEqual(["1", ""]);
  });

  it("takes a small image in one message, and one in TLV or text", () => {
    const small = buildFirmwareImage({ name: "a", version: "3", payload: new Uint8Array(0) });
    const base64 = new TextEncoder().encode(Buffer.from(small).toString("base64"));
    const ways = [
      push(small),
      writeContent([5, 0, 0], TEXT, base64),
      writeContent([5, 0], TLV, encodeInstance(5, new Map([[0, small]]))),
    ];
    for (const way of ways) expect(story(run({ requests: [[1_000, way]] }))).toEqual(PUSHED);
  });

  it("comes through loss and copies of any block, and begins once", () => {
    const faults: Fault[] = [
      { kind: "loss", ...WINDOW, from: 500, direction: "both", permille: 300 },
      { kind: "duplication", ...WINDOW, from: 500, direction: "both", permille: 500, delay: 40 },
    ];
    for (const seed of ["a", "b", "c", "d", "e"]) {
      const through = run({ requests: [[1_000, push(IMAGE)]], script: { faults, seed, until: 200_000 } });
      expect(story(through).map((line) => line.slice(line.indexOf("s ") + 2))).toEqual([
        "package-begins 1/0 1.0.0",
        "downloaded 2/0 1.0.0",
      ]);
      expect(codes(through)).toEqual(["2.04"]);
    }
  });

  it("ends with 4.08 when the device reboots between two blocks, and begins at 0 again", () => {
    const again = run({
      firmware: { troubles: [{ kind: "reboots-in-download", block: 2 }] },
      requests: [
        [1_000, push(IMAGE)],
        [20_000, push(IMAGE)],
      ],
    });
    expect(story(again)).toEqual([
      "1 s package-begins 1/0 1.0.0",
      "1 s reboot",
      "1 s reboot 0/0 1.0.0",
      "4 s boot",
      "20 s package-begins 1/0 1.0.0",
      "20 s downloaded 2/0 1.0.0",
    ]);
    expect(again.log.slice(0, 20)).toContain("8580 failed incomplete");
    expect(codes(again)).toEqual(["2.04"]);
  });

  it("is over with Result 4 when no block has come for EXCHANGE_LIFETIME (247 s)", () => {
    const offline: Fault = { kind: "offline", ...WINDOW, from: 1_050, until: 500_000 };
    const slow: Fault = { kind: "latency", ...WINDOW, direction: "both", delay: 20 };
    const lost = run({ requests: [[1_000, push(IMAGE)]], script: { faults: [offline, slow], until: 400_000 } });
    expect(story(lost)).toEqual(["1 s package-begins 1/0 1.0.0", "248 s download-failed 0/4 1.0.0"]);
  });

  it.each([
    ["noise", new Uint8Array(3_000).fill(1), 6],
    ["a changed byte", IMAGE.map((byte, at) => (at === 4_000 ? byte ^ 1 : byte)), 5],
    ["a missing end", IMAGE.subarray(0, 4_000), 5],
  ] as const)("of %s is seen in the bytes that came: 0/%s", (_what, bytes, result) => {
    const failed = run({
      requests: [
        [1_000, push(bytes)],
        [9_000, UPDATE],
      ],
    });
    expect(story(failed)).toEqual(["1 s package-begins 1/0 1.0.0", `1 s download-failed 0/${result} 1.0.0`]);
    expect(codes(failed)).toEqual(["2.04", "4.05"]);
    const loud = run({ firmware: { refusesBadPackages: true }, requests: [[1_000, push(bytes)]] });
    expect(codes(loud)).toEqual(["4.00"]);
  });

  it.each([2, 3, 4, 5, 6, 7, 8, 9])(
    "ends with the Result %s that the plan says, and the next one is sound",
    (result) => {
      const twice = run({
        firmware: { troubles: [{ kind: "download-fails", result }] },
        requests: [
          [1_000, push(IMAGE)],
          [5_000, push(IMAGE)],
        ],
      });
      expect(story(twice).slice(1, 4)).toEqual([
        `1 s download-failed 0/${result} 1.0.0`,
        "5 s package-begins 1/0 1.0.0",
        "5 s downloaded 2/0 1.0.0",
      ]);
    },
  );

  it("is refused by a device that only pulls (4.05), at Downloaded (4.00) and at Updating (4.05)", () => {
    const pulls = run({ firmware: { delivery: "pull" }, requests: [[1_000, push(IMAGE)]] });
    expect([codes(pulls), story(pulls)]).toEqual([["4.05"], []]);
    const late = run({
      requests: [
        [1_000, push(IMAGE)],
        [5_000, push(IMAGE)],
        [10_000, UPDATE],
        [11_000, push(IMAGE)],
      ],
    });
    expect(codes(late)).toEqual(["2.04", "4.00", "2.04", "4.05"]);
    expect(story(late)).toEqual(UPDATED);
  });

  it("of more bytes than its model has room for is refused with 4.13 and Result 2", () => {
    for (const [largestImage, codeOf] of [
      [IMAGE.length - 1, ["4.13"]],
      [IMAGE.length, ["2.04"]],
    ] as const) {
      const full = run({ firmware: { largestImage }, requests: [[1_000, push(IMAGE)]] });
      expect([largestImage, codes(full)]).toEqual([largestImage, codeOf]);
      expect(story(full).at(1)).toMatch(codeOf[0] === "4.13" ? /download-failed 0\/2/ : /downloaded 2\/0/);
    }
  });

  /** One block by itself, past the layer that cuts bodies. */
  const block = (num: number, more = true): CoapContent => {
    const { options, ...content } = push(new Uint8Array(16));
    return { ...content, options: [...options, blockOption(BLOCK1, { num, more, szx: 0 })] };
  };

  it("may have 16 MiB, and no byte more, where its model says nothing", () => {
    const { options, ...first } = block(0);
    for (const [size, code] of [
      [16_777_216, "2.31"],
      [16_777_217, "4.13"],
    ] as const) {
      const announced = { ...first, options: sortOptions([...options, uintOption(SIZE1, size)]) };
      expect(codes(run({ requests: [[1_000, announced]] }))).toEqual([code]);
    }
  });

  it("whose blocks go beyond that is refused as well, although nobody said so before", () => {
    const beyond = run({
      requests: [
        [1_000, block(0)],
        [2_000, block(4_096)],
      ],
      firmware: { largestImage: 65_536 },
    });
    expect(codes(beyond)).toEqual(["2.31", "4.13"]);
    expect(story(beyond)).toEqual(["1 s package-begins 1/0 1.0.0", "2 s download-failed 0/2 1.0.0"]);
  });

  it("does not go on after a reset in its middle: 4.08, until block 0 comes again", () => {
    const torn = run({
      requests: [
        [1_000, block(0)],
        [2_000, write("")],
        [3_000, block(1)],
        [4_000, block(1, false)],
        [5_000, block(0)],
        [6_000, block(0)],
        [7_000, block(1)],
      ],
    });
    expect(codes(torn)).toEqual(["2.31", "2.04", "4.08", "4.08", "2.31", "2.31", "2.31"]);
    expect(story(torn)).toEqual([
      "1 s package-begins 1/0 1.0.0",
      "2 s reset 0/0 1.0.0",
      "5 s package-begins 1/0 1.0.0",
      "6 s package-begins 1/0 1.0.0",
    ]);
  });

  it("is forgotten at a reset: by no byte, by one zero byte, by no URI (4.05 at Updating)", () => {
    for (const reset of [push(new Uint8Array(0)), push(Uint8Array.of(0)), write("")]) {
      const back = run({
        requests: [
          [1_000, push(IMAGE)],
          [5_000, reset],
          [6_000, read(7)],
          [7_000, UPDATE],
        ],
      });
      expect(story(back)).toEqual([...PUSHED, "5 s reset 0/0 1.0.0"]);
      expect([codes(back), texts(back)[2]]).toEqual([["2.04", "2.04", "2.05", "4.05"], ""]);
      expect(
        codes(
          run({
            requests: [
              [1_000, push(IMAGE)],
              [10_000, UPDATE],
              [11_000, reset],
            ],
          }),
        ),
      ).toEqual(["2.04", "2.04", "4.05"]);
    }
  });
});
