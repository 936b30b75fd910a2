import { describe, expect, it } from "vitest";
import { decodeTlv } from "../../protocol/lwm2m/tlv.ts";
import { resolveProperty } from "../../protocol/task-api/properties.ts";
import { ABSENT, answerOf, PRESENT } from "./device.ts";

const TLV = 11542;

describe("answerOf", () => {
  it("answers a Read of what there is in the format that is asked for", () => {
    const read = { method: "GET", path: PRESENT.path };
    expect(answerOf(read)).toMatchObject({ code: "2.05", format: 0 });
    expect(new TextDecoder().decode(answerOf({ ...read, accept: 0 }).payload)).toBe("Fleetproof");
    const { format, payload } = answerOf({ ...read, accept: TLV });
    const entries = [{ kind: "resource", id: 0, value: new TextEncoder().encode("Fleetproof") }];
    expect([format, decodeTlv(payload)]).toEqual([TLV, { ok: true, value: entries }]);
    expect(answerOf({ ...read, accept: 110 })).toMatchObject({ code: "4.06" });
  });

  it("refuses all else", () => {
    expect(answerOf({ method: "GET", path: ABSENT.path, accept: TLV }).code).toBe("4.04");
    expect(answerOf({ method: "PUT", path: PRESENT.path }).code).toBe("4.05");
    expect(answerOf({ method: "GET", path: "/3/0" }).code).toBe("4.04");
  });

  it("is of the paths that the properties have", () => {
    for (const { property, path } of [PRESENT, ABSENT]) {
      const found = resolveProperty(property);
      expect(found.ok && "path" in found.value ? `/${found.value.path.join("/")}` : "").toBe(path);
    }
  });
});
