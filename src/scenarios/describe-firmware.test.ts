import { describe, expect, it } from "vitest";
import { FirmwareModel } from "../simulator/model/firmware.ts";
import { describeOperation } from "./describe.ts";
import { describeFirmware, describeImage } from "./describe-firmware.ts";
import { Operation } from "./plan.ts";

describe("describeImage", () => {
  it("tells number, version and bytes, and the device type unless it is the first", () => {
    expect(describeImage({ type: 0, version: "2.0", size: 300 }, 1)).toBe("firmware image 1 of version 2.0: 300 bytes");
    expect(describeImage({ type: 2, version: "2.0", size: 1 }, 0)).toBe(
      "firmware image 0 of version 2.0 for type 2: 1 bytes",
    );
  });
});

describe("describeFirmware", () => {
  it("tells how a plain device gets its image", () => {
    expect(describeFirmware(FirmwareModel.parse({ version: "1.0" }))).toBe(
      "firmware 1.0 by push or pull, pulls by coap, installs in 5 s",
    );
    expect(describeFirmware(FirmwareModel.parse({ version: "1.0", delivery: "push", installTime: 0 }))).toBe(
      "firmware 1.0 by push, installs in 0 s",
    );
  });

  it("tells what is wrong with which attempt", () => {
    const model = FirmwareModel.parse({
      version: "1.0",
      delivery: "pull",
      protocols: ["http"],
      refusesBadPackages: true,
      defects: ["forgets-image"],
      troubles: [{ kind: "none" }, { kind: "download-fails", result: 4 }],
    });
    expect(describeFirmware(model)).toBe(
      "firmware 1.0 by pull, pulls by http, installs in 5 s, downloads by HTTP in 10 s, answers 4.00 to bad packages, loses its image in a reboot, attempt 2 ends its download with Result 4",
    );
  });
});

describe("describeOperation, of updates", () => {
  const told = (operation: object): string => describeOperation(Operation.parse({ at: 1_000, task: 3, ...operation }));

  it("tells the image, the devices, and whether their users are asked", () => {
    expect(told({ kind: "create-update", image: 0, devices: [0, 1] })).toBe(
      "at 1 s task 3 is created: firmware image 0 on devices 0, 1",
    );
    expect(told({ kind: "create-update", image: 1, devices: "all", needsAcceptance: true, expiresAfter: 60 })).toBe(
      "at 1 s task 3 is created: firmware image 1, if its user accepts, on all devices of its type, expires after 60 s",
    );
  });

  it("tells what the user answers, and who does it in their stead", () => {
    expect(told({ kind: "answer-update", device: 2, answer: "REJECTED" })).toBe(
      "at 1 s the user of device 2 answers REJECTED to the update of task 3",
    );
    expect(told({ kind: "answer-update", device: 2, answer: "ACCEPTED", as: "nobody" })).toBe(
      "at 1 s the user of device 2 answers ACCEPTED to the update of task 3, without any token",
    );
  });
});
