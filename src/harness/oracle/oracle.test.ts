import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeMessage } from "../../protocol/coap/message.ts";
import { CONTENT_FORMAT, stringOption, URI_PATH, uintOption } from "../../protocol/coap/options.ts";
import type { CoapMessage, Code, MessageType } from "../../protocol/coap/types.ts";
import { ARTIK, EMPTY_PROFILE } from "../../protocol/profile.ts";
import { DEVICE_TASK_STATUSES, TASK_STATUSES, TASK_TYPES } from "../../protocol/task-api/states.ts";
import type { HistoryEvent, RestPurpose } from "../history/history.ts";
import { CHECKERS } from "./checkers/all.ts";
import { createOracle, judge } from "./oracle.ts";
import { history, type Story, TIMEZONE } from "./test-history.ts";

const PROPERTIES = [
  TIMEZONE,
  "deviceProperties.device",
  "serverProperties.x",
  "deviceProperties.device.reboot",
  "odd",
  "",
];
const second = fc.integer({ min: 0, max: 200 });
const device = fc.nat(3);
const task = fc.nat(3);
const token = fc.constantFrom("", "aa", "bb", "cc");

const message: fc.Arbitrary<CoapMessage> = fc
  .record({
    type: fc.constantFrom<MessageType>("CON", "NON", "ACK"),
    code: fc.constantFrom<Code>("0.01", "0.02", "0.03", "0.04", "2.01", "2.02", "2.04", "2.05", "4.00", "4.04", "5.00"),
    messageId: fc.nat(5),
    token,
    path: fc.array(fc.constantFrom("rd", "1", "3", "0", "15", "4", "dp"), { maxLength: 4 }),
    format: fc.constantFrom(undefined, 0, 40, 11_542),
    payload: fc.uint8Array({ maxLength: 12 }),
  })
  .map(({ path, format, ...rest }) => ({
    ...rest,
    options: [
      ...path.map((part) => stringOption(URI_PATH, part)),
      ...(format === undefined ? [] : [uintOption(CONTENT_FORMAT, format)]),
    ],
  }));
const empty = fc
  .tuple(fc.constantFrom(0x40, 0x50, 0x60, 0x70), fc.nat(5))
  .map(([type, messageId]) => Uint8Array.of(type, 0, 0, messageId));
const bytes = fc.oneof(message.map(encodeMessage), empty, fc.uint8Array({ maxLength: 20 }));

const purpose: fc.Arbitrary<RestPurpose> = fc.oneof(
  fc.record({ kind: fc.constant("create-task" as const), task, devices: fc.array(device, { maxLength: 3 }) }),
  fc.record({ kind: fc.constantFrom("poll-task", "poll-statuses", "poll-history", "cancel-task"), task }),
  fc.record({ kind: fc.constant("cancel-device-task" as const), task, device }),
  fc.record({ kind: fc.constant("poll-mirror" as const), device }),
  fc.record({ kind: fc.constant("configure-type" as const), type: fc.nat(1) }),
  fc.constant({ kind: "set-up" } as const),
);
const taskBody = fc.record({
  dtid: fc.constantFrom("t0", "t9"),
  taskType: fc.constantFrom(...TASK_TYPES),
  property: fc.constantFrom(...PROPERTIES),
  taskParameters: fc.record({ value: fc.string({ maxLength: 4 }), expiresAfter: fc.integer({ min: 1, max: 100 }) }),
});
const shown = fc.record({
  did: fc.constantFrom("d0", "d1", "d9"),
  status: fc.constantFrom(...DEVICE_TASK_STATUSES, "ODD"),
  numAttempts: fc.option(fc.nat(3), { nil: undefined }),
  errorCode: fc.constantFrom(undefined, 4004, "4040"),
});
const answerBody = fc.oneof(
  fc.record({
    data: fc.record({
      id: fc.constant("x"),
      status: fc.constantFrom(...TASK_STATUSES, "ODD"),
      statuses: fc.array(shown, { maxLength: 3 }),
      statusCounts: fc.record({ totalDevices: fc.nat(3), numFailed: fc.nat(3) }),
    }),
  }),
  fc.record({ data: fc.record({ deviceProperties: fc.jsonValue() as fc.Arbitrary<unknown> }) }),
  fc.jsonValue(),
);
const body = fc.oneof(taskBody, fc.jsonValue(), fc.constant(undefined));
const request = { method: "POST", path: [], query: {} } as const;

