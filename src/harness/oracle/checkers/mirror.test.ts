import { describe, expect, it } from "vitest";
import { encodeInstance, TLV } from "../../../protocol/lwm2m/content.ts";
import { ARTIK } from "../../../protocol/profile.ts";
import { history, type Story, TIMEZONE } from "../test-history.ts";

const OFFSET = "deviceProperties.device.utcOffset";
/** A Read, answered with UTC at 3 s. */
const read = (options = {}): Story =>
  history(options).register(0, 1).create(0, 2).request(0, 2.01).answer(0, 3, "2.05", { text: "UTC" }).as("answer");
const written = (): Story =>
  history()
    .register(0, 1)
    .create(0, 2, { type: "W", property: OFFSET, value: "+02:00" })
    .request(0, 2)
    .answer(0, 3, "2.04")
    .as("answer");

describe("mirrorsWhatSucceeded, D-01 and D-02", () => {
  it("breaks D-01 when the mirror shows another value than the one that was read", () => {
    const story = read()
      .mirror(0, 4, { [TIMEZONE]: "CET" })
      .as("seen");
    expect(story.finding("D-01")).toEqual({
      requirement: "D-01",
      events: [story.event("answer"), story.event("seen")],
      expected: `${TIMEZONE} of device 0 shows "UTC", as of 3.000 s`,
      actual: '"CET"',
    });
  });

  it("breaks D-02 when the mirror does not show what was written", () => {
    expect(written().mirror(0, 4, {}).finding("D-02")).toMatchObject({
      expected: `${OFFSET} of device 0 shows "+02:00", as of 3.000 s`,
      actual: "nothing",
    });
  });

  it("keeps D-01 and D-02 by the value, plain or with a timestamp", () => {
    expect(
      read()
        .mirror(0, 4, { [TIMEZONE]: "UTC" })
        .outcome("D-01"),
    ).toBe("pass");
    expect(
      written()
        .mirror(0, 4, { [OFFSET]: "+02:00" })
        .outcome("D-02"),
    ).toBe("pass");
  });

  it("judges every property of a Read of the whole object", () => {
    const payload = encodeInstance(
      3,
      new Map<number, string | number>([
        [0, "ACME"],
        [9, 80],
      ]),
    );
    const story = history().register(0, 1).create(0, 2, { property: "deviceProperties.device" }).request(0, 2);
    story.answer(0, 3, "2.05", { payload, format: TLV });
    const shown = { "deviceProperties.device.manufacturer": "ACME", "deviceProperties.device.batteryLevel": "80" };
    expect(story.mirror(0, 4, shown).verdict("D-01")).toMatchObject({ examined: 2, findings: [] });
    expect(story.mirror(0, 5, { ...shown, "deviceProperties.device.batteryLevel": 81 }).outcome("D-01")).toBe("fail");
  });

  it.each([1_700_000_000, "1700000000", 1_700_000_000_000])(
    "takes a time in seconds or milliseconds, as number or text: %s (choice 31)",
    (shown) => {
      const property = "deviceProperties.device.currentTime";
      const story = history().register(0, 1).create(0, 2, { property }).request(0, 2);
      story.answer(0, 3, "2.05", { text: "1700000000" });
      expect(story.mirror(0, 4, { [property]: shown }).outcome("D-01")).toBe("pass");
    },
  );

  it("leaves open live what is asked within 5 s after a second value", () => {
    const story = read({ live: true }).create(1, 10).request(0, 10.01, { task: 1 });
    story.answer(0, 10.1, "2.05", { text: "CET" });
    expect(story.mirror(0, 11, { [TIMEZONE]: "UTC" }).findings()).toEqual([]);
    expect(story.mirror(0, 20, { [TIMEZONE]: "UTC" }).outcome("D-01")).toBe("fail");
  });

  it("judges nothing of a written text that is no value of the resource: what became of it is the server's", () => {
    const odd = { type: "W", property: "deviceProperties.device.currentTime", value: "soon" } as const;
    const story = history().register(0, 1).create(0, 2, odd);
    expect(
      story
        .see(0, 3, "QUEUED")
        .mirror(0, 4, { [odd.property]: "soon" })
        .outcome("D-02"),
    ).toBe("not-exercised");
  });

  it("is not exercised when nothing was read or written, or nobody looks", () => {
    expect(history().register(0, 1).mirror(0, 4, {}).outcome("D-01")).toBe("not-exercised");
    expect(read().outcome("D-01")).toBe("not-exercised");
    expect(written().outcome("D-02")).toBe("not-exercised");
  });
});

