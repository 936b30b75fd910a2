import { describe, expect, it } from "vitest";
import { type Block, blockOption } from "../../../protocol/coap/block.ts";
import { BLOCK1, BLOCK2, ETAG, sortOptions } from "../../../protocol/coap/options.ts";
import type { CoapContent, CoapOption, Code } from "../../../protocol/coap/types.ts";
import { encodeInstance, TEXT, TLV } from "../../../protocol/lwm2m/content.ts";
import { readContent, writeContent } from "../../../protocol/lwm2m/operations.ts";
import { ARTIK } from "../../../protocol/profile.ts";
import { history, type Story, TIMEZONE } from "../test-history.ts";

const LONG = "Zürich/".repeat(370);
const bytes = new TextEncoder().encode(LONG);
const SIZE = 1_024;
const more = (num: number): boolean => (num + 1) * SIZE < bytes.length;
const block = (num: number): Block => ({ num, more: more(num), szx: 6 });
const part = (num: number, of = bytes): Uint8Array => of.subarray(num * SIZE, (num + 1) * SIZE);

/** The request with that block of the value. */
function write(num: number, of = bytes): CoapContent {
  const { code, options } = writeContent([3, 0, 15], TEXT, bytes);
  return { code, options: sortOptions([...options, blockOption(BLOCK1, block(num))]), payload: part(num, of) };
}
/** The request for that block of the value. */
function read(num: number): CoapContent {
  const { options, ...rest } = readContent([3, 0, 15]);
  const wanted = num === 0 ? [] : [blockOption(BLOCK2, { num, more: false, szx: 6 })];
  return { ...rest, options: [...options, ...wanted] };
}

const writing = (value = LONG): Story =>
  history().register(0, 1).create(0, 2, { type: "W", property: TIMEZONE, value });
const reading = (): Story => history().register(0, 1).create(0, 2, { type: "R", property: TIMEZONE });

/** One block after another, each with its answer; `tokens`: one for all, or one for each. */
function sends(story: Story, from: number, nums: readonly number[], tokens: "one" | "each" = "one", of = bytes): Story {
  for (const num of nums) {
    story.request(0, from, { content: write(num, of), ...(tokens === "one" ? { token: "abcd" } : {}) });
    const code: Code = more(num) ? "2.31" : "2.04";
    story.answer(0, from, code, { options: [blockOption(BLOCK1, block(num))] });
  }
  return story;
}

function gives(story: Story, at: number, num: number, etag: readonly CoapOption[] = []): Story {
  story.request(0, at, { content: read(num), token: "abcd" });
  return story.answer(0, at, "2.05", { payload: part(num), options: [...etag, blockOption(BLOCK2, block(num))] });
}

