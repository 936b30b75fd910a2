import { describe, expect, it } from "vitest";
import { type Block, blockOption } from "../../../protocol/coap/block.ts";
import { BLOCK1, BLOCK2, ETAG, sortOptions } from "../../../protocol/coap/options.ts";
import type { CoapContent, Code } from "../../../protocol/coap/types.ts";
import { OPAQUE, TEXT } from "../../../protocol/lwm2m/content.ts";
import { readContent, writeContent } from "../../../protocol/lwm2m/operations.ts";
import type { LwM2mPath } from "../../../protocol/lwm2m/value.ts";
import { history, type Story, TIMEZONE } from "../test-history.ts";

const LONG = Array.from({ length: 800 }, (_, index) => index)
  .join("/")
  .slice(0, 3_000);
const VALUE = new TextEncoder().encode(LONG);
const ZONE: LwM2mPath = [3, 0, 15];
const PACKAGE: LwM2mPath = [5, 0, 0];

/** Bytes of the value from `num` blocks of that size on. */
const part = (num: number, size: number): Uint8Array => VALUE.subarray(num * size, (num + 1) * size);
const szxOf = (size: number): number => [16, 32, 64, 128, 256, 512, 1_024].indexOf(size);
const echo = (num: number, size: number, more = true) => blockOption(BLOCK1, { num, more, szx: szxOf(size) });

/** The request with a block of the value; `more`: as it should be, unless told otherwise. */
function block(num: number, size = 1_024, path = ZONE, change: { more?: boolean; payload?: Uint8Array } = {}) {
  const { code, options } = writeContent(path, path === PACKAGE ? OPAQUE : TEXT, VALUE);
  const { more = (num + 1) * size < VALUE.length, payload = part(num, size) } = change;
  const value: Block = { num, more, szx: szxOf(size) };
  return { code, options: sortOptions([...options, blockOption(BLOCK1, value)]), payload } satisfies CoapContent;
}

const writing = (): Story => history().register(0, 1).create(0, 2, { type: "W", property: TIMEZONE, value: LONG });

/** Sends a block; the device answers it, by 2.31 and the same size unless told otherwise. */
function send(story: Story, at: number, content: CoapContent, code: Code | "none" = "2.31", wanted = 1_024, num = 0) {
  story.request(0, at, { content });
  return code === "none" ? story : story.answer(0, at, code, { options: [echo(num, wanted)] });
}

describe("R-11: a broken transfer begins again at block 0", () => {
  const broken = (): Story => {
    const story = send(writing(), 2, block(0));
    return story.requestInVain(0, 3, { content: block(1) }).update(0, 90);
  };

  it("passes for an attempt that begins at block 0 after one that broke off at block 1", () => {
    const story = send(broken(), 90, block(0));
    expect(story.outcome("R-11")).toBe("pass");
    expect(story.findings()).toEqual([]);
  });

  it("fails for an attempt that begins with the block at which the last one broke off", () => {
    const story = send(broken(), 90, block(1), "4.08");
    expect(story.outcome("R-11")).toBe("fail");
    expect(story.finding("R-11")?.expected).toBe(
      "the transfer begins at block 0: the one before was never acknowledged",
    );
  });

  it("fails for a transfer that begins in the middle out of nothing", () => {
    expect(send(writing(), 2, block(2), "4.08").outcome("R-11")).toBe("fail");
  });

  it("fails for a later block after 4.08, and passes for the first one (RFC 7959 §2.9.2)", () => {
    const incomplete = (): Story => send(send(writing(), 2, block(0)), 2, block(1), "4.08", 1_024, 1);
    expect(send(incomplete(), 2, block(2)).outcome("R-11")).toBe("fail");
    expect(send(incomplete(), 2, block(1)).outcome("R-11")).toBe("fail");
    const anew = send(incomplete(), 2, block(0));
    expect(anew.outcome("R-11")).toBe("pass");
    expect(anew.findings()).toEqual([]);
  });

  it("is undecided where the last block was answered after the attempt seemed to be over", () => {
    const story = send(writing(), 2, block(0)).requestInVain(0, 3, { content: block(1) });
    story.wait(80).answer(0, 80, "2.31", { options: [echo(1, 1_024)] });
    const late = send(story, 80, block(2), "2.04", 1_024, 2);
    expect(late.outcome("R-11")).toBe("inconclusive");
  });

  it("is not exercised by a transfer that is whole, nor without any", () => {
    const whole = send(send(send(writing(), 2, block(0)), 2, block(1)), 2, block(2), "2.04");
    expect(whole.outcome("R-11")).toBe("not-exercised");
    expect(writing().outcome("R-11")).toBe("not-exercised");
  });
});

