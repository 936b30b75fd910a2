import { describe, expect, it } from "vitest";
import { blockOption } from "../../../protocol/coap/block.ts";
import { BLOCK2 } from "../../../protocol/coap/options.ts";
import { readContent } from "../../../protocol/lwm2m/operations.ts";
import {
  deviceWith,
  downloaded,
  IMAGES,
  installed,
  offered,
  pullBy,
  READ_STATE,
  registered,
  says,
  URI,
} from "../firmware/test-story.ts";
import { history, type Story } from "../test-history.ts";

/** The device has told all of it. */
const told = (story: Story, version = "2.0"): Story =>
  says(says(says(story, 12, "state", 0), 12, "result", 1), 12, "version", version);
const begun = (): Story => says(registered().create(0, 2, { image: 0 }), 2, "state", 0);

describe("succeedsWithTheImage", () => {
  it("breaks O-04 by a success at the 2.04 of Execute", () => {
    const story = says(downloaded(registered()), 5, "state", 2);
    story.firmware(0, 5, "execute", 3, 0).see(0, 6, "SUCCEEDED");
    expect(story.finding("O-04")).toMatchObject({ actual: "SUCCEEDED at State 3, Result 0, version 1.0" });
  });

  it("breaks O-04 by a success with another version, and by one of which the device has not told", () => {
    expect(told(installed(registered(), "1.5"), "1.5").see(0, 13, "SUCCEEDED").outcome("O-04")).toBe("fail");
    expect(installed(registered()).see(0, 13, "SUCCEEDED").finding("O-04")?.actual).toBe("it has said nothing since");
  });

  it("breaks O-04 when the success of the update before is taken for that of this one", () => {
    const story = told(installed(registered())).see(0, 13, "SUCCEEDED");
    says(story.create(1, 20, { image: 1 }), 20, "result", 1).see(1, 21, "SUCCEEDED");
    expect(story.outcome("O-04")).toBe("fail");
  });

  it("keeps O-04 when the device is idle with Result 1, runs the image and has said so", () => {
    const story = told(installed(registered())).see(0, 13, "SUCCEEDED", { attempts: 1 });
    expect([story.outcome("O-04"), story.findings()]).toEqual(["pass", []]);
  });

  it("breaks O-04 by the success of a device without object 5, and is not exercised by ordinary tasks", () => {
    const without = history({ images: IMAGES }).register(0, 1).create(0, 2, { image: 0 });
    expect(says(without, 2, "version", "2.0").see(0, 3, "SUCCEEDED").outcome("O-04")).toBe("fail");
    const read = history().register(0, 1).create(0, 2).request(0, 2).answer(0, 2, "2.05", { text: "UTC" });
    expect(read.see(0, 3, "SUCCEEDED").verdict("O-04")).toBeUndefined();
  });
});

describe("failsUpdatesForAReason", () => {
  it("breaks R-01 when an update fails by a request that nobody acknowledged", () => {
    const story = begun().see(0, 3, "PROCESSING").requestInVain(0, 10, { content: READ_STATE });
    expect(story.see(0, 80, "FAILED", { code: 5000 }).outcome("R-01")).toBe("fail");
  });

  it("keeps R-01 when it waits after that", () => {
    const story = begun().see(0, 3, "PROCESSING").requestInVain(0, 10, { content: READ_STATE });
    expect(story.see(0, 80, "QUEUED").outcome("R-01")).toBe("pass");
  });

  it("breaks T-01 when it fails though the device said nothing, or said that all went well", () => {
    expect(registered().create(0, 2, { image: 0 }).see(0, 3, "FAILED", { code: 5000 }).outcome("T-01")).toBe("fail");
    expect(told(installed(registered())).see(0, 13, "FAILED", { code: 5000 }).outcome("T-01")).toBe("fail");
  });

  it("accepts a failure after whatever the device said: a server may have reasons of its own", () => {
    expect(begun().see(0, 3, "FAILED", { code: 5000 }).findings()).toEqual([]);
    expect(
      begun()
        .request(0, 3, { content: pullBy(URI) })
        .answer(0, 3, "4.00")
        .see(0, 3, "FAILED", { code: 4000 })
        .findings(),
    ).toEqual([]);
  });

  it("breaks T-01 by a cancellation that nobody asked for", () => {
    expect(begun().see(0, 3, "CANCELLED").outcome("T-01")).toBe("fail");
  });
});

describe("endsCancelledUpdates", () => {
  it("breaks T-04 when it goes on as if nothing had been said, and keeps it when it is ending or has ended", () => {
    expect(begun().cancel(0, 3).see(0, 4, "PROCESSING").outcome("T-04")).toBe("fail");
    expect(begun().cancel(0, 3).see(0, 4, "CANCEL_REQUESTED").outcome("T-04")).toBe("pass");
    expect(begun().cancel(0, 3).see(0, 4, "CANCELLED").outcome("T-04")).toBe("pass");
  });

  it("breaks T-04 when one of which nothing was sent is CANCEL_REQUESTED", () => {
    const waits = registered().create(0, 2, { image: 0, needsAcceptance: true }).cancel(0, 3);
    expect(waits.see(0, 4, "CANCEL_REQUESTED").outcome("T-04")).toBe("fail");
  });
});

