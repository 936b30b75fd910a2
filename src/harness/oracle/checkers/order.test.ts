import { describe, expect, it } from "vitest";
import { blockOption } from "../../../protocol/coap/block.ts";
import { BLOCK2 } from "../../../protocol/coap/options.ts";
import type { CoapOption } from "../../../protocol/coap/types.ts";
import { readContent } from "../../../protocol/lwm2m/operations.ts";
import { ARTIK, EMPTY_PROFILE } from "../../../protocol/profile.ts";
import { history, type Story } from "../test-history.ts";

const UTC_OFFSET = { property: "deviceProperties.device.utcOffset" };
const MODEL = { property: "deviceProperties.device.modelNumber" };

/** Two Reads for a device that is not registered yet; it registers at 10 s. */
const backlog = (options = {}): Story => history(options).create(0, 1).create(1, 2, UTC_OFFSET).register(0, 10);

describe("keepsOrderOfCreation", () => {
  it("breaks Q-10 when the younger of two waiting tasks is sent first", () => {
    const story = backlog().as("registered").request(0, 10, { task: 1 }).as("request");
    expect(story.finding("Q-10")).toEqual({
      requirement: "Q-10",
      events: [story.event("registered"), story.event("request")],
      expected:
        "task 0 (R deviceProperties.device.timezone) of device 0, which was created first, is sent before task 1 (R deviceProperties.device.utcOffset) of device 0",
      actual: "task 1 at 10.000 s",
    });
  });

  it("keeps Q-10 when the oldest goes first; the last one has nothing to overtake", () => {
    const story = backlog().request(0, 10).answer(0, 11, "2.05", { text: "UTC" }).request(0, 11, { task: 1 });
    expect(story.verdict("Q-10")).toMatchObject({ examined: 1, findings: [] });
  });

  it("breaks Q-10 when a retry does not go on from the oldest at the next trigger (choice 28)", () => {
    const story = backlog().request(0, 10).reset(0, 11).update(0, 20).request(0, 20, { task: 1 });
    expect(story.outcome("Q-10")).toBe("fail");
  });

  it("lets a new task overtake what waits after a failed attempt until the next trigger (choice 28)", () => {
    const story = backlog().request(0, 10).reset(0, 11).create(2, 12, MODEL).request(0, 12, { task: 2 });
    expect(story.findings()).toEqual([]);
  });

  it("lets a server go on with the others after a failed attempt, where that is what it declares", () => {
    const story = backlog({ profile: { ...ARTIK, drainAfterFailure: "continue" } })
      .request(0, 10)
      .reset(0, 11);
    expect(story.request(0, 11, { task: 1 }).findings()).toEqual([]);
  });

  it("lets an exchange go on at a new address before what is older (choice 14)", () => {
    const story = backlog().request(0, 10).reset(0, 11).create(2, 12, MODEL).request(0, 12, { task: 2 });
    expect(story.move(0).update(0, 13).request(0, 13, { task: 2 }).outcome("Q-10")).not.toBe("fail");
  });

  it("says nothing of a task that is being cancelled, or that expires in this moment", () => {
    const cancelled = backlog().cancelDevice(0, 0, 10).request(0, 10, { task: 1 });
    expect(cancelled.outcome("Q-10")).toBe("not-exercised");
    const expiring = history().create(0, 1, { expiresAfter: 9 }).create(1, 2, UTC_OFFSET).register(0, 10);
    expect(expiring.request(0, 10, { task: 1 }).outcome("Q-10")).toBe("not-exercised");
  });

  it("says nothing after a request of which nobody knows the task", () => {
    const story = backlog().request(0, 10, { content: { code: "0.01", options: [], payload: new Uint8Array() } });
    story.answer(0, 11, "2.05", { text: "UTC" }).request(0, 11, { task: 1 });
    expect(story.outcome("Q-10")).toBe("not-exercised");
  });

  it("leaves open live what was created less than 250 ms before", () => {
    const live = (at: number): Story =>
      history({ live: true })
        .create(0, 1)
        .create(1, 2, UTC_OFFSET)
        .register(0, at)
        .request(0, at + 0.1, { task: 1 });
    expect(live(10).outcome("Q-10")).toBe("fail");
    const close = history({ live: true }).create(0, 9.8).create(1, 9.9, UTC_OFFSET).register(0, 9.95);
    expect(close.request(0, 10, { task: 1 }).outcome("Q-10")).toBe("inconclusive");
  });

  it("is not exercised by a profile that declares no order, or by one task at a time", () => {
    expect(backlog({ profile: EMPTY_PROFILE }).request(0, 10, { task: 1 }).outcome("Q-10")).toBe("not-exercised");
    expect(history().create(0, 1).register(0, 10).request(0, 10).outcome("Q-10")).toBe("not-exercised");
  });
});

