import { afterEach, describe, expect, it } from "vitest";
import { openUdp } from "../../platform/udp.ts";
import { splitAddress } from "../../protocol/address.ts";
import { EMPTY_PROFILE } from "../../protocol/profile.ts";
import { millis } from "../../protocol/time.ts";
import { Plan } from "../../scenarios/plan.ts";
import type { History, HistoryEvent } from "../history/history.ts";
import { type LiveTarget, openLiveSession, type RunLiveOptions, runLive } from "./run-live.ts";
import { type FakeServer, type FakeServerOptions, startFakeServer } from "./test-kit.ts";

const servers: FakeServer[] = [];
const start = async (options: FakeServerOptions = {}): Promise<FakeServer> => {
  const server = await startFakeServer(options);
  servers.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const plan = (fields: Partial<Plan> = {}): Plan =>
  Plan.parse({
    formatVersion: 1,
    id: "live-1",
    family: "test",
    simSeed: "seed",
    profile: {},
    deviceTypes: [{}],
    fleet: [{ registersAt: 0 }],
    latency: 0,
    operations: [],
    faults: [],
    quietFrom: 0,
    until: 250,
    ...fields,
  });

const READ = {
  at: 60,
  kind: "create-task",
  task: 0,
  taskType: "R",
  property: "deviceProperties.device.timezone",
  devices: "all",
  type: 0,
} as const;
/** Slow machines stop processes for seconds; the tests want to see the run all the same. */
const PATIENT: RunLiveOptions = { maxLateness: millis(60_000) };

type OfKind<K extends HistoryEvent["kind"]> = Extract<HistoryEvent, { kind: K }>;
const of = <K extends HistoryEvent["kind"]>(history: History, kind: K): OfKind<K>[] =>
  history.events.filter((event): event is OfKind<K> => event.kind === kind);
const kinds = (history: History): string[] =>
  history.events.map((event) =>
    event.kind === "mark" ? event.mark : event.kind === "device" ? event.event : event.kind,
  );

describe("runLive", () => {
  it("provisions, starts the plan's time, lets the device register and answer, and ends with the plan", async () => {
    const server = await start();
    const history = await runLive(
      plan({ operations: [READ, { at: 90, kind: "poll-mirror", device: 0 }] }),
      server.target,
      PATIENT,
    );
    expect(history.header).toMatchObject({
      plan: "live-1",
      mode: "live",
      devices: [expect.stringMatching(/^[0-9a-f]{8}-1-live-1-d0$/)],
    });
    expect(server.requests.map((line) => line.replace(/[0-9a-f]{8}-1-/, ""))).toEqual([
      "POST /v1.1/devicetypes",
      "POST /v1.1/devices",
      "POST /v1.1/devicemgmt/tasks",
      "GET /v1.1/devicemgmt/devices/live-1-d0/properties?includeTimestamp=true",
    ]);
    expect(kinds(history).slice(0, 5)).toEqual(["rest-request", "rest-answer", "rest-request", "rest-answer", "start"]);
    expect(
      kinds(history)
        .filter((kind) => !kind.startsWith("rest"))
        .slice(0, 10),
    ).toEqual([
      "start",
      "quiet",
      // Register and its answer, the server's read, the device's answer
      "uplink",
      "downlink",
      "delivery",
      "downlink",
      "delivery",
      "effect",
      "uplink",
      "end",
    ]);
    expect(of(history, "effect")).toMatchObject([
      { device: 0, effect: "read", path: "3/0/15", messageId: 100, token: "aa" },
    ]);
  });

  it("sends the token and keeps it out of the record", async () => {
    const server = await start();
    const history = await runLive(plan(), server.target, PATIENT);
    expect(server.authorization()).toBe("Bearer T");
    expect(JSON.stringify(of(history, "rest-request"))).not.toContain('"T"');
  });

  it("gives each event an interval that contains its order of causes: sent before received before answered", async () => {
    const server = await start();
    const history = await runLive(plan({ operations: [READ] }), server.target, PATIENT);
    for (const event of history.events) expect(event.earliest ?? event.at).toBeLessThanOrEqual(event.at);
    const [register] = of(history, "uplink");
    const [answer] = of(history, "downlink");
    expect(register?.earliest).toBeGreaterThanOrEqual(register?.sentAt ?? Number.NaN);
    expect(register?.at).toBeGreaterThanOrEqual(register?.earliest ?? Number.NaN);
    expect(answer?.at).toBeGreaterThan(register?.sentAt ?? Number.NaN);
    expect((answer?.at ?? 0) - (answer?.earliest ?? 0)).toBeGreaterThanOrEqual(2_000);
    for (const { ticket, earliest } of of(history, "rest-answer")) {
      expect(earliest).toBeGreaterThanOrEqual(
        of(history, "rest-request").find((asked) => asked.ticket === ticket)?.at ?? Number.NaN,
      );
    }
  });

  it("allows 20 ms for an uplink when the target answers no pings, and nobody knows better", async () => {
    const server = await start({ answersPings: false });
    const history = await runLive(plan({ operations: [READ] }), server.target, PATIENT);
    const uplinks = of(history, "uplink");
    expect(uplinks.length).toBeGreaterThan(0);
    for (const { at, sentAt } of uplinks) expect(at - sentAt).toBeGreaterThanOrEqual(20_000);
  });

  it("loses, copies and delays datagrams as the plan says, and records their fate", async () => {
    const server = await start();
    const window = { device: 0, from: 0, until: 250, permille: 1_000 } as const;
    const lost = await runLive(
      plan({ faults: [{ kind: "loss", ...window, direction: "up" }] }),
      server.target,
      PATIENT,
    );
    expect(of(lost, "uplink")).toMatchObject([{ lost: true }]);
    expect(server.datagrams).toEqual([]);

    const copied = await runLive(
      plan({
        latency: 5,
        faults: [
          { kind: "duplication", ...window, direction: "up", delay: 10 },
          { kind: "loss", ...window, direction: "down" },
        ],
      }),
      server.target,
      PATIENT,
    );
    const [first, second] = of(copied, "uplink");
    expect(first).not.toHaveProperty("copy");
    expect(second).toMatchObject({ copy: true, bytes: first?.bytes, sentAt: first?.sentAt });
    expect((first?.earliest ?? 0) - (first?.sentAt ?? 0)).toBeGreaterThanOrEqual(5_000);
    expect((second?.earliest ?? 0) - (second?.sentAt ?? 0)).toBeGreaterThanOrEqual(15_000);
    expect(server.datagrams).toHaveLength(2);
    expect(of(copied, "downlink").map(({ arrivals }) => arrivals)).toEqual([[], []]);
    expect(of(copied, "delivery")).toEqual([]);
  });

  it("gives a device that moves a new address, and records what still comes to the old one without delivering it", async () => {
    const server = await start();
    const move = { at: 50, kind: "change-address", device: 0, update: false } as const;
    const history = await runLive(plan({ operations: [move, READ] }), server.target, PATIENT);
    const [register] = of(history, "uplink");
    expect(of(history, "device")).toMatchObject([
      { event: "address", address: expect.not.stringMatching(`^${register?.address}$`) },
    ]);
    expect(of(history, "downlink").map(({ address }) => address)).toEqual([register?.address, register?.address]);
    expect(of(history, "delivery")).toHaveLength(1);
    expect(of(history, "effect")).toEqual([]);
  });

  it("lets a device that moves speak from its new address", async () => {
    const server = await start();
    const move = { at: 50, kind: "change-address", device: 0, update: true } as const;
    const history = await runLive(plan({ operations: [move] }), server.target, PATIENT);
    expect(of(history, "uplink").map(({ address }) => address)).toEqual([
      server.datagrams[0]?.from,
      of(history, "device")[0]?.address,
    ]);
    expect(server.datagrams[1]?.from).toBe(of(history, "device")[0]?.address);
  });

  it("waits at its end for the answers to what was asked within the plan's time", async () => {
    const server = await start({ delay: millis(30) });
    const history = await runLive(
      plan({ operations: [{ at: 250, kind: "poll-mirror", device: 0 }] }),
      server.target,
      PATIENT,
    );
    expect(kinds(history).slice(-2)).toEqual(["rest-answer", "end"]);
  });

  it("records what was sent before the last answer, although the answer is read first", async () => {
    const server = await start();
    const history = await runLive(plan({ until: 60, operations: [READ] }), server.target, PATIENT);
    const answered = kinds(history).lastIndexOf("rest-answer");
    expect(kinds(history).slice(answered)).toContain("downlink");
    expect(kinds(history).at(-1)).toBe("end");
  });

  it("takes an answer that is no answer as data: rest-failure with the reason", async () => {
    const server = await start();
    const running = runLive(plan({ operations: [{ at: 200, kind: "poll-mirror", device: 0 }] }), server.target, {
      ...PATIENT,
      onEvent: (event) => {
        if (event.kind === "delivery") void server.close();
      },
    });
    expect(of(await running, "rest-failure")).toMatchObject([{ reason: expect.stringMatching(/^refused: /) }]);
    servers.length = 0;
  });

  it("asks with the target's own token, which no record shows, and as a stranger with the profile's (choice 30)", async () => {
    const server = await start();
    const profile = { ...EMPTY_PROFILE, access: { owner: "owner", stranger: "stranger" } };
    const asked = (target: LiveTarget) => {
      const operations = [{ ...READ, as: "stranger" } as const, { at: 120, kind: "poll-mirror", device: 0 } as const];
      return runLive(plan({ profile, operations }), target, PATIENT);
    };
    const tokens = (history: History) => of(history, "rest-request").map(({ request }) => request.token);
    expect(tokens(await asked(server.target))).toEqual([undefined, undefined, "stranger", undefined]);
    expect(server.authorization()).toBe("Bearer T");
    const { token: _none, ...withoutToken } = server.target;
    expect(tokens(await asked(withoutToken))).toEqual(["owner", "owner", "stranger", "owner"]);
    expect(server.authorization()).toBe("Bearer owner");
  });

  it("asks as nobody without any token, also where the target has one (choice 30)", async () => {
    const server = await start();
    const profile = { ...EMPTY_PROFILE, access: { owner: "owner", stranger: "stranger" } };
    const operations = [{ ...READ, as: "nobody" } as const];
    const asked = of(await runLive(plan({ profile, operations }), server.target, PATIENT), "rest-request").at(-1);
    expect(asked).toMatchObject({ purpose: { kind: "create-task", as: "nobody" }, request: { anonymous: true } });
    expect(server.authorization()).toBeUndefined();
  });

  it("runs 20 plans at once over one session, each with names and addresses of its own", async () => {
    const server = await start();
    const session = openLiveSession(server.target);
    const seen: number[] = [];
    const options = { session, ...PATIENT, onEvent: (event: HistoryEvent) => seen.push(event.at) };
    const histories = await Promise.all(
      Array.from({ length: 20 }, () => runLive(plan({ operations: [READ] }), server.target, options)),
    );
    session.close();
    expect(new Set(histories.map(({ header }) => header.devices[0])).size).toBe(20);
    expect(new Set(histories.map((history) => of(history, "uplink")[0]?.address)).size).toBe(20);
    for (const history of histories) expect(kinds(history).at(-1)).toBe("end");
    expect(seen).toHaveLength(histories.reduce((sum, { events }) => sum + events.length, 0));
  });
});

describe("runLive, trouble", () => {
  it("refuses a target that does not provision, with its answer", async () => {
    const server = await start({
      rest: (line) => (line.includes("/devices") ? { status: 403, body: { error: { code: 403 } } } : undefined),
    });
    await expect(runLive(plan(), server.target)).rejects.toMatchObject({
      code: "target-not-usable",
      message: expect.stringMatching(/^plan live-1: provisioning by POST \/devices failed: HTTP 403/),
    });
  });

  it("refuses a target whose REST side is not there", async () => {
    const server = await start();
    await server.close();
    servers.length = 0;
    await expect(runLive(plan(), server.target)).rejects.toMatchObject({ code: "target-not-usable" });
  });

  it("refuses a target whose CoAP side is not there, instead of blaming it for silence", async () => {
    const server = await start();
    const gone = await openUdp({ host: "127.0.0.1" });
    await gone.close();
    await expect(runLive(plan({ until: 60_000 }), { ...server.target, coap: gone.address })).rejects.toMatchObject({
      code: "target-not-usable",
      message: `nobody listens for CoAP at udp 127.0.0.1:${splitAddress(gone.address).port}`,
    });
  });

  it("is cut off when it is interrupted, in the middle or before it begins, and leaves its record", async () => {
    const server = await start();
    const stop = new AbortController();
    const seen: HistoryEvent[] = [];
    const onEvent = (event: HistoryEvent): void => {
      seen.push(event);
      if (event.kind === "rest-request" && event.purpose?.kind === "create-task") stop.abort();
    };
    const history = await runLive(plan({ until: 3_600_000, operations: [{ ...READ, at: 700 }] }), server.target, {
      ...PATIENT,
      signal: stop.signal,
      onEvent,
    });
    expect(history.events.at(-1)).toMatchObject({ kind: "mark", mark: "cut-off", reason: "interrupted" });
    expect(of(history, "uplink")).toHaveLength(1);
    expect(kinds(history).slice(0, -1)).toEqual(
      kinds({ ...history, events: seen }).slice(0, history.events.length - 1),
    );
    const none = await runLive(plan(), server.target, { signal: stop.signal });
    expect(kinds(none)).toEqual(["cut-off"]);
  });

  it("takes nothing as evidence that it read in the time by which it was late when it is cut off", async () => {
    const server = await start();
    let left: number | undefined;
    const blockOnce = (event: HistoryEvent): void => {
      if (event.kind !== "uplink" || left !== undefined) return;
      left = event.earliest;
      const until = performance.now() + 400;
      while (performance.now() < until);
    };
    const history = await runLive(plan(), server.target, { maxLateness: millis(200), onEvent: blockOnce });
    expect(kinds(history)).not.toContain("uplink");
    expect(history.events.at(-1)?.at).toBeLessThanOrEqual(left ?? Number.NaN);
    expect(history.events.at(-1)).toMatchObject({ mark: "cut-off", reason: expect.stringMatching(/ms late/) });
  });

  it("is cut off when this process was too late to measure: 0 ms are allowed, 2 ms is the least", async () => {
    const server = await start();
    const history = await runLive(plan(), server.target, { maxLateness: millis(0) });
    expect(history.events.at(-1)).toMatchObject({
      mark: "cut-off",
      reason: expect.stringMatching(/^this process was \d+ ms late$/),
    });
  });
});