type Timeless<E> = E extends HistoryEvent ? Omit<E, "at" | "earliest"> : never;
const timeless: fc.Arbitrary<Timeless<HistoryEvent>> = fc.oneof(
  fc.record({
    kind: fc.constant("uplink" as const),
    device,
    address: fc.constantFrom("a:1", "a:2"),
    bytes,
    sentAt: second,
  }),
  fc.record({
    kind: fc.constant("downlink" as const),
    device,
    address: fc.constantFrom("a:1", "a:2"),
    bytes,
    arrivals: fc.constant([]),
  }),
  fc.record({ kind: fc.constant("delivery" as const), device, bytes }),
  fc.record({
    kind: fc.constant("effect" as const),
    device,
    effect: fc.constantFrom("read", "written", "executed"),
    path: fc.constant("3/0/4"),
    messageId: fc.nat(5),
    token,
  }),
  fc.record({ kind: fc.constant("device" as const), device, event: fc.constantFrom("reboot", "asleep", "address") }),
  fc.record({
    kind: fc.constant("rest-request" as const),
    ticket: fc.nat(5),
    request: body.map((content) => ({ ...request, body: content })),
    purpose,
  }),
  fc.record({
    kind: fc.constant("rest-answer" as const),
    ticket: fc.nat(5),
    response: fc.record({ status: fc.constantFrom(200, 201, 400, 404, 503), body: answerBody }),
  }),
  fc.record({ kind: fc.constant("rest-failure" as const), ticket: fc.nat(5), reason: fc.constant("time-out") }),
  fc.record({ kind: fc.constant("mark" as const), mark: fc.constantFrom("start", "quiet", "end", "cut-off") }),
);
const event: fc.Arbitrary<HistoryEvent> = fc
  .tuple(timeless, second, fc.option(fc.nat(3), { nil: undefined }))
  .map(([what, at, width]) => ({
    ...what,
    at: at * 1_000_000,
    ...(width === undefined ? {} : { earliest: (at - width) * 1_000_000 }),
  }));
/** In order of time, as a run is, or in any order, as a damaged file may be. */
const events = fc
  .tuple(fc.array(event, { maxLength: 60 }), fc.boolean())
  .map(([list, sorted]) => (sorted ? [...list].sort((a, b) => a.at - b.at) : list));
const anyStory = fc.tuple(events, fc.boolean(), fc.boolean()).map(([list, live, declared]) => {
  const story = history({ devices: 3, live, profile: declared ? ARTIK : EMPTY_PROFILE, typeExpiry: 60 });
  for (const each of list) story.add(each);
  return story;
});

const plain = ({ tallies, choices, cutOff, unanswered }: ReturnType<Story["judge"]>) => ({
  tallies,
  choices,
  cutOff,
  unanswered,
});

