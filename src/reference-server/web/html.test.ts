import { describe, expect, it } from "vitest";
import { html } from "./html.ts";

describe("html", () => {
  it("escapes what is put in, as text and between quotes", () => {
    expect(html`<p title="${`"'`}">${"<script>&"}</p>`.html).toBe('<p title="&quot;&#39;">&lt;script&gt;&amp;</p>');
  });

  it("leaves HTML of its own kind as it is, alone and in lists", () => {
    const items = ["a<", "b"].map((text) => html`<li>${text}</li>`);
    expect(html`<ul>${items}</ul>${html`<br>`}`.html).toBe("<ul><li>a&lt;</li><li>b</li></ul><br>");
  });

  it("writes numbers, 0 too, and nothing for undefined and false", () => {
    expect(html`${0}|${undefined}|${false}|`.html).toBe("0|||");
  });
});
