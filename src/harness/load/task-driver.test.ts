import { afterEach, describe, expect, it } from "vitest";
import { now } from "../../platform/clock.ts";
import type { RestRequest } from "../../protocol/server-port.ts";
import { before, micros, millis } from "../../protocol/time.ts";
import { type Agenda, createAgenda } from "../live/agenda.ts";
import type { RestOutcome } from "../live/rest-client.ts";
import type { LoadTask } from "./arrivals.ts";
import { createSeries } from "./series.ts";
import { TaskDriver } from "./task-driver.ts";
import { WorkloadRow } from "./workload.ts";

let agenda: Agenda | undefined;
afterEach(() => agenda?.close());

const json = (status: number, body: unknown): RestOutcome => ({ kind: "answer", response: { status, body } });
const CREATED = json(201, { data: { id: "t", status: "REQUESTED" } });
const shows = (statuses: readonly object[], total = statuses.length): RestOutcome =>
  json(200, { total, data: { id: "t", status: "PROCESSING", statuses } });

const task = (row: object, devices: readonly number[]): LoadTask => ({
  number: 0,
  row: WorkloadRow.parse({ operation: "read", property: "p", ...row }),
  devices,
});

/** Asks for the task, and settles when it is done. @param looks answers to the looks, the last one for ever */
async function drive(loadTask: LoadTask, creation: RestOutcome, looks: readonly RestOutcome[]) {
  const clock = createAgenda();
  agenda = clock;
  const series = createSeries();
  const requests: RestRequest[] = [];
  let looked = 0;
  const driver = new TaskDriver({
    http: {
      send(request, settle) {
        requests.push(request);
        const answer = request.method === "POST" ? creation : looks[Math.min(looked++, looks.length - 1)];
        if (answer !== undefined) clock.once(now(), () => settle(answer));
      },
      close: () => undefined,
    },
    agenda: clock,
    series,
    deviceType: "T",
    typeIsOurs: true,
    imageIds: ["image-0", "image-1"],
    nameOf: (device) => `d${device}`,
    runTime: (instant) => instant,
    lateness: () => micros(0),
    observe: () => undefined,
  });
  // It should have been asked for five seconds ago: what is measured counts from there.
  await new Promise<void>((resolve) => driver.ask(loadTask, before(now(), millis(5_000)), resolve));
  return { driver, series, requests };
}