describe("judge", () => {
  it("says in a finding about a live server which declared times it rests on, and in simulation nothing of it", () => {
    const expectedOf = (live: boolean): string | undefined => {
      const story = history({ live }).register(0, 1).create(0, 2).request(0, 2);
      for (const at of [4.5, 9.5, 19.5, 39.5, 79.5]) story.retransmit(0, at);
      return story.finding("R-07")?.expected;
    };
    expect(expectedOf(false)).toMatch(/^at most 5 datagrams of message \d+ to device 0$/);
    expect(expectedOf(true)).toMatch(
      /^at most 5 datagrams of message \d+ to device 0 \(the profile artik declares ackTimeout 2 s, .*--profile, /,
    );
  });

  it("is total: no history makes it throw, whatever stands in it, simulated or live", () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        story.judge();
      }),
      { numRuns: 2_000 },
    );
  });

  it("points at events that exist, in ascending order but for the one that shows it", () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        for (const { events: indices } of story.findings()) {
          expect(indices.length).toBeGreaterThan(0);
          for (const index of indices) {
            expect(index).toBeGreaterThanOrEqual(0);
            expect(index).toBeLessThan(story.events.length);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("says the same twice, and keeps nothing between two histories", () => {
    fc.assert(
      fc.property(anyStory, anyStory, (story, other) => {
        const first = plain(story.judge());
        other.judge();
        expect(plain(story.judge())).toEqual(first);
      }),
      { numRuns: 300 },
    );
  });

  it("is a fold: event by event as they happen gives what the whole gives", () => {
    fc.assert(
      fc.property(anyStory, (story) => {
        const { header, events: all } = story.history();
        const oracle = createOracle(story.planned, header);
        for (const each of all) oracle.step(structuredClone(each));
        expect(plain(oracle.end())).toEqual(plain(judge(story.planned, { header, events: all })));
      }),
      { numRuns: 300 },
    );
  });

  it("judges nothing but what its checkers say they judge", () => {
    const known = new Set(CHECKERS.flatMap(({ requirements }) => requirements));
    fc.assert(
      fc.property(anyStory, (story) => {
        for (const { requirement } of story.judge().tallies) expect(known).toContain(requirement);
      }),
      { numRuns: 500 },
    );
  });

  it("examines nothing in an empty history", () => {
    expect(plain(history().judge())).toEqual({ tallies: [], choices: [], cutOff: false, unanswered: [] });
  });

  it("says when the run was cut off, and which requests got no answer", () => {
    const story = history().unanswered(1, { kind: "poll-mirror", device: 0 });
    story.add({ kind: "mark", mark: "cut-off", at: 2 });
    expect(plain(story.judge())).toMatchObject({ cutOff: true, unanswered: ["time-out"] });
  });
});

describe("judge, two pending tasks with the same operation", () => {
  const twins = (): Story => history().register(0, 1).create(0, 2).create(1, 2).request(0, 2, { task: 0 });

  it.each([0, 1])("judges nothing wrongly when the request carries out task %s", (carried) => {
    const story = twins()
      .answer(0, 3, "2.05", { text: "UTC" })
      .mirror(0, 4, { [TIMEZONE]: "UTC" });
    story.see(carried, 4, "SUCCEEDED", { attempts: 1 }).see(1 - carried, 4, "QUEUED", { attempts: 0 });
    expect(story.findings()).toEqual([]);
  });

  it("judges a third one again when the two are known to have ended", () => {
    const story = twins()
      .answer(0, 3, "2.05", { text: "UTC" })
      .see(0, 4, "SUCCEEDED")
      .see(1, 4, "FAILED", { code: 5000 });
    story.create(2, 5).request(0, 5, { task: 2 }).answer(0, 6, "2.05", { text: "UTC" });
    expect(story.see(2, 7, "QUEUED").outcome("T-01")).toBe("fail");
  });

  it("still knows that a terminal state never changes", () => {
    expect(twins().see(0, 4, "SUCCEEDED").see(0, 5, "FAILED").outcome("T-01")).toBe("fail");
  });
});

describe("judge, responses about the end of an exchange", () => {
  it.each(["SUCCEEDED", "QUEUED"] as const)(
    "leaves open at give-up, 62 s after the first datagram, whether it is %s",
    (status) => {
      const story = history().register(0, 1).create(0, 2).requestInVain(0, 2).answer(0, 64.01, "2.05", { text: "UTC" });
      expect(story.see(0, 66, status, { attempts: 1 }).mirror(0, 66, {}).findings()).toEqual([]);
    },
  );

  it.each([
    ["a new Register", (story: Story) => story.register(0, 3)],
    ["De-register", (story: Story) => story.deregister(0, 3)],
  ] as const)("lets the answer after %s count, or not, where choice 15 is not declared", (_what, end) => {
    for (const status of ["SUCCEEDED", "QUEUED"] as const) {
      const story = end(history({ profile: EMPTY_PROFILE }).register(0, 1).create(0, 2).request(0, 2));
      story.answer(0, 4, "2.05", { text: "UTC" }).see(0, 5, status, { attempts: 1 });
      expect(story.findings()).toEqual([]);
    }
  });

  it("does not let it count where choice 15 is declared", () => {
    const story = history().register(0, 1).create(0, 2).request(0, 2).register(0, 3);
    story.answer(0, 4, "2.05", { text: "UTC" }).see(0, 5, "SUCCEEDED", { attempts: 1 });
    expect(story.outcome("G-02")).toBe("fail");
  });

  it("takes no answer from another address, nor one with the token of somebody else (RFC 7252 §5.3.2)", () => {
    const moved = history().register(0, 1).create(0, 2).request(0, 2).move(0).answer(0, 3, "2.05", { text: "UTC" });
    expect(moved.see(0, 4, "SUCCEEDED").outcome("T-01")).toBe("fail");
    const odd = history().register(0, 1).create(0, 2).request(0, 2).answer(0, 3, "2.05", { text: "UTC", token: "ee" });
    expect(odd.see(0, 4, "PROCESSING").findings()).toEqual([]);
  });

  it("sees what a network lost as not sent: the server never saw it", () => {
    const story = history().register(0, 1).create(0, 2).request(0, 2).answer(0, 3, "2.05", { text: "UTC" });
    const last = story.events.at(-1);
    if (last?.kind === "uplink") story.events[story.events.length - 1] = { ...last, lost: true };
    expect(story.see(0, 4, "PROCESSING", { attempts: 1 }).findings()).toEqual([]);
  });

  it("leaves open a response that crosses a Register: the Register, which came first, may have ended the exchange", () => {
    // Live, the answer to the Register is read after the response that the device sent meanwhile.
    const crossing = history({ live: true }).register(0, 1).create(0, 20).request(0, 20);
    crossing.register(0, 30, { answer: "none" }).answer(0, 30.1, "2.05", { type: "CON", text: "UTC" });
    crossing.answerRegistration(0, 30.2, "2.01", "rd/0-2").reply(0, 30.3, "RST");
    crossing.request(0, 30.3).answer(0, 30.4, "2.05", { text: "UTC" }).see(0, 60, "SUCCEEDED", { attempts: 2 });
    expect(crossing.findings()).toEqual([]);
    // Without a Register under way the response is final: RST for it, and another attempt, are wrong.
    const plain = history({ live: true }).register(0, 1).create(0, 20).request(0, 20);
    plain.answer(0, 30.1, "2.05", { type: "CON", text: "UTC" }).reply(0, 30.3, "RST");
    expect(plain.outcome("I-04")).toBe("fail");
  });

  it("leaves open a response about when the registration ends (choice 16): the server may have dropped the exchange", () => {
    const late = history({ live: true }).register(0, 1, { lifetime: 60 }).create(0, 58).request(0, 58);
    late.answer(0, 60.9, "2.05", { text: "UTC" }).see(0, 70, "QUEUED", { attempts: 1 });
    expect(late.findings()).toEqual([]);
    const early = history({ live: true }).register(0, 1, { lifetime: 60 }).create(0, 20).request(0, 20);
    early.answer(0, 21, "2.05", { text: "UTC" }).see(0, 40, "QUEUED", { attempts: 1 });
    expect(early.outcome("T-01")).toBe("fail");
  });
});

describe("judge, an acknowledgement about the moment of giving up", () => {
  const once = { ...ARTIK, coap: { ...ARTIK.coap, maxRetransmit: 0 } };
  /** Given up between 2 and 3 s after its only datagram. */
  const sentAt20 = () => history({ profile: once }).register(0, 1).create(0, 20).request(0, 20);

  it.each([
    ["ACK", "SUCCEEDED"],
    ["RST", "QUEUED"],
  ] as const)("may have been in time, so that the response gets %s and the device task is %s", (reply, status) => {
    const story = sentAt20()
      .acknowledge(0, 22.5)
      .answer(0, 25, "2.05", { type: "CON", text: "UTC" })
      .reply(0, 25, reply);
    expect(story.see(0, 26, status, { attempts: 1 }).findings()).toEqual([]);
  });

  it("was too late after 3 s", () => {
    const story = sentAt20()
      .acknowledge(0, 23.1)
      .answer(0, 25, "2.05", { type: "CON", text: "UTC" })
      .reply(0, 25, "ACK");
    expect(story.outcome("I-04")).toBe("fail");
  });
});

describe("judge, what happens at the instant of an expiry or while a registration ends", () => {
  it.each(["ACK", "RST"] as const)(
    "takes %s for the response to a request that left as its task expired: it may have been dropped (Time and doubt)",
    (type) => {
      const story = history().register(0, 1).deregister(0, 3).create(0, 4, { expiresAfter: 10 }).register(0, 14);
      story
        .request(0, 14)
        .acknowledge(0, 14)
        .answer(0, 14.1, "2.05", { type: "CON", text: "UTC" })
        .reply(0, 14.1, type);
      expect(story.findings()).toEqual([]);
    },
  );

  it.each([
    ["CANCELLED", undefined],
    ["FAILED", "4004"],
  ] as const)("lets a device task that is cancelled as it expires be %s", (status, code) => {
    const story = history().create(0, 4, { expiresAfter: 10 }).cancel(0, 14);
    story.see(0, 15, status, code === undefined ? {} : { code });
    expect(story.findings()).toEqual([]);
    const later = history().create(0, 4, { expiresAfter: 10 }).cancel(0, 14.1);
    expect(later.see(0, 15, "CANCELLED").outcome("T-04")).toBe("fail");
  });

  it.each(["CANCELLED", "CANCEL_REQUESTED"] as const)(
    "lets a cancellation find the exchange open that a Register may have ended, where choice 15 is not declared: %s",
    (status) => {
      const story = history({ profile: EMPTY_PROFILE }).register(0, 1).create(0, 2).request(0, 2).register(0, 3);
      expect(story.cancel(0, 4).see(0, 5, status, { attempts: 1 }).findings()).toEqual([]);
    },
  );

  it.each(["CANCELLED", "CANCEL_REQUESTED"] as const)(
    "lets a Register after the cancellation end the exchange, or not, where choice 15 is not declared: %s",
    (status) => {
      const story = history({ profile: EMPTY_PROFILE }).register(0, 1).create(0, 2).request(0, 2).cancel(0, 3);
      expect(story.register(0, 4).see(0, 5, status, { attempts: 1 }).findings()).toEqual([]);
      const declared = history().register(0, 1).create(0, 2).request(0, 2).cancel(0, 3).register(0, 4);
      expect(declared.see(0, 5, "CANCEL_REQUESTED", { attempts: 1 }).outcome("T-04")).toBe("fail");
    },
  );

  it("knows the exchange to be over where choice 15 is declared", () => {
    const story = history().register(0, 1).create(0, 2).requestInVain(0, 2).register(0, 70).cancel(0, 72);
    expect(story.see(0, 73, "CANCEL_REQUESTED", { attempts: 1 }).outcome("T-04")).toBe("fail");
  });
});

describe("the oracle's memory", () => {
  it("stays bounded for a device that registers, updates and moves for a day", () => {
    const story = history();
    for (let round = 0; round < 500; round++) {
      const at = round * 170;
      story
        .register(0, at, { lifetime: 120 })
        .update(0, at + 60)
        .move(0);
    }
    const [view] = story.judge().context.devices;
    expect(view?.requests.length).toBeLessThanOrEqual(16);
    expect(view?.oldLocations.size).toBeLessThanOrEqual(16);
    expect(view).toMatchObject({ triggers: 1_000, registrations: 500 });
  });

  it("grows with tasks, not with the triggers, exchanges and values that they see", () => {
    const story = history().register(0, 0);
    for (let round = 0; round < 200; round++) {
      const at = 1 + round * 10;
      story
        .create(round, at)
        .request(0, at, { task: round })
        .answer(0, at + 1, "2.05", { text: "UTC" })
        .update(0, at + 2);
    }
    story.create(999, 3_000, { property: "deviceProperties.device.utcOffset", expiresAfter: 2_000_000 });
    for (let cycle = 0; cycle < 100; cycle++) story.deregister(0, 3_001 + 2 * cycle).register(0, 3_002 + 2 * cycle);
    const [view] = story.judge().context.devices;
    expect(view?.exchanges.size).toBeLessThanOrEqual(32);
    expect(view?.lastSettled.size).toBe(1);
    expect(view?.mirror.get(TIMEZONE)?.length).toBeLessThanOrEqual(16);
    expect(view?.pending.size).toBe(1);
    expect(view?.tasks.at(-1)?.expectations.length).toBeLessThanOrEqual(3);
  });
});
