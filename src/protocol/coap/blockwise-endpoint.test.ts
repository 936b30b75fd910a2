import { describe, expect, it } from "vitest";
import { address } from "../address.ts";
import { NEVER } from "../time.ts";
import { type Block, blockOption } from "./block.ts";
import { body, CLIENT, create, done, Link, request, response } from "./blockwise-test-kit.ts";
import { BLOCK1, BLOCK2, SIZE1, stringOption, URI_PATH, uintOption } from "./options.ts";
import { at, brief, keyedRandom, PEER, wire } from "./test-kit.ts";
import type { CoapMessage, Code } from "./types.ts";

describe("a large request", () => {
  it("of 3000 bytes is three exchanges with message ids of their own and one token, and one request to the server", () => {
    const link = new Link(() => response("2.04"));
    const id = link.ask(request("0.03", 3_000));
    expect(link.log).toEqual([
      "CON 0.03 1:0/1/1024 1024",
      "ACK 2.31 1:0/1/1024",
      "CON 0.03 1:1/1/1024 1024",
      "ACK 2.31 1:1/1/1024",
      "CON 0.03 1:2/0/1024 952",
      "ACK 2.04 1:2/0/1024",
    ]);
    expect(link.served).toMatchObject([{ payload: body(3_000), options: request("0.03", 1).options }]);
    expect(link.ends).toMatchObject([{ kind: "response", id, message: { code: "2.04" } }]);
    const asked = link.messages.filter(({ type }) => type === "CON");
    expect(new Set(asked.map(({ messageId }) => messageId)).size).toBe(3);
    expect(new Set(asked.map(({ token }) => token)).size).toBe(1);
  });

  it("may have a new token for each block", () => {
    const link = new Link(() => response("2.04"), { rules: { tokenOfBlock: () => "new" } });
    link.ask(request("0.03", 3_000));
    expect(new Set(link.messages.map(({ token }) => token)).size).toBe(3);
    expect(done(link)).toEqual(["2.04 0"]);
  });

  it("goes on in blocks of 512 where the server wants them (late negotiation)", () => {
    const link = new Link(() => response("2.04"), { blockSize: 512 });
    link.ask(request("0.03", 1_600));
    expect(link.log.filter((line) => line.startsWith("CON"))).toEqual([
      "CON 0.03 1:0/1/1024 1024",
      "CON 0.03 1:2/1/512 512",
      "CON 0.03 1:3/0/512 64",
    ]);
    expect(link.served[0]?.payload).toEqual(body(1_600));
  });

  it("may be answered in a message of its own", () => {
    const link = new Link(() => "slow");
    link.ask(request("0.03", 1_500));
    expect(link.log.slice(2)).toEqual(["CON 0.03 1:1/0/1024 476", "ACK 0.00", "CON 2.04 1:1/0/1024", "ACK 0.00"]);
    expect(done(link.finish())).toEqual(["2.04 0"]);
  });

  it("fails as incomplete when the server forgot the beginning, is shown to nobody, and begins at block 0 next time", () => {
    let link: Link | undefined;
    const reboot = (count: number): boolean => {
      if (count === 3 && link !== undefined) link.server = create({ random: keyedRandom(3) });
      return false;
    };
    link = new Link(() => response("2.04"), {}, reboot);
    link.ask(request("0.03", 3_000));
    expect(link.log.slice(-2)).toEqual(["CON 0.03 1:1/1/1024 1024", "ACK 4.08 1:1/1/1024"]);
    expect(done(link)).toEqual(["failed incomplete"]);
    expect(link.served).toEqual([]);
    link.ask(request("0.03", 3_000));
    expect(link.log[4]).toBe("CON 0.03 1:0/1/1024 1024");
    expect(done(link)).toEqual(["failed incomplete", "2.04 0"]);
    expect(link.served).toHaveLength(1);
  });

  it("fails under its own name whichever block gets no answer", () => {
    const link = new Link(() => "ignore");
    const id = link.ask(request("0.03", 1_500));
    link.finish();
    expect(link.ends).toEqual([{ kind: "failed", id, to: PEER, reason: "no-acknowledgement" }]);
    expect(link.log.slice(2)).toEqual(Array(5).fill("CON 0.03 1:1/0/1024 476"));
  });

  it("can be cancelled between blocks: nothing more goes out, and a late answer means nothing", () => {
    const link = new Link(
      () => response("2.04"),
      {},
      (count) => count >= 3,
    );
    const id = link.ask(request("0.03", 3_000));
    expect(link.client.cancel(id, link.now)).toEqual([]);
    expect(link.client.deadline).toBe(NEVER);
    expect(link.ends).toEqual([]);
  });

  it("is unreachable under its own name", () => {
    const link = new Link(
      () => response("2.04"),
      {},
      (count) => count >= 3,
    );
    const id = link.ask(request("0.03", 3_000));
    expect(link.client.unreachable(PEER, link.now)).toEqual([{ kind: "failed", id, to: PEER, reason: "unreachable" }]);
  });

  it("is refused by an error of the application, and the answer says which block it is to", () => {
    const link = new Link(() => response("4.00"));
    link.ask(request("0.03", 1_500));
    expect(link.log.at(-1)).toBe("ACK 4.00 1:1/0/1024");
    expect(done(link)).toEqual(["4.00 0"]);
  });
});

