import { describe, expect, it } from "vitest";
import { encodeInstance, TEXT, TLV } from "../../protocol/lwm2m/content.ts";
import { executeContent, readContent } from "../../protocol/lwm2m/operations.ts";
import type { DeviceModel } from "../model/device.ts";
import type { Fault } from "../model/fault.ts";
import { FirmwareModel } from "../model/firmware.ts";
import {
  CANCEL,
  type Case,
  codes,
  IMAGE,
  push,
  read,
  run,
  story,
  texts,
  UPDATE,
  URI,
  VERSION,
  WINDOW,
  write,
} from "./firmware-test-kit.ts";
import { type Script, type ScriptedRun, scriptedRun } from "./scripted-run.ts";

describe("a device with firmware", () => {
  it("registers object 5, and one without does not", () => {
    const links = (model: Partial<DeviceModel>): boolean =>
      scriptedRun({ model, registersAt: 0, until: 1_000 }).datagrams.some((hex) =>
        Buffer.from(hex, "hex").toString("latin1").includes("</5/0>"),
      );
    expect(links({ firmware: FirmwareModel.parse({ version: "1" }) })).toBe(true);
    expect(links({})).toBe(false);
    expect(
      codes(
        scriptedRun({
          registersAt: 0,
          until: 2_000,
          requests: [
            [1_000, read(3)],
            [1_100, UPDATE],
          ],
        }),
      ),
    ).toEqual(["4.04", "4.04"]);
  });

  it("names object 5 in an Update that lists its objects", () => {
    const moved = run({ script: { commands: [[5_000, { kind: "update", rootPath: "/lwm2m" }]] } });
    const update = Buffer.from(moved.datagrams[2] ?? "", "hex").toString("latin1");
    expect(update).toContain("</lwm2m/5/0>");
  });

  it("shows its resources: idle, no result, no package, both ways, by CoAP (ETS 751)", () => {
    const ids = [1, 3, 5, 6, 7, 9];
    const shown = run({ requests: [...ids.map((id, at) => [1_000 + at * 100, read(id)] as const), [2_000, VERSION]] });
    expect(texts(shown)).toEqual(["", "0", "0", "", "", "2", "1.0.0"]);
    const whole = run({ requests: [[1_000, readContent([5, 0], TLV)]] });
    const protocols = new Map([[0, 0]]);
    expect(whole.answers[0]?.payload).toEqual(
      encodeInstance(
        5,
        new Map<number, string | number | Map<number, number>>([
          [1, ""],
          [3, 0],
          [5, 0],
          [6, ""],
          [7, ""],
          [8, protocols],
          [9, 2],
        ]),
      ),
    );
    expect(
      codes(
        run({
          requests: [
            [1_000, read(0)],
            [1_100, read(2)],
            [1_200, read(4)],
            [1_300, CANCEL],
          ],
        }),
      ),
    ).toEqual(["4.05", "4.05", "4.04", "4.04"]);
  });

  it("leaves Protocol Support out when it cannot pull, and lists what it can", () => {
    const eight = readContent([5, 0, 8], TLV);
    expect(codes(run({ firmware: { delivery: "push" }, requests: [[1_000, eight]] }))).toEqual(["4.04"]);
    const both = run({ firmware: { protocols: ["http", "coap"] }, requests: [[1_000, eight]] });
    expect(Buffer.from(both.answers[0]?.payload ?? []).toString("hex")).toBe("8608410000410102");
  });
});

