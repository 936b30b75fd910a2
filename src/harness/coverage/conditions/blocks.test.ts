import { describe, expect, it } from "vitest";
import { blockOption } from "../../../protocol/coap/block.ts";
import { BLOCK1, BLOCK2, ETAG, sortOptions } from "../../../protocol/coap/options.ts";
import type { Code } from "../../../protocol/coap/types.ts";
import { TEXT } from "../../../protocol/lwm2m/content.ts";
import { readContent, writeContent } from "../../../protocol/lwm2m/operations.ts";
import { history, type Story, TIMEZONE } from "../../oracle/test-history.ts";
import { coverageOfStory, met } from "../test-kit.ts";
import { BLOCK_TRANSFERS } from "./blocks.ts";

const LONG = Array.from({ length: 800 }, (_, index) => index)
  .join("/")
  .slice(0, 2_500);
const VALUE = new TextEncoder().encode(LONG);
const OURS = BLOCK_TRANSFERS.rows.map(({ id }) => id);

const conditions = (story: Story): readonly string[] =>
  coverageOfStory(story).conditions.filter((id) => OURS.includes(id));

const writing = (): Story => history().register(0, 1).create(0, 2, { type: "W", property: TIMEZONE, value: LONG });

/** Block `num` of the value is sent; `wanted`: the size exponent that the answer asks for. */
function send(story: Story, at: number, num: number, code: Code | "none" = "2.31", wanted = 6, szx = 6): Story {
  const size = 2 ** (szx + 4);
  const { code: method, options } = writeContent([3, 0, 15], TEXT, VALUE);
  const more = (num + 1) * size < VALUE.length;
  const all = sortOptions([...options, blockOption(BLOCK1, { num, more, szx })]);
  story.request(0, at, {
    content: { code: method, options: all, payload: VALUE.subarray(num * size, (num + 1) * size) },
  });
  const echo = blockOption(BLOCK1, { num, more: true, szx: wanted });
  return code === "none" ? story : story.answer(0, at, code, { options: [echo] });
}

const whole = (story: Story, at: number): Story => send(send(send(story, at, 0), at, 1), at, 2, "2.04");

/** The device gives block `num` of its value. */
function give(story: Story, at: number, num: number, etag: number, szx = 6): Story {
  const size = 2 ** (szx + 4);
  const { options, ...rest } = readContent([3, 0, 15]);
  const wanted = num === 0 ? [] : [blockOption(BLOCK2, { num, more: false, szx })];
  const payload = VALUE.subarray(num * size, (num + 1) * size);
  const block = blockOption(BLOCK2, { num, more: (num + 1) * size < VALUE.length, szx });
  return story
    .request(0, at, { content: { ...rest, options: [...options, ...wanted] } })
    .answer(0, at, "2.05", { payload, options: [{ number: ETAG, value: Uint8Array.of(etag) }, block] });
}

const reading = (): Story => history().register(0, 1).create(0, 2);

describe("BLOCK_TRANSFERS", () => {
  it("knows a value that is written, and one that is read, in three blocks", () => {
    expect(conditions(whole(writing(), 2))).toEqual(["block-wise-write-of-a-value"]);
    expect(conditions(give(give(give(reading(), 2, 0, 1), 2, 1, 1), 2, 2, 1))).toEqual(["block-wise-read"]);
  });

  it("knows a value that is read in blocks of 16 bytes", () => {
    const story = reading();
    for (let num = 0; num < 157; num += 1) give(story, 2, num, 1, 0);
    expect(conditions(story)).toEqual(["block-wise-read", "read-in-smallest-blocks"]);
  });

  it("knows that smaller blocks were asked for by 2.31, or by 4.13", () => {
    const story = send(writing(), 2, 0, "2.31", 5);
    for (const num of [2, 3]) send(story, 2, num, "2.31", 5, 5);
    expect(conditions(send(story, 2, 4, "2.04", 5, 5))).toEqual([
      "block-wise-write-of-a-value",
      "smaller-blocks-asked",
    ]);
    expect(conditions(send(send(writing(), 2, 0, "4.13", 5), 2, 0, "2.31", 5, 5))).toEqual([
      "begun-anew-in-smaller-blocks",
    ]);
  });

  it("tells a block that is repeated from one that is lost for good", () => {
    const repeated = send(send(writing(), 2, 0), 3, 1, "none")
      .retransmit(0, 5)
      .answer(0, 5, "2.31");
    expect(met(send(repeated, 5, 2, "2.04"), "block-repeated")).toBe(true);
    const lost = send(send(writing(), 2, 0), 3, 1, "none");
    for (const at of [5, 9, 17, 33]) lost.retransmit(0, at);
    expect(met(lost.update(0, 90), "block-lost")).toBe(false);
    expect(met(whole(lost, 90), "block-lost")).toBe(true);
    expect(met(lost, "block-repeated")).toBe(false);
  });

  it.each([
    ["transfer-forgotten", "4.08"],
    ["block-refused", "4.04"],
  ] as const)("knows %s by %s in the middle", (id, code) => {
    expect(conditions(send(send(writing(), 2, 0), 2, 1, code))).toEqual([id]);
  });

  it("knows a value that changed between two blocks", () => {
    expect(conditions(give(give(reading(), 2, 0, 1), 2, 1, 2))).toEqual(["value-changed-while-read"]);
  });

  const begun = (): Story => send(send(writing(), 2, 0), 3, 1, "none");
  it.each([
    ["transfer-cut-by-register", (story: Story) => story.register(0, 4)],
    ["transfer-cut-by-deregister", (story: Story) => story.deregister(0, 4)],
    ["transfer-cut-by-new-address", (story: Story) => story.move(0).update(0, 4)],
  ] as const)("knows %s", (id, happens) => {
    expect(conditions(happens(begun()))).toEqual([id]);
    // Before the first block was answered nothing is cut.
    expect(conditions(happens(send(writing(), 2, 0, "none")))).toEqual([]);
  });

  it("knows that the active period ended, or the task was cancelled, between two blocks", () => {
    const short = history()
      .register(0, 1)
      .create(0, 2, { type: "W", property: TIMEZONE, value: LONG, expiresAfter: 5 });
    expect(conditions(send(send(short, 2, 0), 3, 1, "none").wait(20))).toEqual(["transfer-cut-by-expiry"]);
    const cancelled = send(send(writing(), 2, 0), 2, 1, "none")
      .cancel(0, 3)
      .answer(0, 4, "2.31");
    expect(conditions(send(cancelled, 4, 2, "2.04"))).toEqual(["block-wise-write-of-a-value", "transfer-cancelled"]);
  });

  it("meets nothing in an exchange of one message", () => {
    expect(conditions(reading().request(0, 2).answer(0, 2, "2.05", { text: "UTC" }))).toEqual([]);
  });
});
