import { describe, expect, it } from "vitest";
import { encodeInstance } from "../../../protocol/lwm2m/content.ts";
import { readContent } from "../../../protocol/lwm2m/operations.ts";
import { EMPTY_PROFILE } from "../../../protocol/profile.ts";
import {
  deviceWith,
  downloaded,
  EXECUTE,
  IMAGES,
  offered,
  PUSH,
  pullBy,
  READ_STATE,
  registered,
  says,
} from "../firmware/test-story.ts";
import { history, type Story } from "../test-history.ts";

const TLV = 11_542;

describe("executesWhatIsDownloaded", () => {
  it("breaks O-03 when the Execute follows the 2.04 to the URI, though the device has the image already", () => {
    const story = downloaded(registered()).request(0, 5, { content: EXECUTE }).as("execute");
    expect(story.finding("O-03")).toMatchObject({
      expected: "device 0 is told to update only once it has said State 2 (Downloaded)",
      actual: "an Execute, after nothing about its State",
    });
  });

  it("breaks O-03 when the device has said State 1, or had said State 2 before the image was offered", () => {
    const early = says(offered(registered()), 3.5, "state", 1).firmware(0, 4, "downloaded", 2, 0);
    expect(early.request(0, 5, { content: EXECUTE }).outcome("O-03")).toBe("fail");
    const left = says(registered().create(0, 2, { image: 0 }), 2, "state", 2);
    left.request(0, 3, { content: PUSH }).answer(0, 3, "2.04").request(0, 4, { content: EXECUTE });
    expect(left.outcome("O-03")).toBe("fail");
  });

  it("keeps O-03 when the State was read alone, or with all of /5/0", () => {
    expect(says(downloaded(registered()), 5, "state", 2).request(0, 5, { content: EXECUTE }).outcome("O-03")).toBe(
      "pass",
    );
    const whole = downloaded(registered()).request(0, 5, { content: readContent([5, 0]) });
    const payload = encodeInstance(5, new Map([[3, 2]]));
    whole.answer(0, 5, "2.05", { payload, format: TLV }).request(0, 5, { content: EXECUTE });
    expect(whole.outcome("O-03")).toBe("pass");
  });

  it("breaks O-03 by a second Execute after an answered one, and leaves it open after one that was not", () => {
    const ready = (): Story => says(downloaded(registered()), 5, "state", 2);
    const answered = ready().request(0, 5, { content: EXECUTE }).answer(0, 5, "2.04");
    expect(answered.request(0, 6, { content: EXECUTE }).outcome("O-03")).toBe("fail");
    const lost = ready().requestInVain(0, 5, { content: EXECUTE }).update(0, 100).request(0, 100, { content: EXECUTE });
    expect(lost.verdict("O-03")).toMatchObject({ undecided: 1, findings: [] });
  });

  it("asks nothing of an Execute that a task asks for by itself", () => {
    const property = "deviceProperties.firmwareUpdate.update";
    expect(
      registered().create(0, 2, { type: "E", property }).request(0, 2, { task: 0 }).verdict("O-03"),
    ).toBeUndefined();
  });
});

describe("offersWhatDevicesUnderstand", () => {
  const offered = (firmware: object, uri: string): Story => {
    const story = history({ devices: [deviceWith(firmware)], images: IMAGES }).register(0, 1);
    return story.create(0, 2, { image: 0 }).request(0, 2, { content: pullBy(uri) });
  };

  it("breaks O-06 by a scheme that 5/0/8 does not list", () => {
    expect(offered({ protocols: ["http"] }, "coap://h/1").finding("O-06")).toMatchObject({
      expected: "device 0 is given a URI of http, which it supports (5/0/8)",
      actual: "coap",
    });
    expect(offered({}, "coaps://h/1").outcome("O-06")).toBe("fail");
    expect(offered({ delivery: "push" }, "http://h/1").outcome("O-06")).toBe("fail");
  });

  it("keeps O-06 by one that it lists, in capitals too, and by coap where there is no 5/0/8", () => {
    expect(offered({ protocols: ["coap", "http"] }, "HTTP://h/1").outcome("O-06")).toBe("pass");
    expect(offered({ protocols: [] }, "coap://h/1").outcome("O-06")).toBe("pass");
  });

  it("is not exercised by an empty URI, which resets, nor by a pushed image", () => {
    expect(offered({}, "").verdict("O-06")).toBeUndefined();
    const pushed = registered().create(0, 2, { image: 0 }).request(0, 2, { content: PUSH });
    expect(pushed.verdict("O-06")).toBeUndefined();
  });
});

describe("waitsAfterFailedSteps", () => {
  const failed = (options = {}): Story =>
    registered(options).create(0, 2, { image: 0 }).requestInVain(0, 2, { content: READ_STATE });

  it("breaks R-06 by a poll after one that failed, without Register or Update", () => {
    expect(failed().request(0, 74, { content: READ_STATE }).outcome("R-06")).toBe("fail");
  });

  it("keeps R-06 by a poll after a trigger, and asks nothing of one after an answer", () => {
    expect(failed().update(0, 80).request(0, 80, { content: READ_STATE }).outcome("R-06")).toBe("pass");
    const polled = says(says(registered().create(0, 2, { image: 0 }), 2, "state", 1), 12, "state", 1);
    expect(polled.verdict("R-06")).toBeUndefined();
  });

  it("asks nothing of a Read of the device object that another task may have asked for", () => {
    const look = { content: readContent([3, 0]) };
    expect(failed().request(0, 74, look).outcome("R-06")).toBe("fail");
    const task = { type: "R", property: "deviceProperties.device" } as const;
    expect(failed().create(1, 73, task).request(0, 74, look).verdict("R-06")).toBeUndefined();
    // That one failed, and not the update's.
    const others = registered().create(0, 2, { image: 0 }).create(1, 3, task).requestInVain(0, 4, look);
    expect(others.request(0, 90, { content: READ_STATE }).outcome("R-06")).not.toBe("fail");
  });

  it("asks nothing live after an answer about when the request was given up: the server may have taken it", () => {
    // It was given up between 56 and 72 s, as exactly as timers can be measured; two seconds more may be the server's.
    const live = (): Story => failed({ live: true });
    const poll = { content: READ_STATE };
    expect(live().request(0, 74, poll).outcome("R-06")).toBe("fail");
    expect(live().answer(0, 65, "2.05", { text: "0" }).request(0, 74, poll).verdict("R-06")).toBeUndefined();
    expect(live().answer(0, 78, "2.05", { text: "0" }).request(0, 80, poll).outcome("R-06"), "too late").toBe("fail");
  });

  it("asks nothing after the answer to another attempt than the one that failed", () => {
    const again = failed({ live: true }).update(0, 80).requestInVain(0, 80, { content: READ_STATE });
    expect(again.request(0, 160, { content: READ_STATE }).outcome("R-06")).toBe("fail");
    expect(
      again
        .answer(0, 143, "2.05", { text: "0" })
        .findings()
        .filter(({ requirement }) => requirement === "R-06"),
    ).toHaveLength(1);
  });

  it("asks nothing where the server does not declare when it gives up (RFC 7252 §4.2)", () => {
    expect(failed({ profile: EMPTY_PROFILE }).request(0, 74, { content: READ_STATE }).verdict("R-06")).toBeUndefined();
  });
});