describe("R-07: the token of a transfer", () => {
  /** The first block is never acknowledged, as far as we see; with these times a server gives up after 62 to 93 s. */
  const again = (at: number): Story =>
    history({ live: true })
      .register(0, 1)
      .create(0, 2, { type: "W", property: TIMEZONE, value: LONG })
      .request(0, 2, { content: block(0), token: "aabb" })
      .update(0, at)
      .request(0, at, { content: block(0), token: "aabb" });

  it("may come again live while the transfer may be going on, and not when it is surely over", () => {
    expect(again(80).finding("R-07")).toBeUndefined();
    expect(again(120).finding("R-07")?.actual).toBe("token aabb again");
  });
});

describe("R-14: blocks come in order, full, and the last one says so", () => {
  const begun = (): Story => send(writing(), 2, block(0));

  it("passes for one after another, also with smaller ones whose numbers are reckoned anew", () => {
    const same = send(send(begun(), 2, block(1), "2.31", 1_024, 1), 2, block(2), "2.04", 1_024, 2);
    expect(same.outcome("R-14")).toBe("pass");
    let smaller = send(writing(), 2, block(0), "2.31", 256);
    for (let num = 4; num < 11; num += 1) smaller = send(smaller, 2, block(num, 256), "2.31", 256, num);
    smaller = send(smaller, 2, block(11, 256), "2.04", 256, 11).see(0, 3, "SUCCEEDED", { attempts: 1 });
    expect(smaller.outcome("R-14")).toBe("pass");
    expect(smaller.findings()).toEqual([]);
  });

  it.each([
    ["a gap", block(2)],
    ["a number that counts blocks of the former size", block(1, 256)],
    ["a block after the last one", block(3, 1_024, ZONE, { payload: VALUE.subarray(0, 10), more: false })],
  ] as const)("fails for %s", (_what, content) => {
    expect(send(begun(), 2, content).outcome("R-14")).toBe("fail");
  });

  it.each([
    ["one that says that more follow and is not full", block(0, 1_024, ZONE, { payload: VALUE.subarray(0, 1_000) })],
    ["a last one that is longer than its size", block(0, 1_024, ZONE, { payload: VALUE, more: false })],
    ["an empty one", block(2, 1_024, ZONE, { payload: VALUE.subarray(0, 0), more: false })],
  ] as const)("fails for %s", (_what, content) => {
    expect(send(writing(), 2, content).outcome("R-14")).toBe("fail");
  });

  it("fails for a block that leaves before the one before it was answered", () => {
    expect(send(send(writing(), 2, block(0), "none"), 2, block(1)).outcome("R-14")).toBe("fail");
  });

  it("leaves open a block that is sent again as a new message, and one after an answer that makes no sense", () => {
    expect(send(begun(), 2, block(0)).verdict("R-14")?.findings ?? []).toEqual([]);
    expect(send(send(begun(), 2, block(1)), 2, block(1)).verdict("R-14")).toMatchObject({ undecided: 1, findings: [] });
    const odd = send(writing(), 2, block(0), "none").answer(0, 2, "2.04");
    expect(send(odd, 2, block(1)).verdict("R-14")).toMatchObject({ undecided: 1, findings: [] });
  });

  it("is not exercised by a value that fits into one message", () => {
    const story = history().register(0, 1).create(0, 2, { type: "W", property: TIMEZONE, value: "UTC" });
    expect(story.request(0, 2).answer(0, 2, "2.04").outcome("R-14")).toBe("not-exercised");
  });
});

describe("R-15: no block is larger than the device asked for", () => {
  it("passes for blocks of the size asked for or smaller, and fails for a larger one", () => {
    const asked = (): Story => send(writing(), 2, block(0), "2.31", 256);
    expect(send(asked(), 2, block(4, 256), "2.31", 256, 4).outcome("R-15")).toBe("pass");
    expect(send(asked(), 2, block(16, 64), "2.31", 64, 16).outcome("R-15")).toBe("pass");
    expect(send(asked(), 2, block(1)).outcome("R-15")).toBe("fail");
    expect(send(asked(), 2, block(2, 512)).outcome("R-15")).toBe("fail");
  });

  it("holds for all blocks to come, not for the next one alone", () => {
    const story = send(send(writing(), 2, block(0), "2.31", 256), 2, block(4, 256), "2.31", 256, 4);
    expect(send(story, 2, block(5, 256), "2.31", 256, 5).outcome("R-15")).toBe("pass");
    const larger = block(2, 512, ZONE, { payload: VALUE.subarray(1_280, 1_792) });
    expect(send(story, 2, larger).outcome("R-15")).toBe("fail");
  });

  it("accuses nobody who begins anew with the smaller blocks, in the same attempt", () => {
    const story = send(send(writing(), 2, block(0), "2.31", 256), 2, block(0, 256), "2.31", 256);
    expect(story.see(0, 3, "PROCESSING", { attempts: 1 }).findings()).toEqual([]);
  });

  it("says nothing of the next attempt, which may begin with larger blocks again", () => {
    const forgotten = send(send(writing(), 2, block(0), "2.31", 256), 2, block(4, 256), "4.08", 256, 4);
    const story = send(send(forgotten.update(0, 9), 9, block(0)), 9, block(1), "2.31", 1_024, 1);
    expect(story.findings()).toEqual([]);
  });

  it("is not exercised while the device asks for nothing", () => {
    expect(send(send(writing(), 2, block(0)), 2, block(1)).outcome("R-15")).toBe("not-exercised");
  });
});

