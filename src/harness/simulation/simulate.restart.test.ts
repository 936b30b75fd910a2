import { describe, expect, it } from "vitest";
import { buildServer } from "../../mutants/mutant.ts";
import { ARTIK } from "../../protocol/profile.ts";
import { eventLine } from "../../reports/history-text.ts";
import { Plan } from "../../scenarios/plan.ts";
import { eventLine as fileLine, historyHash } from "../history/history-file.ts";
import { HistoryEventLine } from "../history/history-schema.ts";
import { judge } from "../oracle/oracle.ts";
import type { BuildServer } from "./build-server.ts";
import { simulate } from "./simulate.ts";

type Restart = { readonly at: number; readonly downFor: number; readonly dies?: "before-storing" | "after-storing" };

/** A device that registers at 1 s, and a task for it at 5 s; it is read at 9 s and 20 s. Latency 100 ms. */
const plan = (restart: Restart, more: readonly object[] = []): Plan =>
  Plan.parse({
    formatVersion: 1,
    id: "story",
    family: "test",
    simSeed: "seed",
    profile: ARTIK,
    deviceTypes: [{}],
    fleet: [{ registersAt: 1_000 }],
    latency: 100,
    operations: [
      { kind: "restart-server", ...restart },
      {
        at: 5_000,
        kind: "create-task",
        task: 0,
        taskType: "R",
        property: "deviceProperties.device.timezone",
        devices: [0],
      },
      { at: 9_000, kind: "poll", task: 0 },
      { at: 20_000, kind: "poll", task: 0 },
      ...more,
    ],
    faults: [],
    quietFrom: 25_000,
    until: 30_000,
  });

const eventsOf = (made: Plan, build: BuildServer = buildServer()) => simulate(made, build).events;
/** Milliseconds of plan time, set-up being over at once. */
const server = (made: Plan) =>
  eventsOf(made).flatMap((event) => (event.kind === "server" ? [[event.event, event.at / 1_000]] : []));
const refused = (made: Plan) =>
  eventsOf(made).flatMap((event) => (event.kind === "rest-failure" ? [event.at / 1_000] : []));
const created = (made: Plan) =>
  eventsOf(made).filter((event) => event.kind === "rest-answer" && event.response.status === 201).length;

describe("a plan that kills the server", () => {
  it("tells when it is down and up, and is the same each time", () => {
    const made = plan({ at: 7_000, downFor: 1_500 });
    expect(server(made)).toEqual([
      ["down", 7_000],
      ["up", 8_500],
    ]);
    const [first, second] = [1, 2].map(() => historyHash(simulate(made, buildServer())));
    expect(first).toBe(second);
  });

  it("leaves nobody who hears or answers: REST requests fail, datagrams count as lost, nothing is sent", () => {
    const made = plan({ at: 4_000, downFor: 6_000 }, [{ at: 4_500, kind: "update", device: 0 }]);
    expect(refused(made)).toEqual([5_000]);
    const meanwhile = eventsOf(made).filter(({ at }) => at > 4_000_000 && at < 10_000_000);
    expect(meanwhile.filter(({ kind }) => kind === "downlink")).toEqual([]);
    const ups = meanwhile.filter((event) => event.kind === "uplink");
    expect(ups.length).toBeGreaterThan(0);
    for (const up of ups) expect(up).toMatchObject({ lost: true, at: up.sentAt + 100_000 });
  });

  it("goes on from what was stored: a task that was in flight is QUEUED with one attempt, and done after an Update", () => {
    const made = plan({ at: 5_050, downFor: 100 }, [
      { at: 10_000, kind: "update", device: 0 },
      { at: 15_000, kind: "poll", task: 0 },
    ]);
    const shown = eventsOf(made).flatMap((event) => {
      const body = event.kind === "rest-answer" ? (event.response.body as { data?: { statuses?: object[] } }) : {};
      return body.data?.statuses ?? [];
    });
    expect(shown).toMatchObject([
      { status: "QUEUED", numAttempts: 1 },
      { status: "SUCCEEDED", numAttempts: 2 },
      { status: "SUCCEEDED", numAttempts: 2 },
    ]);
  });

  it("sends nothing for a task that began meanwhile to a device whose lifetime ended meanwhile, whichever came first", () => {
    const made = plan({ at: 6_000, downFor: 100_000 });
    const scheduled = made.operations.map((operation) =>
      operation.kind === "create-task" ? { ...operation, scheduledOn: 20_000 } : operation,
    );
    const gone = { ...made, fleet: [{ registersAt: 1_000, lifetime: 60 }], operations: scheduled, until: 120_000 };
    const sent = eventsOf(Plan.parse(gone)).filter(({ kind, at }) => kind === "downlink" && at > 6_000_000);
    expect(sent).toEqual([]);
    const there = { ...gone, fleet: [{ registersAt: 1_000, lifetime: 3_600 }] };
    const first = eventsOf(Plan.parse(there)).find(({ kind, at }) => kind === "downlink" && at > 6_000_000);
    expect(first?.at).toBe(106_000_000);
  });

  it("can kill it in the step in which it stores a task, whose request then fails", () => {
    for (const dies of ["before-storing", "after-storing"] as const) {
      const made = plan({ at: 4_900, downFor: 100, dies });
      expect(server(made)).toEqual([
        ["down", 5_000],
        ["up", 5_100],
      ]);
      expect([refused(made), created(made)]).toEqual([[5_000], 2]);
      const known = judge(made, simulate(made, buildServer())).unanswered;
      expect(known).toEqual([]);
    }
  });

  it("kills it a second later where nothing is stored", () => {
    expect(server(plan({ at: 12_000, downFor: 10, dies: "before-storing" }))).toEqual([
      ["down", 13_000],
      ["up", 13_010],
    ]);
  });

  it("kills nobody who is down already, nor a server that cannot be killed", () => {
    const twice = plan({ at: 7_000, downFor: 1_000 }, [{ at: 7_500, kind: "restart-server", downFor: 5_000 }]);
    expect(server(twice)).toHaveLength(2);
    const immortal: BuildServer = (context) => {
      const mortal = buildServer()(context);
      return {
        get deadline() {
          return mortal.deadline;
        },
        handle: (input, now) => mortal.handle(input, now),
      };
    };
    const events = eventsOf(plan({ at: 7_000, downFor: 1_000 }), immortal);
    expect(events.filter(({ kind }) => kind === "server")).toEqual([]);
  });

  it("has events that can be written down, read back, and said in words", () => {
    const made = plan({ at: 7_000, downFor: 1_000 });
    const downs = eventsOf(made).filter(({ kind }) => kind === "server");
    for (const event of downs) expect(HistoryEventLine.parse(JSON.parse(fileLine(event)))).toEqual(event);
    expect(downs.map((event) => eventLine(event, 0).trim())).toEqual([
      "7.000 s  ■ the server's process is killed",
      "8.000 s  ■ the server's process is started again",
    ]);
  });
});
