import { describe, expect, it } from "vitest";
import { history, type Story } from "../test-history.ts";

const NAME = "task 0 (R deviceProperties.device.timezone) of device 0";
/** A Read that is answered at 3 s in a message of its own, with no acknowledgement before. */
const alone = (type: "CON" | "NON" = "CON", options = {}): Story =>
  history(options)
    .register(0, 1)
    .create(0, 2)
    .request(0, 2)
    .as("request")
    .answer(0, 3, "2.05", { text: "UTC", type })
    .as("response");

describe("takesUnacknowledgedResponses", () => {
  it.each(["CON", "NON"] as const)("breaks R-12 when the request is repeated after a %s response", (type) => {
    const story = alone(type).retransmit(0, 4).as("copy");
    expect(story.finding("R-12")).toEqual({
      requirement: "R-12",
      events: [story.event("response"), story.event("copy")],
      expected: expect.stringMatching(/^message \d+ is not repeated: a separate response has answered it$/),
      actual: "it was sent again",
    });
  });

  it("breaks R-12 when the response does not end the attempt", () => {
    const story = alone().reply(0, 3, "ACK").see(0, 100, "QUEUED", { attempts: 1 }).as("seen");
    expect(story.finding("R-12")).toEqual({
      requirement: "R-12",
      events: [story.event("response"), story.event("seen")],
      expected: `${NAME} has succeeded: a separate response came, though no acknowledgement`,
      actual: "QUEUED",
    });
  });

  it("breaks R-12 when an error response is lost in that way", () => {
    const story = history().register(0, 1).create(0, 2).request(0, 2).answer(0, 3, "4.05", { type: "NON" });
    expect(story.see(0, 100, "QUEUED", { attempts: 1 }).outcome("R-12")).toBe("fail");
  });

  it.each(["CON", "NON"] as const)("keeps R-12 when a %s response completes the attempt", (type) => {
    expect(alone(type).see(0, 4, "SUCCEEDED", { attempts: 1 }).verdict("R-12")).toMatchObject({
      examined: 1,
      findings: [],
    });
  });

  it("takes an acknowledgement that comes after the response for what it is: too late to matter", () => {
    expect(alone().acknowledge(0, 3.5).retransmit(0, 4).outcome("R-12")).toBe("fail");
  });

  it("leaves open live a copy that left before the response can have been read", () => {
    const live = alone("NON", { live: true });
    expect(live.retransmit(0, 4).verdict("R-12")).toBeUndefined();
    expect(live.retransmit(0, 12).outcome("R-12")).toBe("fail");
    expect(alone("NON", { live: true }).see(0, 3.005, "SUCCEEDED", { attempts: 1 }).outcome("R-12")).toBe(
      "inconclusive",
    );
  });

  it("is not exercised by a piggybacked response, or by one after an acknowledgement", () => {
    const read = (): Story => history().register(0, 1).create(0, 2).request(0, 2);
    const piggybacked = read().answer(0, 3, "2.05", { text: "UTC" }).see(0, 4, "SUCCEEDED", { attempts: 1 });
    expect(piggybacked.outcome("R-12")).toBe("not-exercised");
    const slow = read().acknowledge(0, 2.5).answer(0, 3, "2.05", { text: "UTC", type: "CON" });
    expect(slow.see(0, 4, "QUEUED", { attempts: 1 }).outcome("R-12")).toBe("not-exercised");
  });
});
