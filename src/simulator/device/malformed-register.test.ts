import { describe, expect, it } from "vitest";
import type { CoapMessage } from "../../protocol/coap/types.ts";
import { parseRegister } from "../../protocol/lwm2m/registration.ts";
import { registerContent } from "../../protocol/lwm2m/registration-requests.ts";
import { REGISTER_DEFECTS, type RegisterDefect } from "../model/device.ts";
import { malformedRegister } from "./malformed-register.ts";
import { response, scriptedRun } from "./scripted-run.ts";

const SOUND = registerContent({
  endpoint: "meter-7",
  lifetime: 300,
  version: "1.1",
  binding: "U",
  objects: [{ path: "/3/0", attributes: new Map() }],
});

const message = (defect?: RegisterDefect): CoapMessage => ({
  type: "CON",
  messageId: 1,
  token: "aa",
  ...(defect === undefined ? SOUND : malformedRegister(SOUND, defect)),
});

describe("malformedRegister", () => {
  it.each([
    ["no-endpoint", "4.00"],
    ["empty-endpoint", "4.00"],
    ["foreign-version", "4.12"],
    ["lifetime-no-number", "4.00"],
    ["no-objects", "4.00"],
    ["garbled-objects", "4.00"],
  ] as const)("is refused: %s by %s (Transport, Table 6)", (defect, code) => {
    expect(parseRegister(message(defect))).toMatchObject({ ok: false, error: { code } });
  });

  it("spoils one thing only: without it the Register is sound", () => {
    expect(parseRegister(message())).toMatchObject({ ok: true });
    for (const defect of REGISTER_DEFECTS) {
      const { code, options, payload } = malformedRegister(SOUND, defect);
      expect(code).toBe(SOUND.code);
      const samePayload = payload.length === SOUND.payload.length;
      expect(samePayload).toBe(!defect.endsWith("objects"));
      expect(Math.abs(options.length - SOUND.options.length)).toBeLessThanOrEqual(1);
    }
  });
});

describe("a device told to send one", () => {
  it("does so whatever its state, and makes nothing of the answer", () => {
    const run = scriptedRun({
      registersAt: 1_000,
      until: 10_000,
      commands: [
        [500, { kind: "malformed-register", defect: "no-objects" }],
        [2_000, { kind: "malformed-register", defect: "no-endpoint" }],
        [3_000, { kind: "update" }],
      ],
      answer: (_message, count) =>
        count === 1 ? response("2.01", ["rd", "5"]) : response(count === 3 ? "2.04" : "4.00"),
    });
    expect(run.log.filter((line) => line.includes("device"))).toEqual([
      "500 device CON 0.02 /rd?ep=meter-7&lwm2m=1.0&b=U",
      "1000 device CON 0.02 /rd?ep=meter-7&lwm2m=1.0&b=U",
      "2000 device CON 0.02 /rd?lwm2m=1.0&b=U",
      "3000 device CON 0.02 /rd/5",
    ]);
  });
});
