import { describe, expect, it } from "vitest";
import { encodeEmpty } from "../../../protocol/coap/message.ts";
import type { HistoryEvent } from "../../history/history.ts";
import { history, REBOOT, type Story, TIMEZONE } from "../../oracle/test-history.ts";
import { met } from "../test-kit.ts";

const asked = (): Story => history().register(0, 1).create(0, 2).request(0, 2);
const success = { text: "UTC" } as const;

/** The network loses the event added last. */
function lost(story: Story): Story {
  const last = story.events.pop();
  if (last?.kind === "uplink") story.add({ ...last, lost: true });
  if (last?.kind === "downlink") story.add({ ...last, arrivals: [] });
  return story;
}

const ids = (count: number): string => `answered-after-${count}-retransmission${count === 1 ? "" : "s"}`;

describe("ANSWERED_EXCHANGES", () => {
  it.each([1, 2, 3, 4])(
    "counts the %d retransmissions before an answer, no more and no fewer (RFC 7252 §4.2)",
    (count) => {
      const story = asked();
      for (const at of [4, 8, 16, 32].slice(0, count)) story.retransmit(0, at);
      story.answer(0, 33, "2.05", success);
      expect([1, 2, 3, 4].filter((each) => met(story, ids(each)))).toEqual([count]);
      expect(met(story, "answered-without-retransmission")).toBe(false);
    },
  );

  it("knows an answer without retransmission", () => {
    expect(met(asked().answer(0, 3, "2.05", success), "answered-without-retransmission")).toBe(true);
    expect(met(asked(), "answered-without-retransmission")).toBe(false);
  });

  it("tells separate from piggybacked, and CON from NON (RFC 7252 §5.2)", () => {
    const separate = asked()
      .acknowledge(0, 3)
      .answer(0, 5, "2.05", { ...success, type: "CON" });
    expect(met(separate, "separate-response")).toBe(true);
    expect(met(separate, "non-separate-response")).toBe(false);
    const non = asked()
      .acknowledge(0, 3)
      .answer(0, 5, "2.05", { ...success, type: "NON" });
    expect(met(non, "non-separate-response")).toBe(true);
    expect(met(asked().answer(0, 3, "2.05", success), "separate-response")).toBe(false);
  });

  it("sees that the empty ACK was lost but the separate response arrived", () => {
    const story = lost(asked().acknowledge(0, 3)).answer(0, 5, "2.05", { ...success, type: "CON" });
    expect(met(story, "ack-lost-separate-arrived")).toBe(true);
    const heard = asked()
      .acknowledge(0, 3)
      .answer(0, 5, "2.05", { ...success, type: "CON" });
    expect(met(heard, "ack-lost-separate-arrived")).toBe(false);
  });

  it("sees that the separate response arrived before the empty ACK", () => {
    const story = asked()
      .answer(0, 5, "2.05", { ...success, type: "CON" })
      .acknowledge(0, 6);
    expect(met(story, "separate-overtook-ack")).toBe(true);
  });

  it("sees that an answer was lost and repeated, or that the first request was", () => {
    const repeated = lost(asked().answer(0, 3, "2.05", success))
      .retransmit(0, 4)
      .answer(0, 5, "2.05", success);
    expect(met(repeated, "answer-lost-then-repeated")).toBe(true);
    expect(met(repeated, "request-lost-then-answered")).toBe(false);
    const asks = lost(asked()).retransmit(0, 4).answer(0, 5, "2.05", success);
    expect(met(asks, "request-lost-then-answered")).toBe(true);
    expect(met(asks, "answer-lost-then-repeated")).toBe(false);
  });

  it("sees a retransmission that leaves while the answer is on its way, but not one before", () => {
    const sentAt = (seconds: number): Story => {
      const story = asked().retransmit(0, 4).answer(0, 5, "2.05", success);
      const last = story.events.pop() as Extract<HistoryEvent, { kind: "uplink" }>;
      return story.add({ ...last, sentAt: seconds * 1_000_000 });
    };
    expect(met(sentAt(3), "retransmission-crossed-answer")).toBe(true);
    expect(met(sentAt(4.5), "retransmission-crossed-answer")).toBe(false);
  });

  it("sees an answer that comes twice, and one more than a minute after its empty ACK", () => {
    expect(met(asked().answer(0, 3, "2.05", success).answer(0, 4, "2.05", success), "answer-twice")).toBe(true);
    const late = asked()
      .acknowledge(0, 3)
      .answer(0, 64, "2.05", { ...success, type: "CON" });
    expect(met(late, "answered-after-a-minute")).toBe(true);
    expect(met(late, "answer-just-before-giving-up")).toBe(false);
    const last = asked()
      .acknowledge(0, 3)
      .answer(0, 119, "2.05", { ...success, type: "CON" });
    expect(met(last, "answer-just-before-giving-up")).toBe(true);
  });
});

