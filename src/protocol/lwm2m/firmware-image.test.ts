import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildFirmwareImage, readFirmwareImage } from "./firmware-image.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

const IMAGE = { name: "meter", version: "2.0.1", payload: bytes("hello") };

describe("buildFirmwareImage", () => {
  it("writes name and version, the CRC-32 of that line and the payload, and the payload", () => {
    expect(text(buildFirmwareImage(IMAGE))).toBe("fleetproof-firmware meter 2.0.1\ncrc32 34309897\nhello");
  });

  it("agrees with zlib about the checksum of any payload", () => {
    const checksum = (payload: Uint8Array): string =>
      crc32(payload, crc32("fleetproof-firmware meter 2.0.1\n")).toString(16).padStart(8, "0");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (payload) =>
        text(buildFirmwareImage({ ...IMAGE, payload })).includes(`\ncrc32 ${checksum(payload)}\n`),
      ),
    );
  });

  it.each(["", "two words", "line\n", "ü", "x".repeat(65)])("refuses the version %j", (version) => {
    expect(() => buildFirmwareImage({ ...IMAGE, version })).toThrow(TypeError);
    expect(() => buildFirmwareImage({ ...IMAGE, name: version })).toThrow(TypeError);
  });
});

describe("readFirmwareImage", () => {
  const word = fc.stringMatching(/^[A-Za-z0-9._+-]{1,64}$/);

  it("reads back what was written, whatever the payload", () => {
    fc.assert(
      fc.property(fc.record({ name: word, version: word, payload: fc.uint8Array({ maxLength: 300 }) }), (image) => {
        expect(readFirmwareImage(buildFirmwareImage(image))).toEqual({ ok: true, value: image });
      }),
    );
  });

  it("calls one changed bit in the first 20 bytes a foreign type, and everywhere else damage", () => {
    const whole = buildFirmwareImage(IMAGE);
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const changed = whole.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect([bit, readFirmwareImage(changed)]).toEqual([bit, { ok: false, error: bit < 160 ? "foreign" : "damaged" }]);
    }
  });

  it("calls every image that was cut short damaged", () => {
    const whole = buildFirmwareImage(IMAGE);
    for (let length = 20; length < whole.length; length++) {
      expect([length, readFirmwareImage(whole.subarray(0, length))]).toEqual([length, { ok: false, error: "damaged" }]);
    }
  });

  it("is total: any bytes are an image, foreign or damaged", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        expect(readFirmwareImage(noise)).toEqual({ ok: false, error: "foreign" });
        const begun = new Uint8Array([...bytes("fleetproof-firmware "), ...noise]);
        expect(readFirmwareImage(begun)).toEqual({ ok: false, error: "damaged" });
      }),
    );
  });
});
