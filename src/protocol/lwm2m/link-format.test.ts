import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatLinks, type Link, parseLinks } from "./link-format.ts";

const link = (path: string, attributes: Record<string, string | true> = {}): Link => ({
  path,
  attributes: new Map(Object.entries(attributes)),
});

const READINGS: readonly (readonly [string, readonly Link[]])[] = [
  ["", []],
  ["  ", []],
  ["</3/0>", [link("/3/0")]],
  ["</1/0>,</3/0>", [link("/1/0"), link("/3/0")]],
  ["</1/0>, </3/0>", [link("/1/0"), link("/3/0")]],
  ["</33605>", [link("/33605")]],
  ["</44>;ver=2.2", [link("/44", { ver: "2.2" })]],
  ['</44>;ver="2.2"', [link("/44", { ver: "2.2" })]],
  ['</lwm2m>;rt="oma.lwm2m",</lwm2m/3/0>', [link("/lwm2m", { rt: "oma.lwm2m" }), link("/lwm2m/3/0")]],
  ['</>;rt="oma.lwm2m";ct="110 112"', [link("/", { rt: "oma.lwm2m", ct: "110 112" })]],
  ["</>;rt=oma.lwm2m;ct=110;hb", [link("/", { rt: "oma.lwm2m", ct: "110", hb: true })]],
  ['</a>;title="x,y;z<q>";obs,</b>', [link("/a", { title: "x,y;z<q>", obs: true }), link("/b")]],
  ['</a>;title="say \\"hi\\" \\\\"', [link("/a", { title: 'say "hi" \\' })]],
  ['</a>;title=""', [link("/a", { title: "" })]],
  ["</a>;rt=first;rt=second", [link("/a", { rt: "first" })]],
  ["<>", [link("")]],
];

const BROKEN: readonly string[] = [
  "3/0",
  "<3/0",
  "</3/0",
  "</3/0>,",
  ",</3/0>",
  "</3/0></4/0>",
  "</3/0>;",
  "</3/0>;=1",
  "</3/0>;ver=",
  '</3/0>;ver="1.0',
  '</3/0>;ver="1.0"x',
  "</3/<0>>",
];

describe("parseLinks", () => {
  it.each(READINGS)("reads %j (RFC 6690 §2)", (text, links) => {
    expect(parseLinks(text)).toEqual({ ok: true, value: links });
  });

  it.each(BROKEN)("refuses %j and says where", (text) => {
    const parsed = parseLinks(text);
    expect(parsed.ok ? "accepted" : parsed.error).toMatch(/^expected .* at character \d+$/);
  });

  it("is total: any text gives links or an error", () => {
    const alphabet = fc.constantFrom("<", ">", "/", "3", ";", ",", "=", '"', "\\", " ", "a", "é");
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: alphabet })), (text) => {
        const parsed = parseLinks(text);
        expect(parsed.ok || parsed.error.length > 0).toBe(true);
      }),
    );
  });

  it("reads a quoted value of 60,000 characters", () => {
    const title = "\\\\x".repeat(20_000);
    expect(parseLinks(`</a>;title="${title}"`).ok).toBe(true);
  });
});

describe("formatLinks", () => {
  it("writes numbers and versions bare and other values quoted", () => {
    const links = [link("/lwm2m", { rt: "oma.lwm2m", ct: "110 112" }), link("/44", { ver: "2.2", hb: true })];
    expect(formatLinks(links)).toBe('</lwm2m>;rt="oma.lwm2m";ct="110 112",</44>;ver=2.2;hb');
  });

  it("writes nothing for no links", () => {
    expect(formatLinks([])).toBe("");
  });

  it("survives the wire: what is written is read back", () => {
    const path = fc.string({ unit: "grapheme" }).filter((text) => !/[<>]/.test(text));
    const name = fc.stringMatching(/^[a-z][a-z0-9*-]{0,8}$/).filter((text) => text !== "__proto__");
    const attributes = fc.uniqueArray(fc.tuple(name, fc.oneof(fc.string(), fc.constant(true as const))), {
      selector: ([key]) => key,
      maxLength: 4,
    });
    const links = fc.array(fc.record({ path, attributes: attributes.map((all) => new Map(all)) }), { maxLength: 5 });
    fc.assert(
      fc.property(links, (written) => {
        expect(parseLinks(formatLinks(written))).toEqual({ ok: true, value: written });
      }),
    );
  });
});