describe("FAILED_EXCHANGES", () => {
  it("tells lost requests from a silent device and from one that acted unheard", () => {
    const gone = history().register(0, 1).create(0, 2);
    lost(gone.request(0, 2));
    for (const at of [4, 8, 16, 32]) lost(gone.retransmit(0, at));
    expect(met(gone.update(0, 100), "all-copies-lost")).toBe(true);
    const silent = asked().delivered(0, 2);
    for (const at of [4, 8, 16, 32]) silent.retransmit(0, at);
    silent.update(0, 100);
    expect(met(silent, "delivered-but-silent")).toBe(true);
    expect(met(silent, "all-copies-lost")).toBe(false);
    const acted = asked().delivered(0, 2, "read");
    for (const at of [4, 8, 16, 32]) acted.retransmit(0, at);
    acted.update(0, 100);
    expect(met(acted, "acted-but-unheard")).toBe(true);
    expect(met(acted, "delivered-but-silent")).toBe(false);
  });

  it("knows an acknowledged request that is never answered, and its late response", () => {
    const story = asked().acknowledge(0, 3).update(0, 130);
    expect(met(story, "acknowledged-never-answered")).toBe(true);
    expect(met(story, "late-answer-after-response-timeout")).toBe(false);
    story.answer(0, 131, "2.05", { ...success, type: "CON" });
    expect(met(story, "late-answer-after-response-timeout")).toBe(true);
    expect(met(story, "answer-just-after-giving-up")).toBe(true);
  });

  it("knows a response after the server gave up retransmitting", () => {
    const story = history().register(0, 1).create(0, 2).requestInVain(0, 2).answer(0, 100, "2.05", success);
    expect(met(story, "late-answer-after-giving-up")).toBe(true);
    expect(met(story, "answer-just-after-giving-up")).toBe(false);
  });

  it("tells a reset at once from one after a retransmission", () => {
    expect(met(asked().reset(0, 3), "reset-at-once")).toBe(true);
    const later = asked().retransmit(0, 4).reset(0, 5);
    expect(met(later, "reset-at-once")).toBe(false);
    expect(met(later, "reset-after-retransmission")).toBe(true);
  });

  it("sees responses after expiry, by their type and how late they are", () => {
    const expired = (): Story => history().register(0, 1).create(0, 2, { expiresAfter: 5 }).request(0, 2);
    const soon = expired().answer(0, 7.2, "2.05", { ...success, type: "CON" });
    expect(met(soon, "late-confirmable-after-expiry")).toBe(true);
    expect(met(soon, "late-answer-within-300-ms-of-expiry")).toBe(true);
    const later = expired().answer(0, 9, "2.05", success);
    expect(met(later, "late-piggybacked-after-expiry")).toBe(true);
    expect(met(later, "late-confirmable-after-expiry")).toBe(false);
    expect(met(later, "late-answer-within-300-ms-of-expiry")).toBe(false);
    expect(met(expired().answer(0, 6, "2.05", success), "late-answer-after-expiry")).toBe(false);
  });

  it("sees responses after a Register and after De-register", () => {
    expect(met(asked().register(0, 4).answer(0, 5, "2.05", success), "late-answer-after-replacement")).toBe(true);
    expect(met(asked().deregister(0, 4).answer(0, 5, "2.05", success), "late-answer-after-deregister")).toBe(true);
    expect(met(asked().answer(0, 3, "2.05", success).register(0, 4), "late-answer-after-replacement")).toBe(false);
  });
});

