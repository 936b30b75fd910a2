import { describe, expect, it } from "vitest";
import { history, type Story } from "../test-history.ts";

/** The response comes in a Confirmable message with this id; the Register had 1000. */
const answered = (messageId: number, at = 5): Story =>
  history()
    .register(0, 1)
    .create(0, 2)
    .request(0, 2)
    .acknowledge(0, 2)
    .answer(0, at, "2.05", { text: "UTC", type: "CON", messageId });

describe("reusesMessageId", () => {
  it("leaves open what becomes of a response under the message id of a Register (RFC 7252 §4.5)", () => {
    const silent = answered(1_000, 2.5).wait(20).see(0, 21, "PROCESSING");
    expect([silent.outcome("I-04"), silent.findings()]).toEqual(["not-exercised", []]);
    const taken = answered(1_000, 2.5).reply(0, 2.5, "ACK").see(0, 3, "SUCCEEDED", { attempts: 1 });
    expect(taken.findings()).toEqual([]);
  });

  it("asks for the ACK when the id is new, and when EXCHANGE_LIFETIME (247 s) is over", () => {
    expect(answered(7_000, 2.5).wait(20).see(0, 21, "PROCESSING").outcome("I-04")).toBe("fail");
    const late = history().register(0, 1).create(0, 300).request(0, 300).acknowledge(0, 300);
    late.answer(0, 300.5, "2.05", { text: "UTC", type: "CON", messageId: 1_000 });
    expect(late.wait(320).see(0, 321, "PROCESSING").outcome("I-04")).toBe("fail");
  });
});
