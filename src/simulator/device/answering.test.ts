import { describe, expect, it } from "vitest";
import { decodeMessage } from "../../protocol/coap/message.ts";
import { CONTENT_FORMAT, uintOption } from "../../protocol/coap/options.ts";
import type { CoapMessage } from "../../protocol/coap/types.ts";
import { executeContent, readContent, writeContent } from "../../protocol/lwm2m/operations.ts";
import type { Behaviour, DeviceModel, RequestMatch } from "../model/device.ts";
import type { Fault } from "../model/fault.ts";
import { scriptedRun } from "./scripted-run.ts";

const read = readContent([3, 0, 9]);
const write = writeContent([3, 0, 15], 0, new TextEncoder().encode("Asia/Tokyo"));
const reboot = executeContent([3, 0, 4]);
const behaves = (behaviour: Behaviour, match: RequestMatch = {}, from = 0, until = 1_000_000): Fault => ({
  kind: "behaviour",
  device: 0,
  from,
  until,
  match,
  behaviour,
});
const copies = (direction: "up" | "down", delay: number): Fault => ({
  kind: "duplication",
  device: 0,
  direction,
  from: 900,
  until: 1_500,
  permille: 1_000,
  delay,
});

/** What follows the registration, when the server sends that request at 1000 ms. */
function exchange(
  content: typeof read,
  faults: readonly Fault[] = [],
  model: Partial<DeviceModel> = {},
  until = 100_000,
): readonly string[] {
  const run = scriptedRun({
    registersAt: 0,
    until,
    faults,
    model,
    requests: [[1_000, content]],
    coap: { ackRandomFactor: 1 },
  });
  return run.log.slice(2);
}
const messages = (datagrams: readonly string[]): readonly CoapMessage[] =>
  datagrams.map((hex) => {
    const decoded = decodeMessage(Buffer.from(hex, "hex"));
    if (!decoded.ok) throw new Error(decoded.error.kind);
    return decoded.value;
  });

describe("a device that behaves", () => {
  it("answers at once, piggybacked", () => {
    expect(exchange(write)).toEqual([
      "1000 server CON 0.03 /3/0/15",
      '1010 written 3/0/15 "Asia/Tokyo"',
      "1010 device ACK 2.04",
      "1020 answer 2.04",
    ]);
  });

  it("with `thinkTime` acknowledges at once, does it at once, and answers separately later", () => {
    expect(exchange(write, [], { thinkTime: 700 })).toEqual([
      "1000 server CON 0.03 /3/0/15",
      '1010 written 3/0/15 "Asia/Tokyo"',
      "1010 device ACK 0.00",
      "1710 device CON 2.04",
      "1720 server ACK 0.00",
      "1720 answer 2.04",
    ]);
  });

  it("answers in a message of its own without an acknowledgement, and copies get none either, when told so", () => {
    const alone = (type: "CON" | "NON", delay: number) =>
      exchange(write, [behaves({ kind: "answer-before-ack", type, delay })]);
    expect(alone("CON", 700)).toEqual([
      "1000 server CON 0.03 /3/0/15",
      '1010 written 3/0/15 "Asia/Tokyo"',
      "1710 device CON 2.04",
      "1720 server ACK 0.00",
      "1720 answer 2.04",
    ]);
    expect(alone("NON", 0)).toEqual([
      "1000 server CON 0.03 /3/0/15",
      '1010 written 3/0/15 "Asia/Tokyo"',
      "1010 device NON 2.04",
      "1020 answer 2.04",
    ]);
    expect(alone("NON", 2_500).filter((line) => line.includes("device"))).toEqual(["3510 device NON 2.04"]);
  });

  it("does a duplicated request once and repeats its answer (RFC 7252 §4.5)", () => {
    const lines = exchange(write, [copies("down", 100)]);
    expect(lines.filter((line) => line.includes("written"))).toEqual(['1010 written 3/0/15 "Asia/Tokyo"']);
    expect(lines.filter((line) => line.includes("ACK 2.04"))).toEqual(["1010 device ACK 2.04", "1110 device ACK 2.04"]);
  });

  it("without deduplication does each copy anew", () => {
    const lines = exchange(write, [copies("down", 100)], { deduplicates: false });
    expect(lines.filter((line) => line.includes("written"))).toEqual([
      '1010 written 3/0/15 "Asia/Tokyo"',
      '1110 written 3/0/15 "Asia/Tokyo"',
    ]);
  });

  it("names message id and token of the request in its effects", () => {
    const run = scriptedRun({ registersAt: 0, until: 2_000, requests: [[1_000, write]] });
    const request = messages(run.datagrams).find((message) => message.code === "0.03");
    const [effect] = run.effects.filter((each) => each.kind === "effect");
    expect(effect).toEqual({
      kind: "effect",
      effect: "written",
      path: "3/0/15",
      value: "Asia/Tokyo",
      messageId: request?.messageId,
      token: request?.token,
    });
  });

  it("reboots after the answer to Execute /3/0/4 left, then registers", () => {
    expect(exchange(reboot)).toEqual([
      "1000 server CON 0.02 /3/0/4",
      "1010 executed 3/0/4",
      "1010 device ACK 2.04",
      "1010 reboot",
      "1020 answer 2.04",
      "4010 boot",
      "4010 device CON 0.02 /rd?ep=meter-7&lwm2m=1.0&b=U",
      "4020 server ACK 2.01",
    ]);
  });

  it("forgets in a reboot which requests it has answered: a copy is executed again", () => {
    const lines = exchange(reboot, [copies("down", 5_000)], {}, 6_500);
    expect(lines.filter((line) => line.includes("executed"))).toEqual(["1010 executed 3/0/4", "6010 executed 3/0/4"]);
  });

  it("sends an Update after Execute /1/0/8", () => {
    expect(exchange(executeContent([1, 0, 8])).slice(1, 4)).toEqual([
      "1010 executed 1/0/8",
      "1010 device ACK 2.04",
      "1010 device CON 0.02 /rd/0",
    ]);
  });

  it("tells a lifetime written to /1/0/1 by an Update, and lives by it", () => {
    const lines = scriptedRun({
      registersAt: 0,
      until: 60_000,
      model: { lifetime: 20 },
      requests: [[1_000, writeContent([1, 0, 1], 0, new TextEncoder().encode("50"))]],
      faults: [{ kind: "offline", device: 0, from: 2_000, until: 45_000 }],
    }).log;
    expect(lines.slice(3, 7)).toEqual([
      "1010 written 1/0/1 50",
      "1010 device ACK 2.04",
      "1010 device CON 0.02 /rd/0?lt=50",
      "1020 answer 2.04",
    ]);
    expect(lines).toContain("45000 device CON 0.02 /rd/0");
  });
});

