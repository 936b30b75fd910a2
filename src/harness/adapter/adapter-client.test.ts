import { afterEach, describe, expect, it } from "vitest";
import type { RestRequest } from "../../protocol/server-port.ts";
import { millis } from "../../protocol/time.ts";
import { type Agenda, createAgenda } from "../live/agenda.ts";
import type { RestClient, RestOutcome } from "../live/rest-client.ts";
import type { Adapter } from "./adapter.ts";
import { createAdapterClient } from "./adapter-client.ts";
import { refuse } from "./define-target.ts";
import { testTarget } from "./test-kit.ts";

const agendas: Agenda[] = [];
afterEach(() => {
  for (const agenda of agendas.splice(0)) agenda.close();
});

function clientOf(adapter: Adapter, timeout = millis(5_000)): RestClient {
  const agenda = createAgenda();
  agendas.push(agenda);
  return createAdapterClient({ adapter, agenda, timeout });
}

const EVERYTHING = {
  cancel: true,
  mirror: true,
  attempts: true,
  errorCodes: true,
  history: true,
  expiry: { minSeconds: 2 },
  schedule: true,
  serverProperties: true,
};
const VERBS = {
  getTask: () => ({ status: "COMPLETE", statusCounts: { totalDevices: 1, numFailed: null }, expiresAfter: 5 }),
  cancelTask: () => undefined,
  properties: () => ({ deviceProperties: { device: { timezone: "UTC" } }, serverProperties: null }),
  taskHistory: () => [{ status: "QUEUED", ts: 5, did: null }],
};

const request = (line: string, extra: Partial<RestRequest> = {}): RestRequest => {
  const [method = "", path = ""] = line.split(" ");
  return { method, path: path.split("/"), query: {}, ...extra };
};
const ask = (client: RestClient, asked: RestRequest): Promise<RestOutcome> =>
  new Promise((resolve) => client.send(asked, resolve));
const task = (fields: object = {}, taskParameters: object = {}): RestRequest =>
  request("POST devicemgmt/tasks", {
    body: { dtid: "t", taskType: "W", property: "deviceProperties.device.timezone", taskParameters, ...fields },
  });

