import { describe, expect, it } from "vitest";
import { ARTIK, EMPTY_PROFILE } from "../protocol/profile.ts";
import { parseDevicesFile } from "./devices-file.ts";

const YAML = `# The house
deviceTypes:
  - dtid: thermometer
    name: Thermometer
    taskExpiresAfter: 3600
devices:
  - did: attic
    dtid: thermometer
    serverProperties:
      site: { floor: 3, heated: false }
  - { did: "007", dtid: thermometer }
`;
const CONTENT = {
  deviceTypes: [{ dtid: "thermometer", name: "Thermometer", taskExpiresAfter: 3600 }],
  devices: [
    { did: "attic", dtid: "thermometer", serverProperties: { site: { floor: 3, heated: false } } },
    { did: "007", dtid: "thermometer" },
  ],
};

describe("parseDevicesFile", () => {
  it("reads YAML, and the same as JSON, whether indented by spaces or by tabs", () => {
    expect(parseDevicesFile(YAML, ARTIK)).toEqual({ ok: true, value: CONTENT });
    for (const indent of [undefined, 2, "\t"]) {
      expect(parseDevicesFile(JSON.stringify(CONTENT, null, indent), ARTIK)).toEqual({ ok: true, value: CONTENT });
    }
  });

  it("takes an empty file, and one list without the other, for lists without entries", () => {
    expect(parseDevicesFile("# nothing yet\n", ARTIK)).toEqual({ ok: true, value: { deviceTypes: [], devices: [] } });
    expect(parseDevicesFile("devices: []", ARTIK)).toEqual({ ok: true, value: { deviceTypes: [], devices: [] } });
  });

  it.each([
    ["a bracket that is not closed", YAML.replace("3, heated: false }", "3"), 11, /./],
    ["a key that is there twice", YAML.replace("name: Thermometer", "dtid: x"), 4, /unique/],
    ["an id that is a number without its quotes", YAML.replace('"007"', "007"), 11, /^devices\[1\]\.did: .*string/],
    ["an id with a comma", YAML.replace("attic", "a,b"), 7, /^devices\[0\]\.did: Invalid id/],
    ["a device without a type", YAML.replace(", dtid: thermometer }", " }"), 11, /^devices\[1\]\.dtid: /],
    [
      "an unknown field of a type",
      YAML.replace("taskExp", "taksExp"),
      5,
      /^deviceTypes\[0\]\.taksExpiresAfter: Unknown/,
    ],
    [
      "a misspelt field, rather than the one that is missing",
      YAML.replace("name:", "nam:"),
      4,
      /^deviceTypes\[0\]\.nam: Unknown/,
    ],
    ["an unknown list", YAML.replace("deviceTypes:", "types:"), 3, /^types: Unknown field/],
    ["a number out of bounds", YAML.replace("3600", "10"), 5, /^deviceTypes\[0\]\.taskExpiresAfter: Minimum value 60/],
    ["a device that is there twice", YAML.replace('"007"', "attic"), 11, /^devices\[1\]\.did: Is there twice/],
    ["an alias that points nowhere", YAML.replace("attic", "*loft"), 1, /loft/],
    ["two documents", `${YAML}---\n${YAML}`, 12, /documents/],
    ["a list", "- 1\n", 1, /^the file: /],
    ["a tower of aliases", billionLaughs(), 1, /alias/i],
  ])("names the line and the field of %s", (_, text, line, message) => {
    expect(parseDevicesFile(text, ARTIK)).toEqual({
      ok: false,
      error: { line, message: expect.stringMatching(message) },
    });
  });

  it("leaves a number that is too long to a server that shortens it", () => {
    const long = YAML.replace("3600", "604801");
    expect(parseDevicesFile(long, { ...EMPTY_PROFILE, beyondBounds: "shortened" }).ok).toBe(true);
    expect(parseDevicesFile(long, ARTIK)).toMatchObject({ ok: false, error: { line: 5 } });
  });
});

/** Ten levels of ten aliases each: ten thousand million words. */
function billionLaughs(): string {
  const levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let level = 1; level <= 10; level += 1) {
    levels.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(", ")}]`);
  }
  return levels.join("\n");
}
