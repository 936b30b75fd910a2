import { describe, expect, it } from "vitest";
import { BLOCK_RULES, type BlockRules } from "./block-rules.ts";
import { done, Link, request, response } from "./blockwise-test-kit.ts";

/** A body of 3000 bytes, written to a peer that answers 2.04, with these rules. */
function writing(rules: Partial<BlockRules>, blockSize?: number): Link {
  const link = new Link(() => response("2.04"), { rules, blockSize });
  link.ask(request("0.03", 3_000));
  return link.finish();
}

function reading(rules: Partial<BlockRules>, bodies = [response("2.05", 3_000)]): Link {
  const link = new Link((_message, count) => bodies[Math.min(count, bodies.length) - 1] ?? response("4.04"), { rules });
  link.ask(request("0.01"));
  return link.finish();
}

describe("BLOCK_RULES", () => {
  it("begins at the first byte, goes on after the last, and marks the last block alone", () => {
    const content = request("0.03", 3_000);
    expect(BLOCK_RULES.firstBlock(content, 6)).toEqual({ offset: 0, szx: 6 });
    expect(BLOCK_RULES.nextBlock({ offset: 0, szx: 6 }, 2, content)).toEqual({ offset: 1_024, szx: 2 });
    expect([0, 1_024, 2_048].map((offset) => BLOCK_RULES.moreFollows({ offset, szx: 6 }, 3_000))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it("takes 2.04 to the last block for the answer, and neither 2.31 nor an answer to another block", () => {
    expect(BLOCK_RULES.answersAll("2.04", true)).toBe(true);
    expect(BLOCK_RULES.answersAll("2.31", true)).toBe(false);
    expect(BLOCK_RULES.answersAll("2.04", false)).toBe(false);
  });
});

describe("an endpoint with another rule of blocks", () => {
  it("sends and asks for blocks of 256 bytes", () => {
    const link = writing({ largestBlock: () => 4 });
    expect(link.log.filter((line) => line.includes("1:") && line.startsWith("CON"))).toHaveLength(12);
    expect(link.log[0]).toBe("CON 0.03 1:0/1/256 256");
    expect(done(link)).toEqual(["2.04 0"]);
    const read = reading({ largestBlock: () => 4 });
    expect(read.log.slice(0, 3)).toEqual(["CON 0.01", "ACK 2.05 2:0/1/1024 1024", "CON 0.01 2:4/0/256"]);
    expect(done(read)).toEqual(["2.05 3000"]);
  });

  it("says in the first request of a Read how large the blocks of the answer should be (RFC 7959 §2.4)", () => {
    const link = reading({ largestBlock: () => 5, negotiatesEarly: ({ code }) => code === "0.01" });
    expect(link.log.slice(0, 2)).toEqual(["CON 0.01 2:0/0/512", "ACK 2.05 2:0/1/512 512"]);
    expect(done(link)).toEqual(["2.05 3000"]);
  });

  it("leaves nothing but the first block of a response when it does not fetch the rest", () => {
    expect(done(reading({ fetchesRest: () => false }))).toEqual(["2.05 1024"]);
  });

  it("begins at another block than the first", () => {
    const link = writing({ firstBlock: (_content, szx) => ({ offset: 1_024, szx }) });
    expect(link.log[0]).toBe("CON 0.03 1:1/1/1024 1024");
    expect(link.log[1]).toBe("ACK 4.08 1:1/1/1024");
  });

  it.each([
    ["fails", 2, "failed incomplete"],
    ["begins-anew", 8, "2.04 0"],
  ] as const)("%s at 4.08", (consequence, datagrams, outcome) => {
    let refusals = 1;
    const link = new Link(() => response("2.04"), {
      rules: { afterIncomplete: () => consequence },
      takesBlock: () => (refusals-- > 0 ? "4.08" : undefined),
    });
    link.ask(request("0.03", 3_000));
    link.finish();
    expect(link.log).toHaveLength(datagrams);
    expect(done(link)).toEqual([outcome]);
  });

  it("begins anew once, not for ever, with a peer that answers 4.08 each time", () => {
    const link = new Link(() => response("2.04"), {
      rules: { afterIncomplete: () => "begins-anew" },
      takesBlock: () => "4.08",
    });
    link.ask(request("0.03", 3_000));
    expect(link.finish().log).toHaveLength(4);
  });

  it.each([
    ["fails", "failed incomplete"],
    ["begins-anew", "2.05 3000"],
  ] as const)("%s when a block is one of another body", (consequence, outcome) => {
    let changes = 1;
    const other = { ...response("2.05", 3_000), payload: new Uint8Array(3_000) };
    const link = new Link((_message, count) => (count === 1 ? response("2.05", 3_000) : other), {
      rules: { afterOtherBody: () => consequence },
      looksAtBlock: () => (changes-- > 0 ? { kind: "anew" } : { kind: "pass" }),
    });
    link.ask(request("0.01"));
    expect(done(link.finish())).toEqual([outcome]);
  });

  it("tells the size of the body in each block, or in none (§4)", () => {
    const sizes = (tells: boolean): number =>
      writing({ tellsSize: () => tells }).messages.filter(({ options }) => options.some(({ number }) => number === 60))
        .length;
    expect([sizes(true), sizes(false)]).toEqual([3, 0]);
  });
});