describe("R-16: blocks of two representations are not joined", () => {
  const asks = (num: number): CoapContent => {
    const { options, ...rest } = readContent(ZONE);
    return { ...rest, options: num === 0 ? options : [...options, blockOption(BLOCK2, { num, more: false, szx: 6 })] };
  };
  function gives(story: Story, at: number, num: number, etag: number): Story {
    const more = (num + 1) * 1_024 < VALUE.length;
    const options = [{ number: ETAG, value: Uint8Array.of(etag) }, blockOption(BLOCK2, { num, more, szx: 6 })];
    return story.request(0, at, { content: asks(num) }).answer(0, at, "2.05", { payload: part(num, 1_024), options });
  }
  const mixed = (): Story => gives(gives(gives(history().register(0, 1).create(0, 2), 2, 0, 1), 2, 1, 2), 2, 2, 2);

  it("fails when the task succeeds with them", () => {
    expect(mixed().see(0, 3, "SUCCEEDED", { attempts: 1 }).outcome("R-16")).toBe("fail");
  });

  it.each(["FAILED", "QUEUED", "PROCESSING"] as const)("passes when the task is %s then", (status) => {
    const story = mixed().see(0, 3, status, { attempts: 1 });
    expect(story.outcome("R-16")).toBe("pass");
    expect(story.findings()).toEqual([]);
  });

  it("passes when all of it was asked for once more before the task succeeded", () => {
    const story = gives(gives(gives(mixed(), 3, 0, 2), 3, 1, 2), 3, 2, 2).see(0, 4, "SUCCEEDED", { attempts: 1 });
    expect(story.outcome("R-16")).toBe("pass");
    expect(story.findings()).toEqual([]);
  });

  it("is undecided while another task of the device reads the same", () => {
    const story = gives(gives(history().register(0, 1).create(0, 2), 2, 0, 1), 2, 1, 2).create(1, 3);
    for (const num of [0, 1, 2]) gives(story, 3, num, 2);
    story.see(0, 4, "SUCCEEDED", { attempts: 1 }).poll(1, 4, [{ status: "QUEUED", attempts: 0 }]);
    expect(story.findings()).toEqual([]);
    expect(story.outcome("R-16")).toBe("inconclusive");
  });

  it("is not exercised by blocks that belong together", () => {
    const story = gives(gives(gives(history().register(0, 1).create(0, 2), 2, 0, 1), 2, 1, 1), 2, 2, 1);
    expect(story.see(0, 3, "SUCCEEDED", { attempts: 1 }).outcome("R-16")).toBe("not-exercised");
  });
});

describe("O-08: an image is pushed in order, from block 0 after 4.08, and taken with 2.04", () => {
  const pushing = (): Story => history().register(0, 1);

  it("passes for a whole transfer that ends with 2.04", () => {
    let story = pushing();
    for (const num of [0, 1]) story = send(story, 2, block(num, 1_024, PACKAGE), "2.31", 1_024, num);
    expect(send(story, 2, block(2, 1_024, PACKAGE), "2.04", 1_024, 2).outcome("O-08")).toBe("pass");
    expect(story.verdict("R-14")).toBeUndefined();
  });

  it("fails for a gap, and for a later block after 4.08", () => {
    const begun = (code: Code): Story => send(pushing(), 2, block(0, 1_024, PACKAGE), code);
    expect(send(begun("2.31"), 2, block(2, 1_024, PACKAGE)).outcome("O-08")).toBe("fail");
    expect(send(begun("4.08"), 2, block(1, 1_024, PACKAGE)).outcome("O-08")).toBe("fail");
    expect(send(begun("4.08"), 2, block(0, 1_024, PACKAGE)).outcome("O-08")).toBe("pass");
  });

  it("fails for a body that is none of the images that were uploaded", () => {
    const story = history({ images: [{ version: "2.0", size: 500 }] }).register(0, 1);
    const end = block(1, 1_024, PACKAGE, { payload: VALUE.subarray(1_024, 1_100), more: false });
    expect(send(send(story, 2, block(0, 1_024, PACKAGE)), 2, end, "2.04").outcome("O-08")).toBe("fail");
  });

  it("is not exercised by the value of another resource", () => {
    expect(send(writing(), 2, block(0)).outcome("O-08")).toBe("not-exercised");
  });
});