describe("keepsOrderOfCreation, when a value comes in blocks or an answer is lost", () => {
  const LONG = new TextEncoder().encode("Zürich/".repeat(370));
  const part = (num: number): Uint8Array => LONG.subarray(num * 1_024, (num + 1) * 1_024);
  const blockOf = (num: number): CoapOption =>
    blockOption(BLOCK2, { num, more: (num + 1) * 1_024 < LONG.length, szx: 6 });
  /** The server asks for a block of the older task's value, and the device gives that one or another. */
  const asks = (story: Story, at: number, num: number): Story => {
    const content = readContent([3, 0, 15]);
    const wanted = num === 0 ? [] : [blockOption(BLOCK2, { num, more: false, szx: 6 })];
    return story.request(0, at, { content: { ...content, options: [...content.options, ...wanted] }, token: "abcd" });
  };
  const gives = (story: Story, at: number, num: number): Story =>
    story.answer(0, at, "2.05", { payload: part(num), options: [blockOf(num)] });
  /** All copies of the request for the second block, of which no answer arrives. */
  const secondBlockInVain = (story: Story): Story => {
    asks(gives(asks(story, 10, 0), 10, 0), 11, 1);
    for (const later of [2, 6, 14, 30]) story.retransmit(0, 11 + later);
    return story;
  };

  it.each([false, true])(
    "breaks Q-10 when the younger goes first after a transfer whose rest never came (live: %s)",
    (live) => {
      const failed = (): Story => secondBlockInVain(backlog({ live })).update(0, 100);
      expect(failed().request(0, 100.1, { task: 1 }).outcome("Q-10")).toBe("fail");
      expect(asks(failed(), 100.1, 0).outcome("Q-10")).toBe("pass");
    },
  );

  it("says nothing live when the rest came about when the server gave up: it may have taken it", () => {
    const late = gives(secondBlockInVain(backlog({ live: true })), 74, 1).update(0, 100);
    expect(late.request(0, 100.1, { task: 1 }).outcome("Q-10")).not.toBe("fail");
  });

  it("says nothing live when the Update may have come before the RST that it followed", () => {
    const after = (gap: number): Story => {
      const story = backlog({ live: true }).request(0, 10).reset(0, 11);
      return story.update(0, 11 + gap).request(0, 12.5, { task: 1 });
    };
    // A RST is known to have arrived within 20 ms.
    expect(after(0.01).outcome("Q-10")).not.toBe("fail");
    expect(after(1).outcome("Q-10")).toBe("fail");
  });

  it("says nothing after a block that does not fit to the one before it: the server may begin anew, or have given up", () => {
    const broken = gives(asks(gives(asks(backlog(), 10, 0), 10, 0), 11, 1), 11, 2);
    expect(broken.update(0, 20).request(0, 20, { task: 1 }).outcome("Q-10")).not.toBe("fail");
  });

  it("breaks Q-10 after an answer that was lost on its way to the server", () => {
    const lost = {
      kind: "uplink",
      device: 0,
      address: "10.0.0.0:40000",
      bytes: new Uint8Array(4),
      lost: true,
    } as const;
    const story = backlog()
      .requestInVain(0, 10)
      .add({ ...lost, at: 41_000_000, sentAt: 41_000_000 });
    expect(story.update(0, 100).request(0, 100, { task: 1 }).outcome("Q-10")).toBe("fail");
  });

  it("says nothing live when the trigger came about when the older was given up: it may not have been due", () => {
    // Given up between 64 and 80 s.
    const story = backlog({ live: true }).requestInVain(0, 10).update(0, 70);
    expect(story.request(0, 80.5, { task: 1 }).outcome("Q-10")).not.toBe("fail");
  });
});