describe("an installation", () => {
  const begun: Script["requests"] = [
    [1_000, push(IMAGE)],
    [10_000, UPDATE],
  ];
  const tail = (firmware: Partial<FirmwareModel>, more: Case = {}): readonly string[] =>
    story(run({ ...more, firmware, requests: [...begun, ...(more.requests ?? [])] })).slice(3);

  it("that fails leaves Downloaded with Result 8 and the image, to be executed again (ETS 779)", () => {
    const again: Script["requests"] = [[20_000, UPDATE]];
    expect(tail({ troubles: [{ kind: "installation-fails", result: 5 }] }, { requests: again })).toEqual([
      "15 s installation-failed 2/8 1.0.0",
      "20 s execute 3/0 1.0.0",
      "25 s installation-failed 2/8 1.0.0",
    ]);
    const newer = { model: { lwm2m: "1.1" as const } };
    expect(tail({ troubles: [{ kind: "installation-fails", result: 5 }] }, newer)).toEqual([
      "15 s installation-failed 0/5 1.0.0",
    ]);
  });

  it("that claims success may run another version", () => {
    expect(tail({ troubles: [{ kind: "wrong-version", version: "1.9.9" }] }).at(-1)).toBe("18 s installed 0/1 1.9.9");
  });

  it("may show the new version before it is installed, and then fail", () => {
    const shown = (fails: boolean): readonly string[] =>
      texts(
        run({
          firmware: { troubles: [{ kind: "version-too-early", fails }] },
          requests: [...begun, [9_000, VERSION], [11_000, VERSION], [20_000, VERSION], [20_100, read(5)]],
        }),
      ).filter((text) => text !== "");
    expect(shown(false)).toEqual(["1.0.0", "2.0.0", "2.0.0", "1"]);
    expect(shown(true)).toEqual(["1.0.0", "2.0.0", "1.0.0", "8"]);
  });

  it("may take for ever, until somebody reboots the device", () => {
    const troubles: FirmwareModel["troubles"] = [{ kind: "stays-updating" }];
    expect(tail({ troubles })).toEqual([]);
    expect(tail({ troubles }, { requests: [[30_000, executeContent([3, 0, 4])]] })).toEqual([
      "30 s reboot",
      "30 s reboot 2/8 1.0.0",
      "33 s boot",
    ]);
  });

  it("may reboot for longer than the device boots else", () => {
    expect(tail({ troubles: [{ kind: "slow-reboot", bootTime: 20_000 }] })).toEqual([
      "15 s reboot",
      "35 s boot",
      "35 s installed 0/1 2.0.0",
    ]);
  });

  it("does not begin before its answer has left", () => {
    const slow = tail({ installTime: 0 }, { model: { thinkTime: 4_000 } });
    expect(slow).toEqual(["14 s reboot", "17 s boot", "17 s installed 0/1 2.0.0"]);
  });

  it("without an image, of a device that executes at any State, is answered 2.04 and ends with 2/8", () => {
    const defective = {
      firmware: { defects: ["updates-at-any-state" as const] },
      requests: [
        [2_000, UPDATE],
        [3_000, UPDATE],
      ] as const,
    };
    expect(codes(run(defective))).toEqual(["2.04", "2.04"]);
    expect(story(run(defective))).toEqual(["2 s execute 3/0 1.0.0", "7 s installation-failed 2/8 1.0.0"]);
  });
});

describe("a reboot", () => {
  const rebooted = (firmware: Partial<FirmwareModel>): ScriptedRun =>
    run({
      firmware,
      requests: [
        [1_000, push(IMAGE)],
        [20_000, read(3)],
        [21_000, read(7)],
      ],
      script: { commands: [[10_000, { kind: "reboot" }]] },
    });

  it("keeps a downloaded image, except with a defect", () => {
    expect(texts(rebooted({})).slice(1)).toEqual(["2", "2.0.0"]);
    expect(texts(rebooted({ defects: ["forgets-image"] })).slice(1)).toEqual(["0", ""]);
  });

  it("ends a pull; the answer that was on its way is of no use", () => {
    const pulled = run({
      firmware: { troubles: [{ kind: "reboots-in-download", block: 1 }] },
      requests: [[1_000, write(URI)]],
    });
    expect(story(pulled)).toEqual(["1 s uri-written 1/0 1.0.0", "1 s reboot", "1 s reboot 0/0 1.0.0", "4 s boot"]);
  });

  it("ends a download that would never end", () => {
    const stuck = {
      firmware: { troubles: [{ kind: "stays-downloading" as const }] },
      script: { commands: [[50_000, { kind: "reboot" }]] as const },
    };
    for (const begin of [push(IMAGE), write(URI)]) {
      expect(story(run({ ...stuck, requests: [[1_000, begin]] })).slice(1)).toEqual([
        "50 s reboot",
        "50 s reboot 0/0 1.0.0",
        "53 s boot",
      ]);
    }
  });
});

describe("determinism", () => {
  const faults: Fault[] = [{ kind: "loss", ...WINDOW, from: 500, direction: "both", permille: 200 }];
  const whole = (): ScriptedRun =>
    run({
      requests: [
        [1_000, write(URI)],
        [60_000, UPDATE],
        [90_000, push(IMAGE)],
      ],
      script: { faults, until: 300_000 },
    });

  it("the same plan gives the same bytes and effects, also the second time", () => {
    const [first, second] = [whole(), whole()];
    expect(second.datagrams).toEqual(first.datagrams);
    expect(second.log).toEqual(first.log);
    expect(story(first).length).toBeGreaterThan(5);
  });

  it("firmware that nobody asks for changes nothing but the links of the Register", () => {
    const idle = (model: Partial<DeviceModel>): ScriptedRun =>
      scriptedRun({
        model,
        registersAt: 0,
        until: 100_000,
        faults,
        requests: [
          [1_000, readContent([3, 0, 0], TEXT)],
          [20_000, executeContent([3, 0, 4])],
        ],
      });
    const without = idle({});
    const firmware = idle({ firmware: FirmwareModel.parse({ version: "1.0.0" }) });
    const links = Buffer.from(",</5/0>").toString("hex");
    expect(firmware.log).toEqual(without.log);
    expect(firmware.datagrams.map((hex) => hex.replace(links, ""))).toEqual(without.datagrams);
  });
});
