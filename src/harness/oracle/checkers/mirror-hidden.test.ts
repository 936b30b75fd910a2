import { describe, expect, it } from "vitest";
import { history, type Story, TIMEZONE } from "../test-history.ts";

const READ = `${TIMEZONE} of device 0 shows "UTC"`;
const read = (): Story => history().register(0, 1).create(0, 2).request(0, 2).answer(0, 3, "2.05", { text: "UTC" });

describe("showsTheMirror", () => {
  it.each([
    [500, {}, "HTTP 500"],
    [404, {}, "HTTP 404"],
    [200, { properties: {} }, '{"properties":{}}'],
    [200, undefined, "nothing"],
    [200, { data: "none" }, '{"data":"none"}'],
  ])("breaks D-01 when the mirror of what was read is answered %i %o", (status, body, actual) => {
    const story = read().mirrorAnswer(0, 5, status, body).as("answer");
    expect(story.findings()).toMatchObject([{ requirement: "D-01", expected: READ, actual }]);
    expect(story.finding("D-01")?.events.at(-1)).toBe(story.event("answer"));
  });

  it("breaks D-04 for a server property, and says nothing where there is nothing to show", () => {
    const property = { type: "W" as const, property: "serverProperties.site", value: "x" };
    const written = history().create(0, 1, property).mirrorAnswer(0, 5, 404, {});
    expect(written.findings()).toMatchObject([{ requirement: "D-04", actual: "HTTP 404" }]);
    expect(history().register(0, 1).mirrorAnswer(0, 5, 404, {}).findings()).toEqual([]);
  });

  it("says nothing of too many requests, or of trouble on the way to the server", () => {
    for (const status of [429, 502, 503, 504]) expect(read().mirrorAnswer(0, 5, status, {}).findings()).toEqual([]);
  });
});
