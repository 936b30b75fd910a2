import { describe, expect, it } from "vitest";
import { element, verbatim } from "./markup.ts";

describe("element", () => {
  it("escapes text and attributes, so that what a device sends is never markup", () => {
    const { markup } = element("p", { title: '"><script>' }, "<b>&", element("i", {}, 7));
    expect(markup).toBe('<p title="&quot;&gt;&lt;script&gt;">&lt;b&gt;&amp;<i>7</i></p>');
  });

  it("leaves out attributes that are undefined or false, and gives true ones no value", () => {
    expect(element("a", { href: undefined, hidden: false, open: true, x: 0 }, "").markup).toBe('<a open x="0"></a>');
  });

  it("replaces characters that no document may hold", () => {
    expect(element("p", {}, "a\u0000b\u001bc\ud800\u{1f600}\n").markup).toBe("<p>a\ufffdb\ufffdc\ufffd\u{1f600}\n</p>");
  });

  it("gives void elements no end tag, and our own markup as it is", () => {
    expect(element("br", {}).markup).toBe("<br>");
    expect(element("style", {}, verbatim("a > b {}")).markup).toBe("<style>a > b {}</style>");
  });
});
