/** A machine's clock that goes back between two starts. */
import { describe, expect, it } from "vitest";
import { address } from "../protocol/address.ts";
import { encodeMessage } from "../protocol/coap/message.ts";
import { COAP_DEFAULTS } from "../protocol/coap/params.ts";
import { registerContent } from "../protocol/lwm2m/registration-requests.ts";
import { completeProfile } from "../protocol/profile.ts";
import type { ServerEffect, ServerInput } from "../protocol/server-port.ts";
import { after, before, fromUnixMillis, type Instant, millis, seconds } from "../protocol/time.ts";
import { createMemoryStore, withStore } from "./memory-store.ts";
import { createReferenceServer } from "./server.ts";
import { aheadOf } from "./steady-clock.ts";
import { keyedRandom } from "./test-kit.ts";

const NOON = fromUnixMillis(1_767_268_800_000);
const DEVICE = address("192.0.2.1:5683");

/** A machine whose server is started again and again on one store; `at` is its clock. */
function machine() {
  const store = createMemoryStore();
  const newServer = () =>
    withStore(
      createReferenceServer({
        profile: completeProfile({ name: "test", reaction: 5 }),
        coap: { ...COAP_DEFAULTS, ackRandomFactor: 1 },
        random: keyedRandom("server"),
      }),
      store,
    );
  let server = newServer();
  let ticket = 0;
  const give = (input: ServerInput, at: Instant): readonly ServerEffect[] => server.handle(input, at);
  return {
    store,
    start(at: Instant) {
      server = newServer();
      return give({ kind: "start" }, at);
    },
    give,
    get deadline() {
      return server.deadline;
    },
    rest<T>(at: Instant, method: string, path: string, body?: unknown): T {
      ticket += 1;
      const request = { method, path: path.split("/"), query: {}, body };
      const answer = give({ kind: "rest", ticket, request }, at).find(({ kind }) => kind === "answer");
      if (answer?.kind !== "answer") throw new Error("no answer");
      return (answer.response.body as { readonly data: T }).data;
    },
    register(at: Instant): readonly ServerEffect[] {
      const content = registerContent({
        endpoint: "d",
        lifetime: 600,
        objects: [{ path: "/3/0", attributes: new Map() }],
      });
      const bytes = encodeMessage({ ...content, type: "CON", messageId: 1, token: "01" });
      return give({ kind: "datagram", from: DEVICE, bytes }, at);
    },
  };
}

const TASK = { dtid: "t", dids: ["d"], taskType: "R", property: "deviceProperties.device.timezone" };
const sends = (effects: readonly ServerEffect[]): number => effects.filter(({ kind }) => kind === "send").length;

interface History {
  readonly history: readonly { readonly status: string; readonly ts: number }[];
}

/** Noon: a task is in flight. Then the machine starts again at 11:00. */
function setBack() {
  const it = machine();
  it.start(NOON);
  it.rest(NOON, "POST", "devicetypes", { dtid: "t", name: "T" });
  it.rest(NOON, "POST", "devices", { did: "d", dtid: "t" });
  it.register(NOON);
  const later = after(NOON, millis(1_500));
  const { id } = it.rest<{ readonly id: string }>(later, "POST", "devicemgmt/tasks", TASK);
  const eleven = before(NOON, seconds(3_600));
  it.start(eleven);
  return { id, later, eleven, machine: it };
}

describe("a server that starts before the last moment of its store", () => {
  it("goes on from that moment: no history goes back, and what is new is not older than what was there", () => {
    const { machine: it, id, later, eleven } = setBack();
    const soon = after(eleven, seconds(10));
    it.rest(soon, "PUT", `devicemgmt/tasks/${id}`, { status: "CANCELLED" });
    const { history } = it.rest<History>(soon, "GET", `devicemgmt/tasks/${id}/statuses/history`);
    const times = history.map(({ ts }) => ts);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(history.at(-1)).toEqual({ status: "CANCELLED", ts: (later + seconds(10)) / 1_000 });
    const { statuses } = it.rest<{ readonly statuses: readonly { readonly ts: number }[] }>(
      soon,
      "GET",
      `devicemgmt/tasks/${id}/statuses`,
    );
    expect(statuses[0]?.ts).toBe((later + seconds(10)) / 1_000);
    const second = it.rest<{ readonly createdOn: number }>(soon, "POST", "devicemgmt/tasks", TASK);
    expect(second.createdOn).toBe((later + seconds(10)) / 1_000);
  });

  it("waits by the machine's clock: retransmits after 2 s, and ends the registration when its lifetime is over", () => {
    const { machine: it, later, eleven } = setBack();
    expect(sends(it.register(eleven))).toBe(2);
    expect(it.deadline).toBe(after(eleven, seconds(2)));
    expect(sends(it.give({ kind: "time" }, before(after(eleven, seconds(2)), millis(1))))).toBe(0);
    expect(sends(it.give({ kind: "time" }, after(eleven, seconds(2))))).toBe(1);
    const connection = (at: Instant) =>
      it.rest<{ readonly systemProperties: { readonly connection: string } }>(
        at,
        "GET",
        "devicemgmt/devices/d/properties",
      ).systemProperties.connection;
    expect([connection(after(eleven, seconds(599))), connection(after(eleven, seconds(600)))]).toEqual([
      "connected",
      "disconnected",
    ]);
    // Started once more, it is where it was.
    it.start(after(eleven, seconds(700)));
    const { createdOn } = it.rest<{ readonly createdOn: number }>(
      after(eleven, seconds(700)),
      "POST",
      "devicemgmt/tasks",
      TASK,
    );
    expect(createdOn).toBeGreaterThan(later / 1_000);
  });
});

describe("aheadOf", () => {
  const rows = [
    { table: "task", key: "a", value: { createdAt: NOON, expiresAt: NOON * 2, scheduledOn: NOON } },
    { table: "task-state", key: "a", value: { modifiedOn: NOON / 1_000 + 5, retainedUntil: NOON * 2 } },
    { table: "server-properties", key: "d", value: [{ name: "x", value: 1, ts: NOON / 1_000 + 7 }] },
    { table: "device", key: "d", value: { did: "d" } },
    { table: "update-chunk", key: "i", value: null },
  ];

  it("is 0 where the clock is not behind, be it by a microsecond", () => {
    expect(aheadOf(after(NOON, millis(7)), rows)).toBe(0);
    expect(aheadOf(NOON, [])).toBe(0);
    expect(aheadOf(before(after(NOON, millis(7)), 1 as never), rows)).toBe(1);
  });

  it("is what the latest stamp is ahead; what lies in the future by its meaning does not count", () => {
    expect(aheadOf(before(NOON, seconds(1)), rows)).toBe(1_007_000);
    expect(aheadOf(before(NOON, seconds(1)), rows.slice(0, 1))).toBe(1_000_000);
  });
});