describe("COPIED_EXCHANGES", () => {
  const execute = (): Story => history().register(0, 1).create(0, 2, { type: "E", property: REBOOT }).request(0, 2);

  it("tells a copy that was recognised from one that was acted upon (RFC 7252 §4.5)", () => {
    const recognised = asked().delivered(0, 2, "read").delivered(0, 3);
    expect(met(recognised, "copy-recognised")).toBe(true);
    expect(met(recognised, "copy-acted-upon")).toBe(false);
    const twice = execute().delivered(0, 2, "executed").delivered(0, 3, "executed");
    expect(met(twice, "copy-acted-upon")).toBe(true);
    expect(met(twice, "copy-executed-twice")).toBe(true);
    expect(met(twice, "copy-after-reboot")).toBe(false);
  });

  it("sees a reboot between two copies", () => {
    const story = execute().delivered(0, 2, "executed").reboot(0, 3).delivered(0, 4, "executed");
    expect(met(story, "copy-after-reboot")).toBe(true);
  });

  it("says nothing of a device that gets a request once", () => {
    const once = execute().delivered(0, 2, "executed");
    for (const id of ["copy-recognised", "copy-acted-upon", "request-copied", "retransmission-overtook-request"])
      expect(met(once, id), id).toBe(false);
  });

  it("sees a retransmission that reaches the device first", () => {
    const story = history().register(0, 1).create(0, 2).request(0, 2);
    const first = story.events.pop() as Extract<HistoryEvent, { kind: "downlink" }>;
    story
      .add({ ...first, arrivals: [9_000_000] })
      .retransmit(0, 4)
      .delivered(0, 4, "read")
      .delivered(0, 9);
    expect(met(story, "retransmission-overtook-request")).toBe(true);
  });
});

describe("DISTURBED_EXCHANGES", () => {
  it("sees what the device asks while an exchange is open, and not what it asks before or after", () => {
    expect(met(asked().register(0, 3), "register-during-exchange")).toBe(true);
    expect(met(asked().update(0, 3), "update-during-exchange")).toBe(true);
    expect(met(asked().deregister(0, 3), "deregister-during-exchange")).toBe(true);
    const after = asked().answer(0, 3, "2.05", success).update(0, 4).register(0, 5).deregister(0, 6);
    for (const kind of ["register", "update", "deregister"]) expect(met(after, `${kind}-during-exchange`)).toBe(false);
  });

  it("sees an Update from a new address while a request is in flight, and the request sent again there", () => {
    const story = asked().move(0).update(0, 3);
    expect(met(story, "update-from-new-address-in-flight")).toBe(true);
    expect(met(story, "sent-again-to-new-address")).toBe(false);
    expect(met(story.request(0, 3).answer(0, 4, "2.05", success), "sent-again-to-new-address")).toBe(true);
    expect(met(asked().update(0, 3), "update-from-new-address-in-flight")).toBe(false);
  });

  it("sees a reboot while an Execute is open, and which exchange it is", () => {
    const story = history().register(0, 1).create(0, 2, { type: "E", property: REBOOT }).request(0, 2).reboot(0, 3);
    expect(met(story, "reboot-during-execute")).toBe(true);
    expect(met(asked().reboot(0, 3), "reboot-during-execute")).toBe(false);
    expect(met(asked().reboot(0, 3), "reboot-during-exchange")).toBe(true);
  });

  it("sees strays by their type, during an exchange or not, and an old answer told again", () => {
    const during = asked().answer(0, 3, "2.05", { ...success, type: "NON", token: "99" });
    expect(met(during, "stray-during-exchange")).toBe(true);
    expect(met(during, "stray-non")).toBe(true);
    expect(met(during, "stray-con")).toBe(false);
    const again = asked()
      .answer(0, 3, "2.05", success)
      .answer(0, 5, "2.05", { ...success, type: "CON" });
    expect(met(again, "old-answer-as-con")).toBe(true);
    expect(met(again, "stray-con")).toBe(false);
    expect(met(again, "stray-during-exchange")).toBe(false);
  });

  it("sees that the server's empty reply was lost", () => {
    const story = asked()
      .answer(0, 3, "2.05", { ...success, type: "CON" })
      .reply(0, 3, "ACK");
    expect(met(story, "server-reply-lost")).toBe(false);
    expect(met(lost(story), "server-reply-lost")).toBe(true);
  });

  it("sees a request to an address that the device has left (TIMEZONE is only read)", () => {
    const story = history().register(0, 1).create(0, 2, { property: TIMEZONE });
    story.add({ kind: "device", device: 0, event: "address", address: "10.0.0.9:1", at: 1_500_000 });
    expect(met(story.request(0, 2), "request-to-abandoned-address")).toBe(true);
    const unmoved = asked().up(0, 3, encodeEmpty("ACK", 1));
    expect(met(unmoved, "request-to-abandoned-address")).toBe(false);
  });
});