describe("mirrorsWhatSucceeded, D-03", () => {
  const failed = (): Story =>
    history()
      .register(0, 1)
      .create(0, 2, { type: "W", property: OFFSET, value: "+02:00" })
      .request(0, 2)
      .answer(0, 3, "4.05");

  it("breaks D-03 when a Write that failed, or was not answered yet, shows", () => {
    const story = failed()
      .mirror(0, 4, { [OFFSET]: "+02:00" })
      .as("seen");
    expect(story.finding("D-03")).toEqual({
      requirement: "D-03",
      events: [2, story.event("seen")],
      expected: `${OFFSET} of device 0 shows nothing: no Read or Write of it has succeeded`,
      actual: '"+02:00"',
    });
    const early = history().register(0, 1).create(0, 2, { type: "W", property: OFFSET, value: "+02:00" }).request(0, 2);
    expect(early.mirror(0, 3, { [OFFSET]: "+02:00" }).outcome("D-03")).toBe("fail");
  });

  it("breaks D-03 when a failed Write overwrites the value that was read before", () => {
    const story = read().create(1, 5, { type: "W", property: TIMEZONE, value: "CET" }).request(0, 5, { task: 1 });
    story.answer(0, 6, "4.01").mirror(0, 7, { [TIMEZONE]: "CET" });
    expect(story.finding("D-03")).toMatchObject({ expected: `${TIMEZONE} of device 0 shows "UTC", as of 3.000 s` });
    expect(story.outcome("D-01")).toBe("not-exercised");
  });

  it("keeps D-03 when it shows nothing, or the value from before", () => {
    expect(failed().mirror(0, 4, {}).outcome("D-03")).toBe("pass");
    const story = read().create(1, 5, { type: "W", property: TIMEZONE, value: "CET" }).request(0, 5, { task: 1 });
    expect(
      story
        .answer(0, 6, "4.01")
        .mirror(0, 7, { [TIMEZONE]: "UTC" })
        .outcome("D-03"),
    ).toBe("pass");
  });

  it("is not exercised without a Read or Write in vain", () => {
    expect(
      read()
        .mirror(0, 4, { [TIMEZONE]: "UTC" })
        .outcome("D-03"),
    ).toBe("not-exercised");
  });
});

describe("mirrorsWhatSucceeded, D-04", () => {
  const room = (): Story =>
    history({ devices: 2 }).create(0, 1, { type: "W", property: "serverProperties.room", value: "5", devices: [0, 1] });

  it("breaks D-04 when a server property is not written for a device that is offline", () => {
    const story = room().mirror(0, 2, { "serverProperties.room": "5" }).mirror(1, 2, {}).as("seen");
    expect(story.finding("D-04")).toEqual({
      requirement: "D-04",
      events: [1, story.event("seen")],
      expected: 'serverProperties.room of device 1 shows "5", as of 1.000 s',
      actual: "nothing",
    });
  });

  it("keeps D-04 when it is written for all, whatever happened to the device's own properties", () => {
    expect(room().mirror(0, 2, { "serverProperties.room": 5 }).outcome("D-04")).toBe("pass");
    const blurred = room().register(0, 2);
    for (const task of [1, 2]) blurred.create(task, 3);
    expect(blurred.request(0, 3, { task: 1 }).mirror(0, 4, {}).outcome("D-04")).toBe("fail");
  });

  it("is not exercised by a write that is refused", () => {
    const refused = { type: "W", property: "serverProperties.room", value: "5", status: 400 } as const;
    expect(history().create(0, 1, refused).mirror(0, 2, {}).outcome("D-04")).toBe("not-exercised");
  });
});

