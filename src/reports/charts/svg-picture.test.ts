import { describe, expect, it } from "vitest";
import { countAxis, nameAxis } from "./chart.ts";
import { svgPicture } from "./svg-picture.ts";

describe("svgPicture", () => {
  it("is a file of its own: with namespace, size, ground, style and title", () => {
    const picture = svgPicture({
      name: "x",
      title: "Tasks <by state>",
      says: "One.",
      kind: "lines",
      x: nameAxis("x", ["a"]),
      y: countAxis("y", 1),
      series: [{ name: "one", colour: "#111111", points: [{ x: 0, y: 1 }] }],
    });
    expect(picture).toMatch(
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 900 342" width="900" height="342">/,
    );
    expect(picture).toContain(">Tasks &lt;by state&gt;</text>");
    expect(picture).toContain('fill="#ffffff"');
    expect(picture).toContain(".grid { stroke");
    expect(picture).not.toMatch(/NaN|undefined/);
  });
});