describe("createAdapterClient", () => {
  it("asks a verb for each request of the task API, and answers in its shapes", async () => {
    const { adapter, asked } = await testTarget({ capabilities: EVERYTHING, ...VERBS });
    const client = clientOf(adapter);
    const answers: unknown[] = [];
    for (const each of [
      request("POST devicetypes", { body: { dtid: "t" } }),
      request("POST devices", { body: { did: "d", dtid: "t" } }),
      task({ dids: ["d"] }, { value: "UTC", expiresAfter: 2, scheduledOn: 7 }),
      request("GET devicemgmt/tasks/t1"),
      request("GET devicemgmt/tasks/t1/statuses"),
      request("GET devicemgmt/tasks/t1/statuses/history"),
      request("GET devicemgmt/tasks/t1/statuses/history", { query: { did: "d" } }),
      request("PUT devicemgmt/tasks/t1", { body: { status: "CANCELLED" } }),
      request("PUT devicemgmt/tasks/t1/devices/d", { body: { status: "CANCELLED" } }),
      request("GET devicemgmt/devices/d/properties"),
    ]) {
      const outcome = await ask(client, each);
      if (outcome.kind === "failure") throw new Error(outcome.detail);
      answers.push([outcome.response.status, (outcome.response.body as { data: unknown }).data]);
    }
    expect(asked).toEqual([
      'provision [[{"did":"d","dtid":"t"}]]',
      'createTask [{"dids":["d"],"taskType":"W","property":"deviceProperties.device.timezone","value":"UTC","expiresAfter":2,"scheduledOn":7}]',
      'getTask ["t1"]',
      'deviceStatuses ["t1"]',
      'taskHistory ["t1"]',
      'taskHistory ["t1","d"]',
      'cancelTask ["t1"]',
      'cancelTask ["t1","d"]',
      'properties ["d"]',
    ]);
    expect(answers).toEqual([
      [201, { dtid: "t" }],
      [201, { did: "d", dtid: "t" }],
      [201, { id: "t1", status: "REQUESTED" }],
      [200, { id: "t1", status: "COMPLETE", statusCounts: { totalDevices: 1 }, taskParameters: { expiresAfter: 5 } }],
      [200, { id: "t1", statuses: [{ did: "d", status: "QUEUED" }] }],
      [200, { history: [{ status: "QUEUED", ts: 5 }] }],
      [200, { history: [{ status: "QUEUED", ts: 5 }] }],
      [200, { id: "t1", status: "CANCELLED" }],
      [200, { did: "d", status: "CANCELLED" }],
      [200, { deviceProperties: { device: { timezone: "UTC" } } }],
    ]);
  });

  it("names all devices of the type where a task is for all of them", async () => {
    const { adapter, asked } = await testTarget();
    const client = clientOf(adapter);
    for (const did of ["d0", "d1"]) await ask(client, request("POST devices", { body: { did, dtid: "t" } }));
    await ask(client, request("POST devices", { body: { did: "other", dtid: "u" } }));
    await ask(client, task());
    expect(asked.at(-1)).toContain('"dids":["d0","d1"]');
  });

  it("gives the page that is asked for, and how many devices there are", async () => {
    const lines = Array.from({ length: 5 }, (_, index) => ({ did: `d${index}`, status: "QUEUED" }));
    const { adapter } = await testTarget({ deviceStatuses: () => lines });
    const query = { offset: "3", count: "3" };
    expect(await ask(clientOf(adapter), request("GET devicemgmt/tasks/t1/statuses", { query }))).toMatchObject({
      response: { body: { total: 5, offset: 3, count: 2, data: { statuses: [{ did: "d3" }, { did: "d4" }] } } },
    });
  });

  it("shows attempts and error codes only where they are declared; 4004 always, by which expiry is told", async () => {
    const failed = { status: "FAILED", numAttempts: 1, errorMessage: "no" };
    const deviceStatuses = () => [
      { did: "a", errorCode: 4050, ...failed },
      { did: "b", errorCode: 4004, ...failed },
    ];
    const statuses = async (capabilities: object): Promise<unknown> => {
      const { adapter } = await testTarget({ capabilities, deviceStatuses });
      const outcome = await ask(clientOf(adapter), request("GET devicemgmt/tasks/t1/statuses"));
      return outcome.kind === "answer"
        ? (outcome.response.body as { data: { statuses: unknown } }).data.statuses
        : outcome;
    };
    expect(await statuses({})).toEqual([
      { did: "a", status: "FAILED" },
      { did: "b", status: "FAILED", errorCode: "4004", errorMessage: "no" },
    ]);
    expect(await statuses({ attempts: true, errorCodes: true })).toEqual([
      { did: "a", errorCode: "4050", ...failed },
      { did: "b", errorCode: "4004", ...failed },
    ]);
  });

  it.each([
    ["cancelling", request("PUT devicemgmt/tasks/t1", { body: {} })],
    ["a task as a whole", request("GET devicemgmt/tasks/t1")],
    ["a history", request("GET devicemgmt/tasks/t1/statuses/history")],
    ["the Device Mirror", request("GET devicemgmt/devices/d/properties")],
    ["expiry", task({ dids: ["d"] }, { expiresAfter: 5 })],
    ["scheduling", task({ dids: ["d"] }, { scheduledOn: 5 })],
    ["a server property", task({ dids: ["d"], property: "serverProperties.room" })],
    ["a filter", task({ filter: "deviceProperties.device.timezone=UTC" })],
    ["a firmware update", task({ dids: ["d"], property: undefined }, { update: { updateId: "u" } })],
    ["the settings of a device type", request("PUT devicemgmt/devicetypes/t", { body: {} })],
    ["a stranger's request", request("GET devicemgmt/tasks/t1/statuses", { token: "somebody" })],
    ["a request without a token", request("GET devicemgmt/tasks/t1/statuses", { anonymous: true })],
  ])("does not offer %s where the adapter cannot do it, and asks nothing", async (_, asked) => {
    const target = await testTarget();
    const client = clientOf(target.adapter);
    expect(client.offers?.(asked)).toBe(false);
    expect(await ask(client, asked)).toMatchObject({ kind: "answer", response: { status: 501 } });
    expect(target.asked).toEqual([]);
  });

  it("shows the status of the task with those of its devices, and counts where they are declared and have to be there", async () => {
    const statusCounts = { totalDevices: 1, numFailed: null };
    const counted = { statuses: [{ did: "d", status: "QUEUED" }], status: "QUEUING", statusCounts };
    const shown = async (counts: boolean, answer: unknown): Promise<RestOutcome> => {
      const capabilities = { ...EVERYTHING, counts };
      const { adapter } = await testTarget({ capabilities, ...VERBS, deviceStatuses: () => answer });
      return ask(clientOf(adapter), request("GET devicemgmt/tasks/t1/statuses"));
    };
    const dataOf = (outcome: RestOutcome) => outcome.kind === "answer" && outcome.response.body;
    const { statuses } = counted;
    expect(dataOf(await shown(true, counted))).toMatchObject({ data: { statuses, statusCounts: { totalDevices: 1 } } });
    expect(dataOf(await shown(false, counted))).toEqual({
      total: 1,
      offset: 0,
      count: 1,
      data: { id: "t1", status: "QUEUING", statuses },
    });
    expect(await shown(true, statuses)).toMatchObject({
      reason: "adapter",
      detail: expect.stringContaining("capabilities.counts is declared, so its answer is { statuses, statusCounts }"),
    });
  });

  it("offers no time to expire below the least, and an image upload, which a plan waits for", async () => {
    const { adapter } = await testTarget({ capabilities: EVERYTHING, ...VERBS });
    const client = clientOf(adapter);
    expect(client.offers?.(task({ dids: ["d"] }, { expiresAfter: 1 }))).toBe(false);
    expect(client.offers?.(task({ dids: ["d"] }, { expiresAfter: 2 }))).toBe(true);
    expect(client.offers?.(request("POST updates"))).toBe(true);
    expect(await ask(client, request("POST updates"))).toMatchObject({ response: { status: 501 } });
  });

  it("takes for an answer what the server refuses", async () => {
    const { adapter } = await testTarget({ deviceStatuses: () => refuse("no such task", 404) });
    expect(await ask(clientOf(adapter), request("GET devicemgmt/tasks/x/statuses"))).toEqual({
      kind: "answer",
      response: { status: 404, body: { error: { code: 404, message: "no such task" } } },
    });
  });

  it.each<[string, () => unknown, RegExp]>([
    ["no list", () => "QUEUED", /its answer is wrong: .*expected array.* but it is "QUEUED"/],
    [
      "a status that is none",
      () => [{ did: "d", status: "FAILD" }],
      /\[0\]\.status: "FAILD" is none of REQUESTED, .*; did you mean FAILED\?/,
    ],
    ["a field that there is not", () => [{ did: "d", status: "QUEUED", tries: 1 }], /\[0\]: there is no "tries"/],
    [
      "a count that is none",
      () => [{ did: "d", status: "QUEUED", numAttempts: -1 }],
      /\[0\]\.numAttempts: .* but it is -1/,
    ],
  ])("names verb and field of an answer with %s", async (_, deviceStatuses, wanted) => {
    const { adapter } = await testTarget({ deviceStatuses });
    const outcome = await ask(clientOf(adapter), request("GET devicemgmt/tasks/t1/statuses"));
    expect(outcome).toMatchObject({ kind: "failure", reason: "adapter" });
    expect(outcome.kind === "failure" ? outcome.detail : "").toMatch(/^\.\/my-server\.js: deviceStatuses: /);
    expect(outcome.kind === "failure" ? outcome.detail : "").toMatch(wanted);
  });

  it("names the verb that threw, and where in the adapter", async () => {
    const { adapter } = await testTarget({
      createTask: () => {
        throw new TypeError("jobs is not defined");
      },
    });
    expect(await ask(clientOf(adapter), task({ dids: ["d"] }))).toMatchObject({
      kind: "failure",
      reason: "adapter",
      detail: expect.stringMatching(
        /^\.\/my-server\.js: createTask: it threw TypeError: jobs is not defined \(at .*adapter-client\.test/,
      ),
    });
  });

  it("names the field of a created task that has no id", async () => {
    const { adapter } = await testTarget({ createTask: () => ({ createdOn: 5 }) });
    expect(await ask(clientOf(adapter), task({ dids: ["d"] }))).toMatchObject({
      detail: expect.stringContaining("createTask: its answer is wrong: id: "),
    });
  });

  it("waits no longer than the time-out, and at close for nothing", async () => {
    const { adapter } = await testTarget({ deviceStatuses: () => new Promise(() => undefined) });
    const statuses = request("GET devicemgmt/tasks/t1/statuses");
    expect(await ask(clientOf(adapter, millis(20)), statuses)).toEqual({
      kind: "failure",
      reason: "timeout",
      detail: "adapter ./my-server.js: deviceStatuses: no answer within 0.02 s; --adapter-timeout gives it longer",
    });
    const client = clientOf(adapter);
    const pending = ask(client, statuses);
    client.close();
    expect(await pending).toMatchObject({ kind: "failure", reason: "cancelled" });
  });

  it("says `refused` of an adapter that is gone: as of a server that nobody runs", async () => {
    const { adapter } = await testTarget();
    const gone: Adapter = { ...adapter, call: async () => ({ kind: "failed", reason: "it ended", gone: true }) };
    expect(await ask(clientOf(gone), request("GET devicemgmt/tasks/t1/statuses"))).toMatchObject({
      kind: "failure",
      reason: "refused",
      detail: "./my-server.js: deviceStatuses: it ended",
    });
  });
});
