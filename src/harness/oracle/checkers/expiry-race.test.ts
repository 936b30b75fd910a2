import { describe, expect, it } from "vitest";
import { ARTIK, EMPTY_PROFILE } from "../../../protocol/profile.ts";
import { history, type Story, TIMEZONE } from "../test-history.ts";

const NAME = "task 0 (R deviceProperties.device.timezone) of device 0";
const FAILED = { attempts: 1, code: 4004 } as const;
const BOTH = `${NAME}, answered at 12.300 s and expired at 12.000 s,`;
/** The task expires at 12 s, its request is answered at 12.3 s. */
const raced = (options = {}, code: "2.05" | "4.05" = "2.05"): Story =>
  history(options)
    .register(0, 1)
    .create(0, 2, { expiresAfter: 10 })
    .request(0, 2)
    .acknowledge(0, 2.5)
    .answer(0, 12.3, code, { type: "CON", ...(code === "2.05" ? { text: "UTC" } : {}) })
    .as("answer");
const lenient = { profile: EMPTY_PROFILE };

describe("leavesOneOutcome", () => {
  it.each([
    ["QUEUED", undefined],
    ["PROCESSING", undefined],
    ["CANCELLED", undefined],
    ["SUCCEEDED", 4004],
    ["FAILED", 5000],
  ] as const)("breaks E-08 by %s with code %s, which is neither end", (status, code) => {
    const shown = code === undefined ? {} : { code };
    const story = raced(lenient).see(0, 14, status, shown).as("seen");
    expect(story.finding("E-08")).toEqual({
      requirement: "E-08",
      events: [story.event("answer"), story.event("seen")],
      expected: `${BOTH} shows the one or the other`,
      actual: code === undefined ? status : `${status} with error ${code}`,
    });
  });

  it("breaks E-08 when an error answer becomes a success, or the one end becomes the other", () => {
    expect(raced(lenient, "4.05").see(0, 14, "SUCCEEDED").outcome("E-08")).toBe("fail");
    const turned = raced(lenient).see(0, 14, "FAILED", FAILED).see(0, 15, "SUCCEEDED");
    expect(turned.finding("E-08")).toMatchObject({ expected: `${BOTH} stays FAILED with error 4004` });
  });

  it("breaks E-08 when the history has two ends, or another one than the status", () => {
    const two = raced(lenient).past(0, 14, [{ status: "FAILED", code: 4004 }, { status: "SUCCEEDED" }]);
    expect(two.finding("E-08")).toMatchObject({
      expected: `the history of ${NAME} has one end, FAILED`,
      actual: "FAILED 4004, SUCCEEDED",
    });
    const other = raced(lenient)
      .see(0, 14, "SUCCEEDED")
      .past(0, 15, [{ status: "FAILED", code: 4004 }]);
    expect(other.outcome("E-08")).toBe("fail");
  });

  it("breaks E-08 when both ends are counted", () => {
    const counts = { totalDevices: 1, numSucceeded: 1, numFailed: 1 };
    const story = raced(lenient).poll(0, 14, [{ status: "SUCCEEDED" }], { counts });
    expect(story.finding("E-08")).toMatchObject({ actual: "1", expected: expect.stringContaining("numFailed") });
  });

  it("breaks E-08 when the status is a success of which the mirror knows nothing", () => {
    const story = raced(lenient).see(0, 14, "SUCCEEDED").mirror(0, 15, {});
    expect(story.finding("E-08")).toMatchObject({
      expected: `${TIMEZONE} of device 0 shows "UTC": ${NAME} is SUCCEEDED`,
      actual: "nothing",
    });
  });

  it("keeps E-08 by either end, as long as all agrees with it", () => {
    const answer = raced(lenient).see(0, 14, "SUCCEEDED").see(0, 15, "SUCCEEDED");
    answer.past(0, 16, [{ status: "PROCESSING" }, { status: "SUCCEEDED" }]).mirror(0, 17, { [TIMEZONE]: "UTC" });
    expect(answer.verdict("E-08")).toMatchObject({ examined: 4, findings: [] });
    const expiry = raced(lenient)
      .see(0, 14, "FAILED", FAILED)
      .past(0, 15, [{ status: "FAILED", code: "4004" }]);
    expect(expiry.mirror(0, 16, {}).verdict("E-08")).toMatchObject({ examined: 2, findings: [] });
    expect(raced(lenient, "4.05").see(0, 14, "FAILED", { code: 4050 }).outcome("E-08")).toBe("pass");
  });

  it("asks the same of a server that declares what counts, and of an answer up to 1 s before the expiry", () => {
    expect(raced({ profile: ARTIK }).see(0, 14, "FAILED", FAILED).outcome("E-08")).toBe("pass");
    const before = history().register(0, 1).create(0, 2, { expiresAfter: 10 }).request(0, 2);
    before.answer(0, 11.5, "2.05", { text: "UTC" });
    expect(before.see(0, 13, "SUCCEEDED", { code: 4004 }).outcome("E-08")).toBe("fail");
  });

  it("takes no value from a mirror that a later Read has changed, nor from before the answer", () => {
    const read = raced(lenient).see(0, 14, "SUCCEEDED").create(1, 15).request(0, 15, { task: 1 });
    read.answer(0, 16, "2.05", { text: "CET" }).mirror(0, 17, { [TIMEZONE]: "CET" });
    expect(read.verdict("E-08")).toMatchObject({ findings: [] });
    const atOnce = raced(lenient)
      .create(1, 12.3)
      .request(0, 12.3, { task: 1 })
      .answer(0, 12.3, "2.05", { text: "CET" });
    expect(
      atOnce
        .see(0, 14, "SUCCEEDED")
        .mirror(0, 15, { [TIMEZONE]: "CET" })
        .verdict("E-08"),
    ).toMatchObject({
      findings: [],
    });
  });

  it("leaves open live what a poll shows within the 5 s of reaction", () => {
    const live = raced({ live: true, ...lenient }).see(0, 16, "PROCESSING");
    expect(live.outcome("E-08")).toBe("not-exercised");
    expect(live.see(0, 18, "PROCESSING").outcome("E-08")).toBe("fail");
  });

  it("is not exercised without an answer near the expiry, nor after a cancellation", () => {
    const early = history().register(0, 1).create(0, 2, { expiresAfter: 10 }).request(0, 2);
    early.answer(0, 3, "2.05", { text: "UTC" }).see(0, 13, "SUCCEEDED");
    expect(early.outcome("E-08")).toBe("not-exercised");
    expect(raced(lenient).cancel(0, 13).see(0, 14, "CANCELLED").outcome("E-08")).toBe("not-exercised");
  });
});