describe("a device that misbehaves as planned", () => {
  it("error: answers the code with the diagnostic as payload, and does nothing", () => {
    const run = scriptedRun({
      registersAt: 0,
      until: 2_000,
      requests: [[1_000, reboot]],
      faults: [behaves({ kind: "error", code: "4.00", diagnostic: "not now" })],
    });
    expect(run.log.slice(2)).toEqual(["1000 server CON 0.02 /3/0/4", "1010 device ACK 4.00", "1020 answer 4.00"]);
    expect(new TextDecoder().decode(run.answers[0]?.payload)).toBe("not now");
    expect(run.answers[0]?.options).toEqual([]);
  });

  it("error: comes after `thinkTime` too", () => {
    expect(exchange(read, [behaves({ kind: "error", code: "5.03" })], { thinkTime: 500 })).toContain(
      "1510 device CON 5.03",
    );
  });

  it("success: does what is asked, and answers with the code and content commanded, whether they fit or not", () => {
    const answer = { kind: "success", code: "2.05", format: 11_542, payload: "c80914" } as const;
    expect(exchange(write, [behaves(answer)]).slice(1, 4)).toEqual([
      '1010 written 3/0/15 "Asia/Tokyo"',
      "1010 device ACK 2.05",
      "1020 answer 2.05",
    ]);
    const run = (behaviour: Behaviour) =>
      scriptedRun({ registersAt: 0, until: 9_000, faults: [behaves(behaviour)], requests: [[1_000, read]] });
    const [misfit] = run(answer).answers;
    expect([...(misfit?.payload ?? [])]).toEqual([0xc8, 9, 0x14]);
    expect(misfit?.options).toEqual([uintOption(CONTENT_FORMAT, 11_542)]);
    const [bare] = run({ kind: "success", code: "2.04" }).answers;
    expect([bare?.code, bare?.options, bare?.payload.length]).toEqual(["2.04", [], 0]);
  });

  it("slow: does it at once and answers `delay` later, and reboots only then", () => {
    expect(exchange(reboot, [behaves({ kind: "slow", delay: 3_000 })]).slice(1, 5)).toEqual([
      "1010 executed 3/0/4",
      "1010 device ACK 0.00",
      "4010 device CON 2.04",
      "4010 reboot",
    ]);
  });

  it("slow by 0: a separate response right after the ACK", () => {
    expect(exchange(read, [behaves({ kind: "slow", delay: 0 })]).slice(2, 4)).toEqual([
      "1010 device ACK 0.00",
      "1010 device CON 2.05",
    ]);
  });

  it("slow: never answers what it owed when it reboots meanwhile", () => {
    const run = scriptedRun({
      registersAt: 0,
      until: 9_000,
      requests: [[1_000, read]],
      faults: [behaves({ kind: "slow", delay: 5_000 })],
      commands: [[2_000, { kind: "reboot" }]],
    });
    expect(run.log.some((line) => line.includes("2.05"))).toBe(false);
  });

  it("silent: neither acknowledges nor answers, nor does anything", () => {
    const lines = exchange(write, [behaves({ kind: "silent" })]);
    expect(lines.map((line) => line.split(" ").slice(1).join(" "))).toEqual([
      ...new Array(5).fill("server CON 0.03 /3/0/15"),
      "failed no-acknowledgement",
    ]);
  });

  it("acknowledge-only: an empty ACK, also for a copy, and nothing else", () => {
    const lines = exchange(write, [behaves({ kind: "acknowledge-only" }), copies("down", 100)], {}, 200_000);
    expect(lines).toEqual([
      "1000 server CON 0.03 /3/0/15",
      "1010 device ACK 0.00",
      "1110 device ACK 0.00",
      "121020 failed no-response",
    ]);
  });

  it("reset: RST, and nothing done", () => {
    expect(exchange(write, [behaves({ kind: "reset" })])).toEqual([
      "1000 server CON 0.03 /3/0/15",
      "1010 device RST 0.00",
      "1020 failed reset",
    ]);
  });

  it("does so from the start of the window up to, not including, its end", () => {
    const code = (from: number, until: number) =>
      exchange(read, [behaves({ kind: "error", code: "5.00" }, {}, from, until)]).at(-1);
    expect([code(1_010, 1_011), code(0, 1_010), code(1_011, 2_000)]).toEqual([
      "1020 answer 5.00",
      "1020 answer 2.05",
      "1020 answer 2.05",
    ]);
  });

  it("matches by operation and by whole segments of the path, and the first that matches wins", () => {
    const code = (match: RequestMatch, content = read) =>
      exchange(content, [
        behaves({ kind: "error", code: "5.00" }, match),
        behaves({ kind: "error", code: "5.01" }, match),
      ])[2];
    const hit = "1020 answer 5.00";
    expect(
      [{}, { operation: "read" }, { path: "3" }, { path: "3/0" }, { path: "3/0/9" }].map((match) =>
        code(match as RequestMatch),
      ),
    ).toEqual([hit, hit, hit, hit, hit]);
    expect(
      [{ operation: "write" }, { path: "3/0/90" }, { path: "3/1" }, { path: "1" }].map((match) =>
        code(match as RequestMatch),
      ),
    ).not.toContain(hit);
    expect(code({ path: "3/0/1" }, readContent([3, 0, 15]))).not.toBe(hit);
    expect(code({ path: "3/0/15" }, readContent([3, 0]))).not.toBe(hit);
    expect(code({ operation: "execute" }, reboot)).toBe(hit);
    expect(code({ operation: "write" }, write)).toBe(hit);
  });
});

