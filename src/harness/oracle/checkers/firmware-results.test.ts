import { describe, expect, it } from "vitest";
import { downloaded, EXECUTE, offered, pullBy, READ_STATE, registered, says, URI } from "../firmware/test-story.ts";
import type { Story } from "../test-history.ts";

const RESULT = "deviceProperties.firmwareUpdate.updateResult";
const STATE = "deviceProperties.firmwareUpdate.state";

/** The installation ends with Result 8, and the device has said so at 12 s. */
function failed(): Story {
  const story = registered();
  says(downloaded(story), 5, "state", 2).request(0, 5, { content: EXECUTE }).answer(0, 5, "2.04");
  story.firmware(0, 5, "execute", 3, 0).firmware(0, 10, "installation-failed", 2, 8);
  return says(says(story, 12, "state", 2), 12, "result", 8);
}

describe("failsByTheResult", () => {
  it("breaks O-05 when the device task is open, or has succeeded, after Result 8 was read", () => {
    expect(failed().see(0, 15, "PROCESSING").finding("O-05")?.expected).toBe(
      "task 0 (update to 2.0) of device 0 is FAILED: its device has said Result 8",
    );
    expect(failed().see(0, 12, "SUCCEEDED").outcome("O-05")).toBe("fail");
  });

  it("keeps O-05 when it is FAILED, by whatever code, and leaves it open for a second", () => {
    expect(failed().see(0, 15, "FAILED", { code: 5008 }).outcome("O-05")).toBe("pass");
    expect(failed().see(0, 12.5, "PROCESSING").outcome("O-05")).toBe("inconclusive");
  });

  it("breaks O-05 by one more image, or one more Execute", () => {
    expect(
      failed()
        .request(0, 13, { content: pullBy(URI) })
        .outcome("O-05"),
    ).toBe("fail");
    expect(failed().request(0, 13, { content: EXECUTE }).outcome("O-05")).toBe("fail");
  });

  it("breaks O-05 when the mirror shows another Result, or none", () => {
    expect(
      failed()
        .mirror(0, 13, { [RESULT]: 8, [STATE]: 2 })
        .outcome("O-05"),
    ).toBe("pass");
    expect(
      failed()
        .mirror(0, 13, { [RESULT]: 0 })
        .outcome("O-05"),
    ).toBe("fail");
    expect(failed().mirror(0, 13, {}).outcome("O-05")).toBe("fail");
  });

  it("asks nothing of a Result that was there before, or that may be of an offer whose answer was lost", () => {
    const before = registered().firmware(0, 1.5, "installation-failed", 2, 8).create(0, 2, { image: 0 });
    expect(says(before, 2, "result", 8).see(0, 15, "PROCESSING").verdict("O-05")).toBeUndefined();
    const lost = registered()
      .create(0, 2, { image: 0 })
      .requestInVain(0, 2, { content: pullBy(URI) });
    lost.firmware(0, 2, "uri-written", 1, 0).firmware(0, 9, "download-failed", 0, 4).update(0, 100);
    expect(
      says(lost, 100, "result", 4)
        .request(0, 101, { content: pullBy(URI) })
        .verdict("O-05"),
    ).toBeUndefined();
  });

  it("asks nothing of a Result after an offer that was answered about when it was given up: the server may begin anew", () => {
    const offeredAgain = (answeredAt: number): Story => {
      const story = says(registered({ live: true }).create(0, 1.5, { image: 0 }), 1.6, "state", 0);
      story.request(0, 2, { content: pullBy(URI) });
      for (const later of [2, 6, 14, 30]) if (answeredAt > 2 + later) story.retransmit(0, 2 + later);
      story.answer(0, answeredAt, "2.04").firmware(0, answeredAt, "uri-written", 1, 0);
      story.firmware(0, answeredAt + 5, "download-failed", 0, 4).register(0, 100);
      return says(story, 100.1, "result", 4).request(0, 100.2, { content: pullBy(URI) });
    };
    expect(offeredAgain(65).verdict("O-05")).toBeUndefined();
    expect(offeredAgain(20).outcome("O-05"), "the server surely has that answer").toBe("fail");
  });

  it("asks nothing of an update that was cancelled", () => {
    expect(failed().cancel(0, 12).see(0, 15, "CANCELLED").verdict("O-05")).toBeUndefined();
  });
});

describe("showsStatesOfTheDevice", () => {
  it("breaks O-07 by a State that the device has neither said nor had since", () => {
    expect(
      says(downloaded(registered()), 5, "state", 2)
        .mirror(0, 6, { [STATE]: 1 })
        .finding("O-07"),
    ).toMatchObject({
      expected: `${STATE} of device 0 shows 2, as of 5.000 s`,
      actual: "1",
    });
    expect(
      says(downloaded(registered()), 5, "state", 2)
        .mirror(0, 6, { [STATE]: 3 })
        .outcome("O-07"),
    ).toBe("fail");
  });

  it("keeps O-07 by what it said last, and by what it has become since", () => {
    const said = (): Story => says(offered(registered()), 3.5, "state", 1).firmware(0, 4, "downloaded", 2, 0);
    expect(
      said()
        .mirror(0, 6, { [STATE]: 1 })
        .outcome("O-07"),
    ).toBe("pass");
    expect(
      said()
        .mirror(0, 6, { [STATE]: 2 })
        .outcome("O-07"),
    ).toBe("pass");
    expect(
      said()
        .mirror(0, 6, { [STATE]: 0 })
        .outcome("O-07"),
    ).toBe("fail");
  });

  it("is not exercised where the mirror shows no State, and without an update", () => {
    expect(downloaded(registered()).mirror(0, 6, {}).verdict("O-07")).toBeUndefined();
    expect(
      registered()
        .mirror(0, 6, { [STATE]: 3 })
        .verdict("O-07"),
    ).toBeUndefined();
  });
});

describe("Reads of an update beside ordinary tasks", () => {
  const VERSION = "deviceProperties.device.firmwareVersion";

  it("changes the mirror of what an ordinary Read brought, or does not: D-01 asks nothing of it any more", () => {
    const story = (): Story => {
      const read = registered().create(5, 1.5, { property: VERSION }).request(0, 1.5, { task: 5 });
      read.answer(0, 1.5, "2.05", { text: "1.0" });
      return says(downloaded(read), 6, "version", "1.1");
    };
    expect(
      story()
        .mirror(0, 7, { [VERSION]: "1.0" })
        .findings(),
    ).toEqual([]);
    expect(
      story()
        .mirror(0, 7, { [VERSION]: "1.1" })
        .findings(),
    ).toEqual([]);
  });

  it("leaves a Read of 3/0/3 open that may be of the update or of another task", () => {
    const both = registered()
      .create(0, 2, { image: 0 })
      .request(0, 2, { content: READ_STATE })
      .answer(0, 2, "2.05", { text: "0" });
    both.create(1, 3, { property: VERSION });
    says(both, 3, "version", "1.0");
    expect(both.see(1, 9, "QUEUED").findings()).toEqual([]);
    expect(both.see(1, 10, "SUCCEEDED").findings()).toEqual([]);
  });
});
