import { describe, expect, it } from "vitest";
import { ARTIK, EMPTY_PROFILE } from "../../../protocol/profile.ts";
import { history, type Story } from "../test-history.ts";

const OLD = "10.0.0.0:40000";
const NEW = "10.0.0.0:40001";

/** A request is on its way to the old address when the device updates from a new one at 5 s. */
const moved = (options = {}): Story =>
  history(options).register(0, 1).create(0, 2).request(0, 2).as("first").move(0).update(0, 5).as("updated");

describe("followsToNewAddress", () => {
  it("breaks R-10 when the old exchange is repeated after the Update was answered", () => {
    const story = moved().retransmit(0, 6).as("copy");
    expect(story.finding("R-10")).toEqual({
      requirement: "R-10",
      events: [story.event("updated"), story.event("copy")],
      expected: expect.stringMatching(/^message \d+ to 10\.0\.0\.0:40000 stops with the Update from another address$/),
      actual: "it was sent there again at 6.000 s",
    });
  });

  it("breaks R-10 when the new attempt, or a later task, goes to the old address", () => {
    const story = moved().request(0, 5, { address: OLD }).as("request");
    expect(story.finding("R-10")).toEqual({
      requirement: "R-10",
      events: [story.event("updated"), story.event("request")],
      expected: `requests to device 0 go to ${NEW}, from which it updated`,
      actual: `a request to ${OLD}`,
    });
    const later = moved().request(0, 5).answer(0, 6, "2.05", { text: "UTC" });
    later.create(1, 60, { property: "deviceProperties.device.utcOffset" }).request(0, 60, { task: 1, address: OLD });
    expect(later.outcome("R-10")).toBe("fail");
  });

  it("breaks R-10 when nothing is sent to the new address within 1 s", () => {
    const story = moved().poll(0, 20, []);
    expect(story.finding("R-10")).toEqual({
      requirement: "R-10",
      events: [story.event("updated"), expect.any(Number)],
      expected:
        "task 0 (R deviceProperties.device.timezone) of device 0 is sent to the new address of its device within 1.000 s",
      actual: "no request was sent",
    });
  });

  it("keeps R-10 when the task is sent to the new address", () => {
    expect(moved().request(0, 5).verdict("R-10")).toMatchObject({ examined: 1, findings: [] });
  });

  it("knows every address that the device had, and lets it come back to one", () => {
    const twice = moved().request(0, 5).move(0).update(0, 6);
    expect(twice.request(0, 6, { address: NEW }).outcome("R-10")).toBe("fail");
    expect(moved().request(0, 5).move(0).update(0, 6).request(0, 6, { address: OLD }).outcome("R-10")).toBe("fail");
  });

  it("leaves copies to the old address open where nothing is declared, but not a first transmission", () => {
    const undeclared = { profile: EMPTY_PROFILE };
    expect(moved(undeclared).retransmit(0, 6).outcome("R-10")).toBe("inconclusive");
    expect(moved(undeclared).request(0, 5, { address: OLD }).outcome("R-10")).toBe("fail");
  });

  it("leaves open live what was sent within the 5 s in which the server may react", () => {
    expect(moved({ live: true }).retransmit(0, 6).outcome("R-10")).toBe("inconclusive");
    expect(moved({ live: true }).retransmit(0, 16).outcome("R-10")).toBe("fail");
    expect(moved({ live: true }).request(0, 6, { address: OLD }).outcome("R-10")).toBe("inconclusive");
  });

  it("is not exercised by an Update that is refused, by a Register, or by a device that keeps its address", () => {
    const refused = history().register(0, 1).create(0, 2).request(0, 2).move(0).update(0, 5, { answer: "4.04" });
    expect(refused.retransmit(0, 6).outcome("R-10")).toBe("not-exercised");
    const registered = history().register(0, 1).create(0, 2).request(0, 2).move(0).register(0, 5);
    expect(registered.request(0, 5).outcome("R-10")).toBe("not-exercised");
    expect(history().register(0, 1).create(0, 2).request(0, 2).update(0, 3).outcome("R-10")).toBe("not-exercised");
    const requiring = { profile: { ...ARTIK, updateFromNewAddress: "require-register" } };
    expect(moved(requiring).request(0, 5, { address: OLD }).outcome("R-10")).not.toBe("fail");
  });
});

describe("goesWhereItRegistered", () => {
  const elsewhere = (options = {}): Story =>
    history(options).register(0, 1).move(0).register(0, 5).as("again").create(0, 6);

  it("breaks G-02 when a request goes to the address before the last Register", () => {
    const story = elsewhere().request(0, 6, { address: OLD }).as("request");
    expect(story.finding("G-02")).toMatchObject({
      expected: `requests to device 0 go to ${NEW}, from which it registered`,
      actual: `a request to ${OLD}`,
    });
    expect(story.finding("G-02")?.events.at(-1)).toBe(story.event("request"));
  });

  it("does not break G-02 by a request to the address of the last Register, nor judges a live run", () => {
    expect(elsewhere().request(0, 6).outcome("G-02")).toBe("pass");
    expect(elsewhere({ live: true }).request(0, 6, { address: OLD }).outcome("G-02")).not.toBe("fail");
  });

  it("leaves an address that an Update has changed to R-10", () => {
    const updated = history().register(0, 1).register(0, 2).move(0).update(0, 5).create(0, 6);
    const story = updated.request(0, 6, { address: OLD });
    expect(story.outcome("G-02")).not.toBe("fail");
    expect(story.outcome("R-10")).toBe("fail");
  });
});

describe("followsToNewAddress, where a Register is asked for (choice 14)", () => {
  const refused = (): Story =>
    history({ profile: { ...ARTIK, updateFromNewAddress: "require-register" } })
      .register(0, 1)
      .move(0)
      .update(0, 5, { answer: "4.04" })
      .create(0, 6);

  it("breaks R-10 by a request to the address from which the device has only updated", () => {
    const story = refused().request(0, 6).as("request");
    expect(story.finding("R-10")).toEqual({
      requirement: "R-10",
      events: [story.event("request")],
      expected: `requests to device 0 go to ${OLD}, from which it registered`,
      actual: `a request to ${NEW}`,
    });
  });

  it("keeps R-10 by requests to the address that registered, before the next Register and after it", () => {
    expect(refused().request(0, 6, { address: OLD }).outcome("R-10")).toBe("pass");
    expect(refused().register(0, 6.5).request(0, 6.5).findings()).toEqual([]);
  });
});