describe("TaskDriver", () => {
  it("counts from the intended time, 5 s before the request was sent", async () => {
    const { series } = await drive(task({}, [1]), CREATED, [shows([{ did: "d1", status: "SUCCEEDED" }])]);
    for (const name of ["task.creation", "task.completion", "device.completion"] as const) {
      expect(series.spans(name, {}).max).toBeGreaterThanOrEqual(5_000_000);
    }
  });

  it("sees the end of a task where statuses come without that of the task as a whole", async () => {
    const statuses = [{ did: "d1", status: "SUCCEEDED" }];
    const { series } = await drive(task({}, [1]), CREATED, [json(200, { total: 1, data: { id: "t", statuses } })]);
    expect(series.spans("task.completion", {}).count).toBe(1);
  });

  it("counts each device once, by how it ended, and the task when the last one has", async () => {
    const { series, driver } = await drive(task({}, [1, 2, 3]), CREATED, [
      shows([
        { did: "d1", status: "FAILED", errorCode: 5000 },
        { did: "d2", status: "QUEUED" },
        { did: "d3", status: "CANCELLED" },
      ]),
      shows([
        { did: "d1", status: "FAILED", errorCode: 5000 },
        { did: "d2", status: "SUCCEEDED" },
        { did: "d3", status: "CANCELLED" },
      ]),
    ]);
    const { counts } = series.saved();
    const totals = Object.fromEntries(counts.map(({ name, labels, count }) => [`${name} ${labels.code ?? ""}`, count]));
    expect(totals).toEqual({
      "requested ": 1,
      "asked ": 3,
      "settled ": 3,
      "failed 5000": 1,
      "succeeded ": 1,
      "cancelled ": 1,
    });
    expect([series.spans("task.completion", {}).count, driver.underWay]).toEqual([1, 0]);
  });

  it("looks at the second page of 150 devices as well", async () => {
    const devices = Array.from({ length: 150 }, (_, index) => index);
    const page = (from: number, to: number): RestOutcome =>
      shows(
        devices.slice(from, to).map((device) => ({ did: `d${device}`, status: "SUCCEEDED" })),
        150,
      );
    const { series, requests } = await drive(task({ targets: { kind: "all" } }, devices), CREATED, [
      page(0, 100),
      page(100, 150),
    ]);
    expect(series.total("succeeded", {})).toBe(150);
    expect(requests.slice(1).map(({ query }) => query)).toEqual([{ count: "100" }, { count: "100", offset: "100" }]);
    expect(requests[0]?.body).toEqual({ dtid: "T", taskType: "R", property: "p" });
  });

  it("asks for a firmware update by the id of its image, without type and property", async () => {
    const row = { operation: "firmware", version: "2.0", expiresAfter: "90s" };
    const { requests, series } = await drive({ ...task({}, [1]), row: WorkloadRow.parse(row), image: 1 }, CREATED, [
      shows([{ did: "d1", status: "SUCCEEDED" }]),
    ]);
    expect(requests[0]?.body).toEqual({
      dtid: "T",
      dids: ["d1"],
      taskParameters: { update: { updateId: "image-1" }, expiresAfter: 90 },
    });
    expect(series.total("succeeded", { operation: "firmware" })).toBe(1);
  });

  describe("with a filter", () => {
    const filtered = task({ targets: { kind: "filter", filter: "serverProperties.group=a" } }, []);
    const over = (statuses: readonly object[], total = statuses.length): RestOutcome =>
      json(200, { total, data: { id: "t", status: "COMPLETE", statuses } });

    it("names no device, and counts those that the server shows, once each", async () => {
      const { requests, series } = await drive(filtered, CREATED, [
        shows([]),
        shows([{ did: "d1", status: "SUCCEEDED" }]),
        over([
          { did: "d1", status: "SUCCEEDED" },
          { did: "d2", status: "FAILED", errorCode: 5000 },
        ]),
      ]);
      expect(requests[0]?.body).toEqual({
        dtid: "T",
        filter: "serverProperties.group=a",
        taskType: "R",
        property: "p",
      });
      const totals = ["asked", "settled", "succeeded", "failed"] as const;
      expect(totals.map((name) => series.total(name, {}))).toEqual([2, 2, 1, 1]);
    });

    it("is done when the server calls the task complete, also with no device at all", async () => {
      const { series, driver } = await drive(filtered, CREATED, [shows([]), over([])]);
      expect([series.total("asked", {}), series.spans("task.completion", {}).count, driver.underWay]).toEqual([
        0, 1, 0,
      ]);
    });

    it("looks at all pages, since each may show devices that it has not seen", async () => {
      const page = (from: number, to: number): RestOutcome =>
        over(
          Array.from({ length: to - from }, (_, place) => ({ did: `d${from + place}`, status: "SUCCEEDED" })),
          150,
        );
      const { series } = await drive(filtered, CREATED, [page(0, 100), page(100, 150)]);
      expect([series.total("asked", {}), series.total("succeeded", {})]).toEqual([150, 150]);
    });
  });

  it("counts a refusal with its status, and a request without an answer, as done", async () => {
    const refused = await drive(task({}, [1]), json(429, { error: {} }), []);
    expect(refused.series.total("refused", { status: "429" })).toBe(1);
    const lost = await drive(task({}, [1]), { kind: "failure", reason: "timeout", detail: "" }, []);
    expect([lost.series.total("unanswered", {}), lost.driver.underWay]).toEqual([1, 0]);
  });

  it("counts at the end what has not come to one", async () => {
    const clock = createAgenda();
    agenda = clock;
    const series = createSeries();
    const driver = new TaskDriver({
      http: { send: (_request, settle) => settle(CREATED), close: () => undefined },
      agenda: clock,
      series,
      deviceType: "T",
      typeIsOurs: true,
      imageIds: [],
      nameOf: (device) => `d${device}`,
      runTime: (instant) => instant,
      lateness: () => micros(0),
      observe: () => undefined,
    });
    driver.ask(task({}, [1, 2]), now(), () => undefined);
    driver.end();
    expect([series.total("unsettled", {}), series.total("settled", {})]).toEqual([2, 0]);
  });
});
