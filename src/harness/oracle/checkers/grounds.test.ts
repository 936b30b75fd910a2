import { describe, expect, it } from "vitest";
import { history, type Story } from "../test-history.ts";

const NAME = "task 0 (R deviceProperties.device.timezone) of device 0";
const asked = (): Story => history().register(0, 1).create(0, 2).request(0, 2);
/** Two tasks of equal content, one request, one answer. */
const twins = (): Story =>
  history().create(0, 0).create(1, 1).register(0, 2).request(0, 2).answer(0, 3, "2.05", { text: "UTC" });

describe("hasGroundsForWhatItShows", () => {
  it("breaks T-01 when two equal Reads succeed by one answer", () => {
    const story = twins().see(0, 4, "SUCCEEDED").as("first").see(1, 5, "SUCCEEDED").as("second");
    expect(story.finding("T-01")).toMatchObject({
      expected: expect.stringContaining("the device has answered 1 requests for it by 2.xx"),
      actual: "2 such tasks are SUCCEEDED",
    });
    expect(story.finding("T-01")?.events.at(-1)).toBe(story.event("second"));
  });

  it("does not break T-01 when each of them was asked and answered, nor while one of them waits", () => {
    const both = twins()
      .request(0, 4, { task: 1 })
      .answer(0, 5, "2.05", { text: "UTC" })
      .see(0, 6, "SUCCEEDED")
      .see(1, 6, "SUCCEEDED");
    expect(both.outcome("T-01")).not.toBe("fail");
    expect(twins().see(0, 4, "SUCCEEDED").see(1, 4, "QUEUED").outcome("T-01")).not.toBe("fail");
  });

  it("says nothing of a server property, which succeeds without any request", () => {
    const property = { type: "W" as const, property: "serverProperties.site", value: "x" };
    expect(history().create(0, 0, property).see(0, 1, "SUCCEEDED").outcome("T-01")).not.toBe("fail");
  });

  it("breaks T-01 when the history ends otherwise than the status did before", () => {
    const answered = asked().answer(0, 3, "4.05").see(0, 4, "FAILED", { code: 4050 });
    const story = answered.past(0, 5, [{ status: "QUEUED" }, { status: "SUCCEEDED" }]);
    expect(story.finding("T-01")).toMatchObject({
      expected: `the history of ${NAME} ends as its status, FAILED with error 4050`,
      actual: "SUCCEEDED",
    });
    const other = asked()
      .answer(0, 3, "4.05")
      .see(0, 4, "FAILED", { code: 4050 })
      .past(0, 5, [{ status: "FAILED", code: 4040 }]);
    expect(other.finding("T-01")).toMatchObject({ actual: "FAILED with error 4040" });
  });

  it("keeps T-01 by a history that ends as the status did, with its error code or without", () => {
    for (const end of [{ status: "FAILED" as const, code: 4050 }, { status: "FAILED" as const }]) {
      const story = asked().answer(0, 3, "4.05").see(0, 4, "FAILED", { code: 4050 }).past(0, 5, [end]);
      expect(story.outcome("T-01")).toBe("pass");
    }
  });
});
