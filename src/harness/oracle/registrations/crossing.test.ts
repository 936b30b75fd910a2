import { describe, expect, it } from "vitest";
import { decodeMessage, encodeEmpty, encodeMessage } from "../../../protocol/coap/message.ts";
import { LOCATION_PATH, stringOption } from "../../../protocol/coap/options.ts";
import type { Code, MessageType } from "../../../protocol/coap/types.ts";
import { ARTIK, EMPTY_PROFILE } from "../../../protocol/profile.ts";
import { history, type Story } from "../test-history.ts";

/** Answers the request that was named `asked` in a message of its own (RFC 7252 §5.2.2). */
function answerSeparately(
  story: Story,
  asked: string,
  at: number,
  code: Code,
  { location = "", messageId = 7_000 + story.events.length, type = "CON" as MessageType } = {},
): Story {
  const event = story.events[story.event(asked)];
  const decoded = event?.kind === "uplink" ? decodeMessage(event.bytes) : undefined;
  if (decoded?.ok !== true) throw new Error(`${asked} is no request`);
  const options = location.split("/").flatMap((part) => (part === "" ? [] : [stringOption(LOCATION_PATH, part)]));
  const message = { type, code, messageId, token: decoded.value.token, options, payload: new Uint8Array() };
  return story.down(0, at, encodeMessage(message));
}

const acknowledge = (story: Story, at: number, messageId: number): Story =>
  story.up(0, at, encodeEmpty("ACK", messageId));

/** Two Registers that come one after the other and are answered the other way round: `rd/b`, then `rd/a`. */
function crossed(): Story {
  const story = history().register(0, 1, { answer: "none" }).as("first").register(0, 1.01, { answer: "none" });
  story.as("second");
  answerSeparately(story, "second", 1.02, "2.01", { location: "rd/b", type: "NON" });
  return answerSeparately(story, "first", 1.1, "2.01", { location: "rd/a", type: "NON" });
}

describe("Registers that cross", () => {
  it.each([
    ["rd/a", "rd/b"],
    ["rd/b", "rd/a"],
  ])("leave open which location is in force: %s may be, and %s not (G-02, G-04)", (alive, dead) => {
    const story = crossed().update(0, 2, { location: dead, answer: "4.04" }).update(0, 3, { location: alive });
    expect(story.findings()).toEqual([]);
  });

  it("are told apart by the first Update: the other location is none from then on", () => {
    const accepted = crossed().update(0, 2, { location: "rd/b" });
    expect(accepted.update(0, 3, { location: "rd/a" }).finding("G-02")?.actual).toBe("2.04");
    const refused = crossed().update(0, 2, { location: "rd/b", answer: "4.04" });
    expect(refused.update(0, 3, { location: "rd/a", answer: "4.04" }).finding("G-04")?.actual).toBe("4.04");
  });

  it("are forgotten with the next Register that crosses none", () => {
    const story = crossed().register(0, 2, { location: "rd/c" });
    expect(story.update(0, 3, { location: "rd/b" }).finding("G-02")?.actual).toBe("2.04");
  });

  it("do not cross when the first is answered before the second comes, in the same instant too", () => {
    const story = history().register(0, 1, { location: "rd/a" }).register(0, 1, { location: "rd/b" });
    expect(story.update(0, 2, { location: "rd/a" }).outcome("G-02")).toBe("fail");
  });

  it("do not end an exchange that began when the last of them was in already", () => {
    const story = history()
      .create(0, 0)
      .register(0, 1, { answer: "none" })
      .as("first")
      .register(0, 1.01, { answer: "none" });
    story.as("second");
    answerSeparately(story, "second", 1.02, "2.01", { location: "rd/b", type: "NON" }).request(0, 1.05);
    answerSeparately(story, "first", 1.1, "2.01", { location: "rd/a", type: "NON" });
    story.answer(0, 2, "2.05", { text: "UTC" }).poll(0, 3, [{ status: "SUCCEEDED", attempts: 1 }]);
    expect(story.findings()).toEqual([]);
  });
});

describe("a Register that is repeated from a new address", () => {
  const repeated = (): Story => {
    const profile = { ...ARTIK, locationAtReRegister: "reused" } as const;
    const story = history({ profile }).register(0, 1, { location: "rd/a" });
    const [asked, answered] = story.events;
    if (asked?.kind !== "uplink" || answered?.kind !== "downlink") throw new Error("no Register");
    story.move(0).up(0, 2, asked.bytes).down(0, 2, answered.bytes);
    return story.up(0, 3, asked.bytes, asked.address);
  };

  it("is another one, and a late copy from the old address still gets its answer there (G-03)", () => {
    const story = repeated();
    const answered = story.events[1];
    if (answered?.kind === "downlink") story.down(0, 3, answered.bytes, answered.address);
    expect(story.update(0, 6, { location: "rd/a" }).findings()).toEqual([]);
  });

  it("breaks G-03 when that copy gets none", () => {
    expect(repeated().update(0, 6, { location: "rd/a" }).finding("G-03")?.actual).toBe("no answer");
  });
});