describe("mirrorsWhatSucceeded, D-06", () => {
  const POLICY = { profile: { ...ARTIK, lateResponse: "updates-mirror" } } as const;
  const { lateResponse: _undeclared, ...SILENT } = ARTIK;
  /** A Read that expires at 12 s and is answered at 13 s. */
  const late = (options = {}): Story =>
    history(options)
      .register(0, 1)
      .create(0, 2, { expiresAfter: 10 })
      .request(0, 2)
      .answer(0, 13, "2.05", { text: "UTC" })
      .as("late");

  it("breaks D-06, and not D-03, when the mirror shows what came after the end, though it is declared ignored", () => {
    const story = late()
      .mirror(0, 14, { [TIMEZONE]: "UTC" })
      .as("seen");
    expect(story.finding("D-06")).toEqual({
      requirement: "D-06",
      events: [story.event("late"), story.event("seen")],
      expected: `${TIMEZONE} of device 0 is not changed by the response of 13.000 s, after the end of its task`,
      actual: '"UTC"',
    });
    expect(story.outcome("D-03")).toBe("not-exercised");
  });

  it("breaks D-06 when it overwrites the value that was read before", () => {
    const story = read().create(1, 20, { expiresAfter: 10 }).request(0, 20, { task: 1 });
    story.answer(0, 31, "2.05", { text: "CET" });
    expect(story.mirror(0, 32, { [TIMEZONE]: "CET" }).outcome("D-06")).toBe("fail");
    expect(story.outcome("D-01")).toBe("not-exercised");
  });

  it("breaks D-06 when it is declared to count, and does not", () => {
    expect(late(POLICY).mirror(0, 14, {}).finding("D-06")).toMatchObject({
      expected: `${TIMEZONE} of device 0 shows "UTC", as of 13.000 s`,
      actual: "nothing",
    });
  });

  it("keeps D-06 by what is declared", () => {
    expect(late().mirror(0, 14, {}).outcome("D-06")).toBe("pass");
    const counted = late(POLICY).mirror(0, 14, { [TIMEZONE]: "UTC" });
    expect(counted.see(0, 15, "FAILED", { attempts: 1, code: 4004 }).findings()).toEqual([]);
    expect(counted.outcome("D-06")).toBe("pass");
  });

  it("takes note of what an undeclared server does, which must be one thing", () => {
    const shows = (value: string | undefined) =>
      late({ profile: SILENT }).mirror(0, 14, value === undefined ? {} : { [TIMEZONE]: value });
    expect(shows("UTC").judge().choices).toMatchObject([{ requirement: "D-06", value: "updates-mirror" }]);
    expect(shows(undefined).judge().choices).toMatchObject([{ requirement: "D-06", value: "ignored" }]);
    expect(shows("UTC").findings()).toEqual([]);
    expect(shows("UTC").mirror(0, 15, {}).outcome("D-06")).toBe("fail");
  });

  it("still breaks D-03 by a value that nobody ever said", () => {
    expect(
      late()
        .mirror(0, 14, { [TIMEZONE]: "CET" })
        .outcome("D-03"),
    ).toBe("fail");
  });

  it("is not exercised by an error after the end, or by a response in time", () => {
    const error = history().register(0, 1).create(0, 2, { expiresAfter: 10 }).request(0, 2).answer(0, 13, "4.05");
    expect(error.mirror(0, 14, {}).outcome("D-06")).toBe("not-exercised");
    expect(
      read()
        .mirror(0, 14, { [TIMEZONE]: "UTC" })
        .outcome("D-06"),
    ).toBe("not-exercised");
  });
});
