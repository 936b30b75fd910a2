import { describe, expect, it } from "vitest";
import { readBlock } from "../../protocol/coap/block.ts";
import { decodeMessage } from "../../protocol/coap/message.ts";
import { BLOCK1, BLOCK2 } from "../../protocol/coap/options.ts";
import { TEXT } from "../../protocol/lwm2m/content.ts";
import { readContent, writeContent } from "../../protocol/lwm2m/operations.ts";
import type { Behaviour, RequestMatch } from "../model/device.ts";
import type { Fault } from "../model/fault.ts";
import { type Script, scriptedRun } from "./scripted-run.ts";

const LONG = Array.from({ length: 800 }, (_, index) => index)
  .join("/")
  .slice(0, 3_000);
const WRITE = writeContent([3, 0, 15], TEXT, new TextEncoder().encode(LONG));
const READ = readContent([3, 0, 15], TEXT);

const does = (behaviour: Behaviour, match: RequestMatch): Fault => ({
  kind: "behaviour",
  device: 0,
  from: 0,
  until: 100_000,
  match,
  behaviour,
});

const run = (content: typeof WRITE, script: Partial<Script> = {}) =>
  scriptedRun({ registersAt: 0, until: 200_000, requests: [[1_000, content]], ...script });

/** Each datagram of a transfer, as `number/more/size`, answers with their code in front. */
function transfer({ datagrams }: ReturnType<typeof scriptedRun>, option: typeof BLOCK1 | typeof BLOCK2): string[] {
  return datagrams.flatMap((hex) => {
    const decoded = decodeMessage(Uint8Array.from(Buffer.from(hex, "hex")));
    const read = decoded.ok ? readBlock(decoded.value, option) : undefined;
    if (!decoded.ok || read?.kind !== "block") return [];
    const { num, more, szx } = read.block;
    const code = decoded.value.code.startsWith("0.") ? "" : `${decoded.value.code} `;
    return [`${code}${num}/${more ? 1 : 0}/${2 ** (szx + 4)}`];
  });
}

const writes = ({ effects }: ReturnType<typeof scriptedRun>): unknown[] =>
  effects.flatMap((effect) => (effect.kind === "effect" && effect.effect === "written" ? [effect.value] : []));

describe("a device that is told what to do with a block", () => {
  it("asks for smaller blocks after the second one, and gets the value whole (RFC 7959 §2.5)", () => {
    const told = run(WRITE, { faults: [does({ kind: "smaller-blocks", size: 512 }, { block: 1 })] });
    expect(transfer(told, BLOCK1)).toEqual([
      "0/1/1024",
      "2.31 0/1/1024",
      "1/1/1024",
      "2.31 1/1/512",
      "4/1/512",
      "2.31 4/1/512",
      "5/0/512",
      "2.04 5/0/512",
    ]);
    expect(writes(told)).toEqual([LONG]);
  });

  it("answers 4.13 with the size that it takes to the first one, once, and gets the value in that size (§2.9.3)", () => {
    const told = run(WRITE, { faults: [does({ kind: "too-large", size: 512 }, { block: 0, once: true })] });
    expect(transfer(told, BLOCK1).slice(0, 4)).toEqual(["0/1/1024", "4.13 0/1/512", "0/1/512", "2.31 0/1/512"]);
    expect(writes(told)).toEqual([LONG]);
  });

  it("forgets the value at 4.08: what comes after it is none that it knows (§2.9.2)", () => {
    const told = run(WRITE, { faults: [does({ kind: "error", code: "4.08" }, { block: 1, once: true })] });
    expect(told.log.some((line) => line.endsWith("failed incomplete"))).toBe(true);
    expect(writes(told)).toEqual([]);
  });

  it.each([
    ["silent", "no-acknowledgement"],
    ["acknowledge-only", "no-response"],
    ["reset", "reset"],
  ] as const)("is %s at the last block of three: the Write fails by %s, and nothing is written", (kind, reason) => {
    const told = run(WRITE, { faults: [does({ kind }, { block: 2 })] });
    expect(told.log.some((line) => line.endsWith(`failed ${reason}`))).toBe(true);
    expect(writes(told)).toEqual([]);
  });

  it("reboots at a block, without an answer, and knows nothing of the others afterwards", () => {
    const told = run(WRITE, {
      faults: [does({ kind: "reboots" }, { block: 1, once: true })],
      model: { bootTime: 500 },
    });
    expect(told.effects.filter((effect) => effect.kind === "state").map(({ event }) => event)).toEqual([
      "reboot",
      "boot",
    ]);
    expect(told.log.some((line) => line.endsWith("failed incomplete"))).toBe(true);
    expect(writes(told)).toEqual([]);
  });

  it("gives blocks of another value, with another ETag, when it has changed meanwhile (§2.8)", () => {
    const model = { longTexts: 3_000 };
    const told = run(READ, { model, faults: [does({ kind: "changes" }, { operation: "read", block: 1, once: true })] });
    expect(told.log.some((line) => line.endsWith("failed incomplete"))).toBe(true);
    const twice: Partial<Script> = {
      model,
      requests: [
        [1_000, READ],
        [50_000, READ],
      ],
      faults: [does({ kind: "changes" }, { block: 1, once: true })],
    };
    const [answer] = run(READ, twice).answers;
    expect(answer?.payload).toHaveLength(3_000);
    const [before] = run(READ, { model }).answers;
    expect(answer?.payload).not.toEqual(before?.payload);
  });

  it("does nothing of it to a request as a whole, nor to the first block of a Read", () => {
    for (const block of [0, 1]) {
      const short = run(readContent([3, 0, 0], TEXT), { faults: [does({ kind: "silent" }, { block })] });
      expect(short.answers.map(({ code }) => code)).toEqual(["2.05"]);
    }
    const whole = run(WRITE, { faults: [does({ kind: "error", code: "4.04" }, { operation: "write" })] });
    expect(transfer(whole, BLOCK1).at(-1)).toBe("4.04 2/0/1024");
  });

  it("does it once where it is told so, and else as often as it is asked", () => {
    const twice = (once: { once?: true }): Partial<Script> => ({
      requests: [
        [1_000, WRITE],
        [50_000, WRITE],
      ],
      faults: [does({ kind: "error", code: "5.03" }, { block: 1, ...once })],
    });
    expect(run(WRITE, twice({ once: true })).answers.map(({ code }) => code)).toEqual(["5.03", "2.04"]);
    expect(run(WRITE, twice({})).answers.map(({ code }) => code)).toEqual(["5.03", "5.03"]);
  });
});

it("a device with long texts gives 3000 letters of its timezone, and few of its model number", () => {
  const told = (path: [number, number, number]) => run(readContent(path, TEXT), { model: { longTexts: 3_000 } });
  expect(told([3, 0, 15]).answers[0]?.payload).toHaveLength(3_000);
  expect(transfer(told([3, 0, 15]), BLOCK2)).toEqual([
    "2.05 0/1/1024",
    "1/0/1024",
    "2.05 1/1/1024",
    "2/0/1024",
    "2.05 2/0/1024",
  ]);
  expect(told([3, 0, 1]).answers[0]?.payload.length).toBeLessThan(20);
});