describe("a stray response", () => {
  const stray = (
    token: "unknown" | "last",
    type: "CON" | "NON" | "ACK",
    requests: readonly (readonly [number, typeof read])[] = [[1_000, read]],
  ) =>
    scriptedRun({
      registersAt: 0,
      until: 9_000,
      requests,
      commands: [[2_000, { kind: "stray-response", token, type }]],
    });

  it.each(["CON", "NON", "ACK"] as const)("of type %s has a token that nobody waits for", (type) => {
    const run = stray("unknown", type);
    expect(run.log).toContain(`2000 device ${type} 2.05`);
    const tokens = messages(run.datagrams.slice(0, 4)).map((message) => message.token);
    const sent = messages(run.datagrams)[4];
    expect(sent?.token).toMatch(/^[0-9a-f]{16}$/);
    expect(tokens).not.toContain(sent?.token);
    expect(run.log.includes("2010 server RST 0.00")).toBe(type === "CON");
  });

  it("of the last exchange repeats its token and code under a fresh message id", () => {
    const [, , request, answer, again] = messages(stray("last", "CON").datagrams);
    expect([again?.token, again?.code]).toEqual([request?.token, answer?.code]);
    expect(again?.messageId).not.toBe(answer?.messageId);
  });

  it("of the last exchange is skipped when there was none", () => {
    expect(stray("last", "NON", []).log).toContain("2000 skipped stray-response");
  });

  it("can have the message id of the last request and a code of its own; without a request it is skipped", () => {
    const foreign = (requests: readonly (readonly [number, typeof read])[]) =>
      scriptedRun({
        registersAt: 0,
        until: 9_000,
        requests,
        faults: [behaves({ kind: "slow", delay: 3_000 })],
        commands: [
          [2_000, { kind: "stray-response", token: "unknown", type: "ACK", messageId: "asked", code: "4.04" }],
        ],
      });
    const run = foreign([[1_000, read]]);
    const [, , request, , sent] = messages(run.datagrams);
    expect(sent).toMatchObject({ type: "ACK", code: "4.04", messageId: request?.messageId });
    expect(sent?.token).not.toBe(request?.token);
    // The answer to the request still counts.
    expect(run.log.filter((line) => line.includes("answer"))).toEqual(["4020 answer 2.05"]);
    expect(foreign([]).log).toContain("2000 skipped stray-response");
  });

  it("takes no message id that the device's next message needs", () => {
    const run = scriptedRun({
      registersAt: 0,
      until: 9_000,
      commands: [
        [1_000, { kind: "stray-response", token: "unknown", type: "CON" }],
        [1_100, { kind: "stray-response", token: "unknown", type: "NON" }],
        [2_000, { kind: "update" }],
      ],
    });
    const [register, , first, , second, update] = messages(run.datagrams).map((message) => message.messageId);
    expect(update).toBe(((register ?? 0) + 1) & 0xffff);
    expect(new Set([register, first, second, update]).size).toBe(4);
  });
});
