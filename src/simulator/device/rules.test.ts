import { describe, expect, it } from "vitest";
import { readContent, writeContent } from "../../protocol/lwm2m/operations.ts";
import { response, type Script, scriptedRun } from "./scripted-run.ts";

const write = writeContent([3, 0, 15], 0, new TextEncoder().encode("Asia/Tokyo"));
const read = readContent([3, 0, 9]);

/** What the server is answered, by a device with these rules. */
const answers = (rules: Script["rules"] = {}, more: Partial<Script> = {}): readonly string[] =>
  scriptedRun({
    registersAt: 0,
    until: 10_000,
    requests: [
      [1_000, write],
      [2_000, read],
    ],
    coap: { ackRandomFactor: 1 },
    ...more,
    rules,
  }).answers.map(({ code }) => code);

describe("DeviceRules", () => {
  it("are those of a sound device when none is replaced", () => {
    expect(answers()).toEqual(["2.04", "2.05"]);
    expect(answers(undefined)).toEqual(["2.04", "2.05"]);
  });

  it("let a device answer another code than its objects say, by the request", () => {
    const rules: Script["rules"] = { answer: (request, right) => (request.code === "0.03" ? response("4.06") : right) };
    expect(answers(rules)).toEqual(["4.06", "2.05"]);
  });

  it("do not touch errors that the plan asks for", () => {
    const behaviour = { kind: "error", code: "4.01" } as const;
    const faults = [{ kind: "behaviour", device: 0, from: 0, until: 9_000, match: {}, behaviour }] as const;
    expect(answers({ answer: () => response("4.06") }, { faults })).toEqual(["4.01", "4.01"]);
  });

  it("let a device forget its messages, lose its datagrams, or break its message layer", () => {
    const faults = [
      { kind: "duplication", device: 0, from: 900, until: 1_100, direction: "down", permille: 1_000, delay: 50 },
    ] as const;
    const writes = (rules: Script["rules"]): number =>
      scriptedRun({ registersAt: 0, until: 5_000, requests: [[1_000, write]], faults, rules }).log.filter((line) =>
        line.includes("written"),
      ).length;
    expect(writes({})).toBe(1);
    expect(writes({ deduplicates: () => false })).toBe(2);
    expect(writes({ coap: { duplicateRequest: () => "process-again" } })).toBe(2);
    const mute = scriptedRun({ registersAt: 0, until: 5_000, rules: { datagram: () => undefined } });
    expect(mute.datagrams).toEqual([]);
  });
});