describe("a Write in blocks", () => {
  it.each(["one", "each"] as const)("is one attempt of one exchange, with %s token (RFC 7959 §2.3)", (tokens) => {
    const story = sends(writing(), 2, [0, 1, 2], tokens).see(0, 3, "SUCCEEDED", { attempts: 1 });
    expect(story.findings()).toEqual([]);
    expect(story.verdict("R-08")?.examined).toBeGreaterThan(0);
    expect(sends(writing(), 2, [0, 1, 2], tokens).see(0, 3, "SUCCEEDED", { attempts: 3 }).outcome("R-08")).toBe("fail");
  });

  it("has not succeeded before its last block was answered, nor with 2.31 as its answer", () => {
    expect(sends(writing(), 2, [0, 1]).see(0, 3, "SUCCEEDED", { attempts: 1 }).findings()).not.toEqual([]);
    expect(sends(writing(), 2, [0, 1]).see(0, 3, "PROCESSING", { attempts: 1 }).findings()).toEqual([]);
  });

  it("goes on after a Register at a server that does not say that this ends it (choice 15)", () => {
    const { locationAtReRegister, ...undeclared } = ARTIK;
    for (const [profile, findings] of [
      [undeclared, false],
      [ARTIK, true],
    ] as const) {
      const story = history({ profile }).register(0, 1).create(0, 2, { type: "W", property: TIMEZONE, value: LONG });
      sends(story, 2, [0]).register(0, 3, { location: "rd/new" });
      expect(sends(story, 3.5, [1, 2]).findings().length > 0).toBe(findings);
    }
    expect(locationAtReRegister).toBeDefined();
  });

  it("is open to go on with one token for all, after a late answer to its last block, whatever came before it", () => {
    const { coap, ...undeclared } = ARTIK;
    const story = history({ profile: undeclared }).register(0, 1);
    story.create(0, 2, { type: "W", property: TIMEZONE, value: "short" });
    const short = writeContent([3, 0, 15], TEXT, new TextEncoder().encode("short"));
    story.request(0, 2, { content: short, token: "abcd" }).answer(0, 2, "2.04");
    story.create(1, 3, { type: "W", property: TIMEZONE, value: LONG });
    story
      .request(0, 3, { content: write(0), token: "abcd" })
      .wait(150)
      .update(0, 150);
    story.answer(0, 151, "2.31", { options: [blockOption(BLOCK1, block(0))] });
    expect(sends(story, 152, [1]).outcome("R-11")).not.toBe("fail");
    expect(coap).toBeDefined();
  });

  it("goes on with the tokens of an earlier attempt, when others came between (R-11)", () => {
    const { locationAtReRegister, ...undeclared } = ARTIK;
    const story = history({ profile: undeclared }).register(0, 1);
    story.create(0, 2, { type: "W", property: TIMEZONE, value: LONG });
    const acknowledged = { options: [blockOption(BLOCK1, block(0))] };
    story.request(0, 2, { content: write(0), token: "0a00" }).answer(0, 2, "2.31", acknowledged);
    story.requestInVain(0, 3, { content: write(1), token: "0a01" });
    story
      .update(0, 90)
      .request(0, 90, { content: write(0), token: "0b00" })
      .reset(0, 91);
    story
      .update(0, 100)
      .request(0, 100, { content: write(0), token: "0a00" })
      .answer(0, 100, "2.31", acknowledged);
    story.register(0, 101, { location: "rd/new" });
    story.request(0, 102, { content: write(1), token: "0a01" });
    story.answer(0, 102, "2.31", { options: [blockOption(BLOCK1, block(1))] });
    story.request(0, 103, { content: write(2), token: "0a02" });
    expect(story.outcome("R-11")).not.toBe("fail");
    expect(locationAtReRegister).toBeDefined();
  });

  it("goes on, live, when its last block was answered and repeated until it would have been given up", () => {
    const begun = (): Story => {
      const story = history({ live: true }).register(0, 1);
      story.create(0, 2, { type: "W", property: TIMEZONE, value: LONG });
      return sends(story, 2, [0]).retransmit(0, 5).retransmit(0, 11);
    };
    // By 95 s it would be given up; but the server had its answer, and is late.
    expect(sends(begun().wait(120), 120, [1, 2]).findings()).toEqual([]);
    // What is sent then may be repeated, and answered in a message of its own.
    const on = begun()
      .wait(120)
      .request(0, 120, { content: write(1), token: "abcd" })
      .retransmit(0, 123);
    on.answer(0, 124, "2.31", { options: [blockOption(BLOCK1, block(1))] });
    on.request(0, 125, { content: write(2), token: "abcd" }).acknowledge(0, 126);
    on.answer(0, 127, "2.04", { type: "CON", options: [blockOption(BLOCK1, block(2))] }).reply(0, 127.1, "ACK");
    expect(on.findings()).toEqual([]);
  });

  it("is none of the task's when it began like it and ended otherwise", () => {
    const other = new TextEncoder().encode(`${LONG.slice(0, -3)}xyz`);
    expect(sends(writing(), 2, [0, 1, 2], "one", other).see(0, 3, "SUCCEEDED", { attempts: 1 }).outcome("I-06")).toBe(
      "fail",
    );
    const another = new TextEncoder().encode(LONG.replaceAll("Z", "S"));
    expect(sends(writing(), 2, [0, 1, 2], "one", another).see(0, 3, "SUCCEEDED").findings()).not.toEqual([]);
  });

  it("repeats a block with the same bytes, at the times of a message of its own (R-07, RFC 7252 §4.2)", () => {
    const begun = (): Story => sends(writing(), 2, [0]).request(0, 3, { content: write(1), token: "abcd" });
    const kept = begun().retransmit(0, 5).retransmit(0, 9);
    expect(kept.findings()).toEqual([]);
    expect(kept.verdict("R-07")?.examined).toBeGreaterThan(0);
    const early = begun().retransmit(0, 3.1);
    expect(early.outcome("R-07")).toBe("fail");
    const messageId = 1_003;
    const changed = sends(writing(), 2, [0]).request(0, 3, { content: write(1), token: "abcd", messageId });
    changed.request(0, 5, { content: write(2), token: "abcd", messageId });
    expect(changed.findings()).not.toEqual([]);
  });

  it("counts the copies of each block by themselves", () => {
    const story = writing()
      .request(0, 2, { content: write(0), token: "abcd" })
      .retransmit(0, 4)
      .retransmit(0, 8);
    story.answer(0, 9, "2.31", { options: [blockOption(BLOCK1, block(0))] });
    story
      .request(0, 9, { content: write(1), token: "abcd" })
      .retransmit(0, 11)
      .retransmit(0, 15);
    expect(story.findings()).toEqual([]);
    expect(story.retransmit(0, 17).outcome("R-07")).toBe("fail");
  });

  it("is open as long as its present block is, however long ago it began (R-08)", () => {
    const late = (attempts: number): Story => {
      const story = sends(writing(), 2, [0]).requestInVain(0, 20, { content: write(1), token: "abcd" });
      story.answer(0, 75, "2.31", { options: [blockOption(BLOCK1, block(1))] });
      return sends(story, 75, [2]).see(0, 76, "SUCCEEDED", { attempts });
    };
    expect(late(1).findings()).toEqual([]);
    expect(late(2).outcome("R-08")).toBe("fail");
  });

  it("fails as an attempt when a block is not acknowledged, 62 s after that block, and begins anew (R-01)", () => {
    const broken = sends(writing(), 2, [0]).requestInVain(0, 20, { content: write(1), token: "abcd" });
    expect(broken.see(0, 80, "PROCESSING", { attempts: 1 }).findings()).toEqual([]);
    broken.see(0, 83, "QUEUED", { attempts: 1 }).update(0, 90);
    expect(sends(broken, 90, [0, 1, 2], "each").see(0, 91, "SUCCEEDED", { attempts: 2 }).findings()).toEqual([]);
    expect(broken.see(0, 92, "SUCCEEDED", { attempts: 1 }).outcome("R-08")).toBe("fail");
  });

  it("is answered by an error at any block", () => {
    const refused = (): Story =>
      sends(writing(), 2, [0])
        .request(0, 2, { content: write(1), token: "abcd" })
        .answer(0, 2, "4.04");
    expect(refused().see(0, 3, "FAILED", { attempts: 1, code: "4040" }).findings()).toEqual([]);
    expect(refused().see(0, 3, "SUCCEEDED", { attempts: 1 }).findings()).not.toEqual([]);
  });

  it.each(["FAILED", "QUEUED", "PROCESSING"] as const)("may be %s after 4.08, which is nobody's fault", (status) => {
    const story = sends(writing(), 2, [0]).request(0, 2, { content: write(1), token: "abcd" });
    story.answer(0, 2, "4.08", { options: [blockOption(BLOCK1, block(1))] });
    expect(story.see(0, 3, status, { attempts: 1 }).findings()).toEqual([]);
  });

  it("may begin anew within its attempt after 4.13 that names a smaller size", () => {
    const small = { code: "0.03" as const, payload: bytes.subarray(0, 512) };
    const options = sortOptions([
      ...writeContent([3, 0, 15], TEXT, bytes).options,
      blockOption(BLOCK1, { num: 0, more: true, szx: 5 }),
    ]);
    const story = writing().request(0, 2, { content: write(0), token: "abcd" });
    story.answer(0, 2, "4.13", { options: [blockOption(BLOCK1, { num: 0, more: true, szx: 5 })] });
    story.request(0, 2, { content: { ...small, options }, token: "abcd" });
    story.answer(0, 2, "2.31", { options: [blockOption(BLOCK1, { num: 0, more: true, szx: 5 })] });
    expect(story.see(0, 3, "PROCESSING", { attempts: 1 }).findings()).toEqual([]);
  });

  it("leaves open whose it is while two tasks begin alike", () => {
    const story = writing().create(1, 2, { type: "W", property: TIMEZONE, value: `${LONG.slice(0, -3)}xyz` });
    sends(story, 2, [0, 1, 2]);
    expect(story.findings()).toEqual([]);
  });

  it("may go on after the end of its active period, where its answer counts then, and need not", () => {
    const begun = (): Story => {
      const story = history()
        .register(0, 1)
        .create(0, 2, { type: "W", property: TIMEZONE, value: LONG, expiresAfter: 5 });
      story.request(0, 2, { content: write(0), token: "abcd" });
      return story.answer(0, 8, "2.31", { options: [blockOption(BLOCK1, block(0))] });
    };
    expect(begun().see(0, 9, "FAILED", { attempts: 1, code: "4004" }).findings()).toEqual([]);
    expect(sends(begun(), 8, [1, 2]).see(0, 9, "FAILED", { attempts: 1, code: "4004" }).findings()).toEqual([]);
  });

  it("does not hide another task's attempt after it broke off", () => {
    const value = LONG.replaceAll("Z", "S");
    const story = history()
      .register(0, 1)
      .create(0, 2, { type: "W", property: TIMEZONE, value: LONG, expiresAfter: 5 });
    story.request(0, 2, { content: write(0), token: "abcd" });
    story.answer(0, 8, "2.31", { options: [blockOption(BLOCK1, block(0))] });
    story.create(1, 20, { type: "W", property: TIMEZONE, value });
    sends(story, 20, [0, 1, 2], "each", new TextEncoder().encode(value));
    expect(story.poll(1, 21, [{ status: "SUCCEEDED", attempts: 1 }]).findings()).toEqual([]);
  });
});