describe("a large response", () => {
  it("of 2500 bytes is fetched by two more requests without payload, and made once", () => {
    const link = new Link(() => response("2.05", 2_500));
    const id = link.ask(request("0.01"));
    expect(link.log).toEqual([
      "CON 0.01",
      "ACK 2.05 2:0/1/1024 1024",
      "CON 0.01 2:1/0/1024",
      "ACK 2.05 2:1/1/1024 1024",
      "CON 0.01 2:2/0/1024",
      "ACK 2.05 2:2/0/1024 452",
    ]);
    expect(link.served).toHaveLength(1);
    expect(link.ends).toMatchObject([{ kind: "response", id, message: { code: "2.05", payload: body(2_500) } }]);
  });

  it("comes in blocks of 16 where the server likes them, and in those that a request asks for (early negotiation)", () => {
    const link = new Link(() => response("2.05", 40), { blockSize: 16 });
    link.ask(request("0.01"));
    expect(link.log.filter((line) => line.startsWith("ACK"))).toEqual([
      "ACK 2.05 2:0/1/16 16",
      "ACK 2.05 2:1/1/16 16",
      "ACK 2.05 2:2/0/16 8",
    ]);
    const early = new Link(() => response("2.05", 40));
    const asked = {
      ...request("0.01"),
      options: [stringOption(URI_PATH, "3"), blockOption(BLOCK2, { num: 0, more: false, szx: 1 })],
    };
    early.ask(asked);
    expect(early.log).toEqual(["CON 0.01 2:0/0/32", "ACK 2.05 2:0/1/32 32"]);
    expect(early.served[0]?.options).toEqual([stringOption(URI_PATH, "3")]);
  });

  it("is asked of the application again when the server has forgotten it, and is incomplete if it changed", () => {
    for (const [again, end] of [
      [2_500, "2.05 2500"],
      [2_400, "failed incomplete"],
    ] as const) {
      let link: Link | undefined;
      const reboot = (count: number): boolean => {
        if (count === 3 && link !== undefined) link.server = create({ random: keyedRandom(3) });
        return false;
      };
      link = new Link((_, count) => response("2.05", count === 1 ? 2_500 : again), {}, reboot);
      link.ask(request("0.01"));
      expect(done(link)).toEqual([end]);
      expect(link.served).toHaveLength(2);
    }
  });

  it("to a POST is not made a second time when the server has forgotten it: 4.08", () => {
    const server = create();
    const later = {
      ...request("0.02"),
      options: [stringOption(URI_PATH, "3"), blockOption(BLOCK2, { num: 1, more: false, szx: 6 })],
    };
    const effects = server.receive(CLIENT, wire({ ...later, code: "0.02" }), at(0));
    expect(brief(effects)).toEqual(["ACK 4.08 7 aa"]);
  });

  it("may follow a large request: POST of 1500 bytes, answered with 1500", () => {
    const link = new Link(() => response("2.04", 1_500));
    link.ask(request("0.02", 1_500));
    expect(link.log).toEqual(
      [
        "CON 0.02 1:0/1/1024 1024",
        "ACK 2.31 1:0/1/1024",
        "CON 0.02 1:1/0/1024 476",
        "ACK 2.04 1:1/0/1024 2:0/1/1024 1024",
        "CON 0.02 2:1/0/1024",
        "ACK 2.04 2:1/0/1024 476",
      ].map((line) => line),
    );
    expect(link.served).toHaveLength(1);
    expect(done(link)).toEqual(["2.04 1500"]);
  });
});