describe("a De-register that crosses a Register", () => {
  const crossing = (location: string): Story => {
    const story = history().register(0, 1, { location: "rd/a" }).deregister(0, 2, { answer: "none" }).as("leaving");
    story.register(0, 2.01, { answer: "none" }).as("coming");
    answerSeparately(story, "coming", 2.02, "2.01", { location, type: "NON" });
    return answerSeparately(story, "leaving", 2.1, "2.02", { type: "NON" });
  };

  it("is for the location that it names: the new one stays", () => {
    expect(crossing("rd/b").update(0, 3, { location: "rd/b" }).findings()).toEqual([]);
    const refused = crossing("rd/b").update(0, 3, { location: "rd/b", answer: "4.04" });
    expect(refused.outcome("G-04")).toBe("fail");
  });

  it.each(["2.04", "4.04"] as const)("leaves open whether a location that is used again is alive: %s", (answer) => {
    const story = crossing("rd/a").update(0, 3, { location: "rd/a", answer });
    expect(story.findings()).toEqual([]);
    expect(story.outcome("G-05")).toBe("inconclusive");
  });

  it("leaves open no longer than to the next Register", () => {
    const story = crossing("rd/a")
      .register(0, 4, { location: "rd/c" })
      .update(0, 5, { location: "rd/c", answer: "4.04" });
    expect(story.outcome("G-04")).toBe("fail");
  });
});

describe("an Update that is answered later", () => {
  const late = (code: Code): Story => {
    const story = history().register(0, 1, { lifetime: 60 }).update(0, 60.9, { answer: "none" }).as("update");
    return answerSeparately(story, "update", 61.1, code, { type: "NON" });
  };

  it("keeps the registration although its answer leaves after the end of the lifetime (G-05)", () => {
    expect(late("2.04").update(0, 110).findings()).toEqual([]);
    expect(late("2.04").update(0, 110, { answer: "4.04" }).outcome("G-04")).toBe("fail");
  });

  it("keeps nothing when it is refused", () => {
    const story = late("4.04").update(0, 70);
    expect(story.finding("G-05")?.actual).toBe("2.04");
  });
});

describe("a Confirmable answer to a Register", () => {
  const registered = (): Story => {
    const story = history({ profile: EMPTY_PROFILE }).create(0, 0).register(0, 1, { answer: "none" }).as("register");
    return answerSeparately(story, "register", 1.1, "2.01", { location: "rd/a", messageId: 7 });
  };

  it("puts off what the Register lets go until it is acknowledged, or given up (Q-04, RFC 7252 §4.7)", () => {
    expect(acknowledge(registered(), 9, 7).request(0, 9.5).findings()).toEqual([]);
    expect(acknowledge(registered(), 9, 7).update(0, 12).finding("Q-04")?.actual).toBe("no request was sent");
    expect(registered().update(0, 50, { location: "rd/a" }).findings()).toEqual([]);
  });

  it("puts off nothing when it is acknowledged at once, or not Confirmable", () => {
    expect(acknowledge(registered(), 1.2, 7).update(0, 3).outcome("Q-04")).toBe("fail");
    const story = history().create(0, 0).register(0, 1, { answer: "none" }).as("register");
    answerSeparately(story, "register", 1.1, "2.01", { location: "rd/a", type: "NON" });
    expect(story.update(0, 3).outcome("Q-04")).toBe("fail");
  });
});

describe("a cancellation that is answered later", () => {
  const asked = (): Story => {
    const story = history().register(0, 1).create(0, 2).request(0, 2);
    story.add({
      kind: "rest-request",
      ticket: 900,
      request: { method: "PUT", path: [], query: {} },
      purpose: { kind: "cancel-task", task: 0 },
      at: 3_000_000,
    });
    return story;
  };
  const cancelled = (story: Story): Story =>
    story.add({ kind: "rest-answer", ticket: 900, response: { status: 200, body: {} }, at: 3_500_000 });

  it.each(["SUCCEEDED", "CANCELLED", "CANCEL_REQUESTED"] as const)(
    "leaves open what came first, it or the answer of the device: %s (T-01, T-04)",
    (status) => {
      const story = cancelled(asked().answer(0, 3.2, "2.05", { text: "UTC" }));
      expect(story.poll(0, 4, [{ status, attempts: 1 }]).findings()).toEqual([]);
    },
  );

  it("leaves nothing open when the device answered before it was asked for", () => {
    const story = history()
      .register(0, 1)
      .create(0, 2)
      .request(0, 2)
      .answer(0, 2.5, "2.05", { text: "UTC" })
      .cancel(0, 3);
    expect(story.poll(0, 4, [{ status: "CANCELLED", attempts: 1 }]).findings()).not.toEqual([]);
  });
});