it("a second Write of the same value is no restart of one that has expired", () => {
  const story = history().register(0, 1).create(0, 2, { type: "W", property: TIMEZONE, value: LONG, expiresAfter: 5 });
  story.request(0, 2, { content: write(0), token: "abcd" });
  story.answer(0, 8, "2.31", { options: [blockOption(BLOCK1, block(0))] });
  sends(story.create(1, 20, { type: "W", property: TIMEZONE, value: LONG }), 20, [0, 1, 2], "each");
  expect(story.poll(1, 21, [{ status: "SUCCEEDED", attempts: 1 }]).findings()).toEqual([]);
});

describe("a Write that the device forgot (4.08)", () => {
  const forgotten = (): Story => {
    const story = sends(writing(), 2, [0]).request(0, 2, { content: write(1), token: "abcd" });
    return story.answer(0, 2, "4.08", { options: [blockOption(BLOCK1, block(1))] });
  };

  it("is not taken for another task's Write of a short value to the same object", () => {
    const values = new Map([[15, "Asia/Seoul"]]);
    const partial = writeContent([3, 0], TLV, encodeInstance(3, values));
    const story = forgotten().create(1, 3, { type: "W", property: TIMEZONE, value: "Asia/Seoul" });
    story.request(0, 3, { content: { ...partial, code: "0.02" } }).answer(0, 3, "2.04");
    expect(story.poll(1, 4, [{ status: "SUCCEEDED", attempts: 1 }]).findings()).toEqual([]);
  });

  it("leaves open whose the next first block is, when another task's value begins alike", () => {
    const value = `${LONG.slice(0, -3)}xyz`;
    const both = (): Story => forgotten().create(1, 3, { type: "W", property: TIMEZONE, value });
    const first = sends(both(), 3, [0, 1, 2], "each").see(0, 4, "SUCCEEDED", { attempts: 1 });
    expect(first.poll(1, 4, [{ status: "QUEUED", attempts: 0 }]).findings()).toEqual([]);
    const second = sends(both(), 3, [0, 1, 2], "each", new TextEncoder().encode(value)).see(0, 4, "QUEUED");
    expect(second.poll(1, 4, [{ status: "SUCCEEDED", attempts: 1 }]).findings()).toEqual([]);
  });
});

