import { describe, expect, it } from "vitest";
import { readFirmwareImage } from "../protocol/lwm2m/firmware-image.ts";
import { FirmwareUpload, imageBytes } from "./firmware-images.ts";

describe("imageBytes", () => {
  it("makes an image that a virtual device can read, with as many bytes of payload as it says", () => {
    const image = readFirmwareImage(imageBytes({ type: 0, version: "2.3", size: 20_000 }));
    expect(image.ok && image.value).toMatchObject({ version: "2.3" });
    expect(image.ok && image.value.payload.length).toBe(20_000);
  });

  it("makes the same bytes each time, and others for another version or size", () => {
    const upload = { type: 0, version: "2.0", size: 300 };
    expect(imageBytes(upload)).toEqual(imageBytes({ ...upload, type: 7 }));
    expect(imageBytes({ ...upload, version: "2.1" })).not.toEqual(imageBytes(upload));
    expect(imageBytes({ ...upload, size: 301 })).not.toEqual(imageBytes(upload));
  });

  it("makes no two blocks of 16 bytes alike within a kilobyte and beyond, so that a block in the wrong place shows", () => {
    const { payload } = ((image) => (image.ok ? image.value : { payload: new Uint8Array() }))(
      readFirmwareImage(imageBytes({ type: 0, version: "2.0", size: 4_096 })),
    );
    const blocks = Array.from({ length: 256 }, (_, index) => payload.slice(index * 16, index * 16 + 16).join());
    expect(new Set(blocks).size).toBe(256);
  });
});

describe("FirmwareUpload", () => {
  it.each([0, 65_537, 1.5])("refuses a size of %s bytes", (size) => {
    expect(FirmwareUpload.safeParse({ version: "2.0", size }).success).toBe(false);
  });

  it("is for the first device type when it does not say", () => {
    expect(FirmwareUpload.parse({ version: "2.0", size: 1 })).toEqual({ version: "2.0", size: 1, type: 0 });
  });
});
