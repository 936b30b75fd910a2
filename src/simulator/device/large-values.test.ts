import { describe, expect, it } from "vitest";
import { decodeMessage } from "../../protocol/coap/message.ts";
import { BLOCK1, BLOCK2, uintValue } from "../../protocol/coap/options.ts";
import { decodeResource, TEXT, TLV } from "../../protocol/lwm2m/content.ts";
import { readContent, writeContent } from "../../protocol/lwm2m/operations.ts";
import { scriptedRun } from "./scripted-run.ts";

const LONG = "Atlantis/".repeat(334).slice(0, 3_000);
const write = writeContent([3, 0, 15], TEXT, new TextEncoder().encode(LONG));
const read = readContent([3, 0, 15], TEXT);
const text = (payload: Uint8Array): unknown => {
  const value = decodeResource(3, 15, TEXT, payload);
  return value.ok ? value.value : value.error;
};
/** Datagrams that carry a block. */
const blocks = (datagrams: readonly string[]): number =>
  datagrams.filter((hex) => {
    const decoded = decodeMessage(Uint8Array.from(Buffer.from(hex, "hex")));
    return decoded.ok && [BLOCK1, BLOCK2].some((number) => uintValue(decoded.value, number) !== undefined);
  }).length;

describe("a value of 3000 bytes", () => {
  it("is written at once when its last block has come, and is read as it was written", () => {
    const run = scriptedRun({
      registersAt: 0,
      until: 9_000,
      requests: [
        [1_000, write],
        [5_000, read],
      ],
    });
    expect(run.answers.map(({ code }) => code)).toEqual(["2.04", "2.05"]);
    expect(run.effects.filter(({ kind }) => kind === "effect")).toMatchObject([
      { effect: "written", path: "3/0/15", value: LONG },
      { effect: "read", path: "3/0/15", value: LONG },
    ]);
    expect(text(run.answers[1]?.payload ?? new Uint8Array(0))).toBe(LONG);
    // Three requests and answers for the Write; for the Read the same, but that its first request asks for no block.
    expect(blocks(run.datagrams)).toBe(6 + 5);
  });

  it("is not written when the device reboots between two blocks: 4.08, and it begins anew", () => {
    const run = scriptedRun({
      registersAt: 0,
      until: 60_000,
      model: { bootTime: 10 },
      commands: [[1_030, { kind: "reboot" }]],
      requests: [[1_000, write]],
    });
    expect(run.log.filter((line) => line.includes("failed"))).toHaveLength(1);
    expect(run.log.some((line) => line.endsWith("failed incomplete"))).toBe(true);
    expect(run.effects.filter(({ kind }) => kind === "effect")).toEqual([]);
  });
});

describe("a device with blocks of 16 bytes", () => {
  it("gives its device object in them, and takes a Write of 3000 bytes in them after the first", () => {
    const run = scriptedRun({
      registersAt: 0,
      until: 60_000,
      model: { blockSize: 16 },
      requests: [
        [1_000, readContent([3, 0], TLV)],
        [10_000, write],
      ],
    });
    expect(run.answers.map(({ code }) => code)).toEqual(["2.05", "2.04"]);
    const whole = scriptedRun({ registersAt: 0, until: 60_000, requests: [[1_000, readContent([3, 0], TLV)]] });
    expect(run.answers[0]?.payload).toEqual(whole.answers[0]?.payload);
    const first = Math.ceil((whole.answers[0]?.payload.length ?? 0) / 16);
    const second = 1 + Math.ceil((3_000 - 1_024) / 16);
    expect(blocks(run.datagrams)).toBe(2 * first - 1 + 2 * second);
    expect(run.effects.filter(({ kind }) => kind === "effect")).toHaveLength(2);
  });

  it("registers as ever: its own requests are no matter of it", () => {
    const [small, ordinary] = [{ blockSize: 16 } as const, {}].map((model) =>
      scriptedRun({ registersAt: 0, until: 1_000, model }),
    );
    expect(small?.datagrams).toEqual(ordinary?.datagrams);
  });

  it("may take its time for the last block, and answers in a message of its own", () => {
    const run = scriptedRun({
      registersAt: 0,
      until: 60_000,
      model: { blockSize: 1_024, thinkTime: 500 },
      requests: [[1_000, write]],
    });
    expect(run.answers.map(({ code }) => code)).toEqual(["2.04"]);
    expect(run.log.filter((line) => line.includes("device CON 2.04"))).toHaveLength(1);
  });
});