it("a first block in the smaller size that the device asked for may be that of another task that begins alike", () => {
  const half = { num: 0, more: true, szx: 5 } as const;
  const { code, options } = writeContent([3, 0, 15], TEXT, bytes);
  const content = {
    code,
    options: sortOptions([...options, blockOption(BLOCK1, half)]),
    payload: bytes.subarray(0, 512),
  };
  const story = writing().request(0, 2, { content: write(0), token: "abcd" });
  story.answer(0, 2, "2.31", { options: [blockOption(BLOCK1, half)] });
  story.create(1, 2, { type: "W", property: TIMEZONE, value: `${LONG.slice(0, -3)}xyz` });
  expect(story.request(0, 2, { content }).see(0, 3, "PROCESSING").findings()).toEqual([]);
});

describe("a request that carries out no task", () => {
  it("may be left when its first block has come, for whoever asked may know enough (RFC 7959 §2.4)", () => {
    const discover = { code: "0.01" as const, options: readContent([3], 40).options, payload: new Uint8Array(0) };
    const told = history().register(0, 1).request(0, 1, { content: discover });
    told.answer(0, 1, "2.05", { payload: part(0), format: 40, options: [blockOption(BLOCK2, block(0))] });
    told.create(0, 2).request(0, 2).answer(0, 2, "2.05", { text: "UTC" });
    expect(told.see(0, 3, "SUCCEEDED", { attempts: 1 }).findings()).toEqual([]);
  });

  it("is in the way of another as long as nothing has come (Q-06)", () => {
    const discover = { code: "0.01" as const, options: readContent([3], 40).options, payload: new Uint8Array(0) };
    const told = history().register(0, 1).request(0, 1, { content: discover }).create(0, 2).request(0, 2);
    expect(told.outcome("Q-06")).toBe("fail");
  });
});