describe("expiresUpdates", () => {
  const short = (): Story => says(registered().create(0, 2, { image: 0, expiresAfter: 10 }), 2, "state", 1);

  it("keeps E-05 and E-02 by 4004 at the end of the active period, though the device still works", () => {
    const story = short().see(0, 13, "FAILED", { code: 4004 });
    expect([story.outcome("E-05"), story.outcome("E-02"), story.findings()]).toEqual(["pass", "pass", []]);
  });

  it("breaks E-05 when it is open afterwards, and E-02 when it expires before", () => {
    expect(short().see(0, 13, "PROCESSING").outcome("E-05")).toBe("fail");
    expect(short().see(0, 11, "FAILED", { code: 4004 }).outcome("E-02")).toBe("fail");
  });

  it("expires while its user is asked, too", () => {
    const asked = registered().create(0, 2, { image: 0, expiresAfter: 10, needsAcceptance: true });
    expect(asked.see(0, 13, "FAILED", { code: 4004 }).outcome("E-05")).toBe("pass");
  });
});

describe("goesOnAtTriggers", () => {
  const resting = (): Story => says(offered(registered()), 3.5, "state", 1).firmware(0, 4, "downloaded", 2, 0);

  it("breaks O-07 when a device that has news registers, and is not asked for a minute", () => {
    const story = resting().register(0, 100).wait(170).see(0, 171, "PROCESSING");
    expect(story.finding("O-07")?.expected).toBe(
      "after the Register of device 0, which is at State 2 with Result 0 by then, it is asked for task 0 (update to 2.0) of device 0",
    );
    expect(resting().update(0, 100).wait(170).see(0, 171, "PROCESSING").outcome("O-07")).toBe("fail");
  });

  it("asks nothing when it is asked within the minute, has no news, or the update has ended meanwhile", () => {
    expect(says(resting().register(0, 100), 140, "state", 2).see(0, 171, "PROCESSING").verdict("O-07")).toBeUndefined();
    expect(
      says(resting(), 6, "state", 2).register(0, 100).wait(170).see(0, 171, "PROCESSING").verdict("O-07"),
    ).toBeUndefined();
    expect(resting().register(0, 100).wait(170).see(0, 171, "FAILED", { code: 5000 }).verdict("O-07")).toBeUndefined();
  });

  it("breaks R-04 when nothing is sent at the Update after a failed request", () => {
    const failed = (): Story => resting().requestInVain(0, 10, { content: READ_STATE }).update(0, 100);
    expect(failed().wait(110).see(0, 111, "QUEUED").outcome("R-04")).toBe("fail");
    expect(failed().request(0, 100, { content: READ_STATE }).outcome("R-04")).toBe("pass");
  });
});

describe("countsTriesOfUpdates", () => {
  it("accepts from one to the number of requests, however a server counts", () => {
    const two = (): Story => says(begun(), 5, "state", 0);
    for (const attempts of [1, 2]) expect(two().see(0, 6, "PROCESSING", { attempts }).outcome("R-08")).toBe("pass");
    expect(two().see(0, 6, "PROCESSING", { attempts: 3 }).outcome("R-08")).toBe("fail");
  });

  it("counts for the next update what asks again for what the last one asked, and was not given in whole", () => {
    const instance = readContent([5, 0]);
    const blockwise = (num: number, more: boolean) => [blockOption(BLOCK2, { num, more, szx: 0 })];
    const story = registered().create(0, 2, { image: 0 }).request(0, 2, { content: instance });
    story.answer(0, 2, "2.05", { payload: new Uint8Array(16), options: blockwise(0, true) });
    const rest = { ...instance, options: [...instance.options, ...blockwise(1, false)] };
    story.request(0, 2, { content: rest }).answer(0, 2, "4.08");
    const next = story.create(1, 4, { image: 1 }).request(0, 4, { content: instance });
    expect(next.see(1, 5, "PROCESSING", { attempts: 1 }).outcome("R-08")).toBe("pass");
  });

  it("breaks R-08 by a count of 0 once the image was offered, and by one before anything was sent", () => {
    expect(downloaded(registered()).see(0, 5, "PROCESSING", { attempts: 0 }).outcome("R-08")).toBe("fail");
    const waits = history({ devices: [deviceWith()], images: IMAGES }).create(0, 2, { image: 0 });
    expect(waits.see(0, 3, "QUEUED", { attempts: 1 }).outcome("R-08")).toBe("fail");
  });
});