describe("a server", () => {
  const refused = (options: CoapMessage["options"]): string[] =>
    brief(create().receive(CLIENT, wire({ code: "0.03", options }), at(0)));

  it("answers 4.00 to size exponent 7 (RFC 7959 §2.2), and leaves options that are none to the application", () => {
    expect(refused([uintOption(BLOCK1, 7)])).toEqual(["ACK 4.00 7 aa"]);
    expect(refused([uintOption(BLOCK2, 7)])).toEqual(["ACK 4.00 7 aa"]);
    expect(refused([{ number: BLOCK1, value: new Uint8Array(4) }])).toEqual(["request 0.03"]);
    expect(refused([uintOption(BLOCK1, 0), { number: 9_999, value: new Uint8Array(0) }])).toEqual(["request 0.03"]);
  });

  it("does not mix up the bodies of two peers, two paths or two methods under one token", () => {
    const server = create();
    const first: Block = { num: 0, more: true, szx: 0 };
    const send = (from: string, code: Code, path: string, block: Block, messageId: number): string[] => {
      const options = [stringOption(URI_PATH, path), blockOption(BLOCK1, block)];
      return brief(server.receive(address(from), wire({ code, options, messageId, payload: body(16) }), at(0)));
    };
    expect(send("192.0.2.9:5683", "0.03", "3", first, 1)).toEqual(["ACK 2.31 1 aa"]);
    const last: Block = { num: 1, more: false, szx: 0 };
    expect(send("192.0.2.9:5684", "0.03", "3", last, 2)).toEqual(["ACK 4.08 2 aa"]);
    expect(send("192.0.2.9:5683", "0.02", "3", last, 3)).toEqual(["ACK 4.08 3 aa"]);
    expect(send("192.0.2.9:5683", "0.03", "4", last, 4)).toEqual(["ACK 4.08 4 aa"]);
    expect(send("192.0.2.9:5683", "0.03", "3", last, 5)).toEqual(["request 0.03"]);
  });

  it("forgets half a body after EXCHANGE_LIFETIME (no jitter: 232 s) without waiting for anything", () => {
    const server = create();
    const block = (num: number, more: boolean, messageId: number, now: number): string[] =>
      brief(
        server.receive(
          CLIENT,
          wire({ code: "0.03", messageId, options: [blockOption(BLOCK1, { num, more, szx: 0 })], payload: body(16) }),
          at(now),
        ),
      );
    block(0, true, 1, 0);
    expect(server.deadline).toBe(NEVER);
    expect(block(1, true, 2, 231)).toEqual(["ACK 2.31 2 aa"]);
    expect(block(2, false, 3, 231 + 232)).toEqual(["ACK 4.08 3 aa"]);
  });

  it("gives a copy of a block the answer that the first got", () => {
    const server = create();
    const options = [blockOption(BLOCK1, { num: 0, more: true, szx: 0 }), uintOption(SIZE1, 32)];
    const bytes = wire({ code: "0.03", options, payload: body(16) });
    const first = server.receive(CLIENT, bytes, at(0));
    expect(server.receive(CLIENT, bytes, at(1))).toEqual(first);
  });
});