describe("a Read in blocks", () => {
  const whole = (): Story => {
    const story = reading();
    for (const num of [0, 1, 2]) gives(story, 2, num);
    return story.see(0, 3, "SUCCEEDED", { attempts: 1 });
  };

  it("is one attempt, and the mirror shows the whole value", () => {
    const story = whole().mirror(0, 4, { [TIMEZONE]: LONG });
    expect(story.findings()).toEqual([]);
    expect(story.verdict("D-01")?.examined).toBeGreaterThan(0);
    expect(
      whole()
        .mirror(0, 4, { [TIMEZONE]: LONG.slice(0, 900) })
        .findings(),
    ).not.toEqual([]);
  });

  it("has not succeeded with its first block", () => {
    expect(gives(reading(), 2, 0).see(0, 3, "SUCCEEDED", { attempts: 1 }).findings()).not.toEqual([]);
  });

  it("is left open when its parts do not fit together", () => {
    const tag = (value: number): readonly CoapOption[] => [{ number: ETAG, value: Uint8Array.of(value) }];
    for (const status of ["FAILED", "QUEUED"] as const) {
      const story = gives(gives(reading(), 2, 0, tag(1)), 2, 1, tag(2));
      expect(story.see(0, 3, status, { attempts: 1 }).findings()).toEqual([]);
    }
  });
});
