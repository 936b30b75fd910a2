import { describe, expect, it } from "vitest";
import { findingShape } from "./finding-shape.ts";

const shape = (expected: string, actual = "nothing") => findingShape({ expected, actual });

describe("findingShape", () => {
  it("forgets times, indices, identifiers, values and names of properties", () => {
    expect(
      shape("task 3 (W deviceProperties.device.timezone) of device 1 stays SUCCEEDED", "FAILED with error 4000"),
    ).toBe("task # (…) of device # stays SUCCEEDED; FAILED with error #");
    expect(shape('deviceProperties.device.timezone of device 0 shows "Asia/Seoul", as of 12.500 s', '"UTC"')).toBe(
      "… of device # shows …, as of # s; …",
    );
    expect(shape("a new attempt has a new token", "token 9f01aa12 again")).toBe(
      "a new attempt has a new token; token # again",
    );
  });

  it("takes a span for a number: what is not decided to the unit is no other failure", () => {
    expect(shape("numAttempts is 1 to 2", "3")).toBe(shape("numAttempts is 2", "0"));
  });

  it("tells apart two ways to break the retransmission of RFC 7252 §4.2", () => {
    expect(shape("at most 5 datagrams of message 7 to device 0", "datagram 6")).not.toBe(
      shape("message 7 to device 0 is repeated 4.000 s to 6.000 s after its last copy", "after 2.000 s"),
    );
  });

  it("tells apart what was seen instead", () => {
    expect(shape("task 0 is PENDING", "FAILED")).not.toBe(shape("task 0 is PENDING", "SUCCEEDED"));
  });
});
