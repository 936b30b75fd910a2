/**
 * artikcloud-js, the SDK that the cloud's owner published: its generated client drives our REST API unchanged.
 *
 * It proves paths, queries, bodies and types, not meaning. Its typed data turns `null` into text, so exact answers are
 * compared in the raw body.
 */
import cloudSdk from "artikcloud-js";
import { describe, expect, it, onTestFinished } from "vitest";
import { openUdp } from "../../src/platform/udp.ts";
import { address } from "../../src/protocol/address.ts";
import { decodeMessage, encodeMessage, NO_OPTIONS, NO_PAYLOAD } from "../../src/protocol/coap/message.ts";
import type { CoapMessage, Code } from "../../src/protocol/coap/types.ts";
import { registerContent } from "../../src/protocol/lwm2m/registration-requests.ts";
import type { ServeOptions } from "../../src/reference-server/adapters/serve.ts";
import { type Cloud, startCloud, until } from "./kit.ts";

const ADMINISTRATOR = "0123456789abcdef0123456789abcdef";
const TIMEZONE = "deviceProperties.device.timezone";
const ID = expect.stringMatching(/^[0-9a-f]{32}$/);
const TIME = expect.any(Number);
const NOTHING_COUNTED = { totalDevices: 0, numCompleted: 0, numSucceeded: 0, numFailed: 0, numCancelled: 0 };

interface Answer {
  readonly status: number;
  /** As it came over the wire. */
  readonly body: unknown;
  /** What the SDK made of it. */
  readonly typed: unknown;
  /** The reason phrase, where the SDK called it an error. */
  readonly error?: string;
}

type Call = (method: string, ...parameters: readonly unknown[]) => Promise<Answer>;

interface SdkError {
  readonly status?: number;
  readonly message: string;
  readonly response?: { readonly body: unknown };
}

function clientOf({ http }: Cloud, token: string | undefined): InstanceType<typeof cloudSdk.ApiClient> {
  const client = new cloudSdk.ApiClient();
  client.basePath = http;
  client.timeout = 30_000;
  if (token !== undefined) client.authentications.artikcloud_oauth.accessToken = token;
  return client;
}

const settleWith =
  (what: string, resolve: (answer: Answer) => void, reject: (error: Error) => void) =>
  (error: SdkError | null, typed: unknown, response: { status: number; body: unknown }): void => {
    if (error === null) resolve({ status: response.status, body: response.body, typed });
    else if (error.status === undefined) reject(new Error(`${what}: ${error.message}`));
    else resolve({ status: error.status, body: error.response?.body, typed, error: error.message });
  };

/** The SDK's client, with a token or without. */
function sdk(cloud: Cloud, token?: string): Call {
  const api = new cloudSdk.DevicesManagementApi(clientOf(cloud, token));
  return (method, ...parameters) =>
    new Promise((resolve, reject) => {
      api[method]?.(...parameters, settleWith(method, resolve, reject));
    });
}

/** An endpoint that the SDK has no method for: both came after its last release. */
function later({ cloud, token }: Fleet, method: "GET" | "POST", path: string, body?: object): Promise<Answer> {
  const client = clientOf(cloud, token);
  return new Promise((resolve, reject) => {
    const settle = settleWith(path, resolve, reject);
    const accepts = [["artikcloud_oauth"], [], ["application/json"], Object];
    client.callApi(path, method, {}, {}, {}, {}, body ?? null, ...accepts, settle);
  });
}

/** The body of an answer that must be a success without any `null` in it. */
function bodyOf({ status, body, error }: Answer): never {
  expect({ status, error, body }).toMatchObject({ error: undefined });
  expect(JSON.stringify(body)).not.toMatch(/null|undefined|NaN/);
  return body as never;
}

interface Fleet {
  readonly cloud: Cloud;
  readonly token: string | undefined;
  readonly call: Call;
  readonly dtid: string;
  readonly dids: readonly string[];
}

/** A server without anything, and by REST a device type with three devices whose ids the server chooses. */
async function startFleet(options: Partial<ServeOptions> = {}): Promise<Fleet> {
  const cloud = await startCloud({ provision: { deviceTypes: [], devices: [] }, ...options });
  const post = async (path: string, body: object): Promise<Readonly<Record<string, string>>> => {
    const response = await fetch(`${cloud.http}/${path}`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        ...(options.token === undefined ? {} : { Authorization: `Bearer ${options.token}` }),
      },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(201);
    return ((await response.json()) as { readonly data: Readonly<Record<string, string>> }).data;
  };
  const { dtid = "" } = await post("devicetypes", { name: "Thermometer" });
  const dids: string[] = [];
  for (const name of ["one", "two", "three"]) dids.push((await post("devices", { dtid, name })).did ?? "");
  return { cloud, token: options.token, call: sdk(cloud, options.token), dtid, dids };
}

const writeTask = ({ dtid, dids }: Fleet) => ({
  dtid,
  dids,
  taskType: "W",
  property: TIMEZONE,
  taskParameters: { value: "America/Los_Angeles" },
});

const createdId = (answer: Answer): string => (bodyOf(answer) as { readonly data: { readonly id: string } }).data.id;

const complete = (call: Call, id: string): Promise<Answer> =>
  until("the task", async () => {
    const answer = await call("getStatuses", id, {});
    const { data } = bodyOf(answer) as { readonly data: { readonly status: string } };
    return data.status === "COMPLETE" ? answer : undefined;
  });

/** Registers a device that answers every request with this code. */
async function register({ port }: Cloud, endpoint: string, code: Code): Promise<void> {
  const peer = address(`127.0.0.1:${port}`);
  const socket = await openUdp({ host: "127.0.0.1" });
  onTestFinished(() => socket.close());
  let registered: CoapMessage | undefined;
  socket.onMessage((_, bytes) => {
    const decoded = decodeMessage(bytes);
    if (!decoded.ok) return;
    const { type, messageId, token } = decoded.value;
    if (type === "ACK") registered = decoded.value;
    else {
      const response = { code, messageId, token, options: NO_OPTIONS, payload: NO_PAYLOAD };
      socket.send(peer, encodeMessage({ type: "ACK", ...response }));
    }
  });
  const objects = [{ path: "/3/0", attributes: new Map() }];
  const content = registerContent({ endpoint, lifetime: 300, version: "1.0", binding: "U", objects });
  socket.send(peer, encodeMessage({ ...content, type: "CON", messageId: 1, token: "01" }));
  expect((await until("the registration", () => registered)).code).toBe("2.01");
}

describe.each([
  ["without a token", {}],
  ["with a bearer token", { token: ADMINISTRATOR }],
])("artikcloud-js %s", (_, options) => {
  it("createTasks: as recorded from the cloud, with the 7 days of the default and nothing counted yet", async () => {
    const fleet = await startFleet(options);
    const answer = await fleet.call("createTasks", writeTask(fleet));
    expect([answer.status, bodyOf(answer)]).toEqual([
      201,
      {
        data: {
          id: ID,
          dtid: fleet.dtid,
          dids: fleet.dids,
          taskType: "W",
          property: TIMEZONE,
          taskParameters: { value: "America/Los_Angeles", expiresAfter: 604_800 },
          status: "REQUESTED",
          statusCounts: NOTHING_COUNTED,
          createdOn: TIME,
          modifiedOn: TIME,
        },
      },
    ]);
    const { createdOn, modifiedOn } = (answer.body as { data: Record<string, number> }).data;
    expect(createdOn).toBe(modifiedOn);
    expect(answer.typed).toMatchObject({ data: { dids: fleet.dids, taskParameters: { expiresAfter: 604_800 } } });
  });

  it("getTaskByID, getStatuses with count, offset, status and dids, getStatusesHistory", async () => {
    const fleet = await startFleet(options);
    const { call, dids } = fleet;
    const id = createdId(await call("createTasks", writeTask(fleet)));
    const task = bodyOf(await call("getTaskByID", id));
    expect(task).toMatchObject({
      data: { id, status: "PROCESSING", statusCounts: { ...NOTHING_COUNTED, totalDevices: 3 } },
    });
    const all = await call("getStatuses", id, {});
    expect(bodyOf(all)).toMatchObject({ total: 3, offset: 0, count: 3 });
    const statuses = dids.map((did) => ({ did, status: "QUEUED", ts: TIME, numAttempts: 0 }));
    expect(all.body).toMatchObject({ data: { id, statuses } });
    expect(all.typed).toMatchObject({ total: 3, data: { statuses: dids.map((did) => ({ did, status: "QUEUED" })) } });
    const pages: unknown[] = [];
    for (const offset of [0, 1, 2, 3]) pages.push(bodyOf(await call("getStatuses", id, { count: 1, offset })));
    expect(pages).toMatchObject([
      ...statuses.map((status, offset) => ({ total: 3, offset, count: 1, data: { statuses: [status] } })),
      { total: 3, offset: 3, count: 0, data: { statuses: [] } },
    ]);
    const failed = { status: "FAILED,SUCCEEDED", dids: dids.join(",") };
    expect(bodyOf(await call("getStatuses", id, failed))).toMatchObject({ total: 0, data: { statuses: [] } });
    const two = { status: "QUEUED,FAILED", dids: `${dids[2]},${dids[0]}` };
    expect(bodyOf(await call("getStatuses", id, two))).toMatchObject({ total: 2, count: 2 });
    // An array becomes `dids=a&dids=b`.
    expect(bodyOf(await call("getStatuses", id, { dids: [dids[0], dids[1]] }))).toMatchObject({ total: 2 });
    const ofTask = bodyOf(await call("getStatusesHistory", id, {}));
    expect(ofTask).toMatchObject({ data: { history: [{ status: "REQUESTED" }, {}, {}] } });
    const ofDevice = bodyOf(await call("getStatusesHistory", id, { did: dids[1] }));
    expect(ofDevice).toEqual({
      data: {
        history: [
          { did: dids[1], status: "REQUESTED", ts: TIME, numAttempts: 0 },
          { did: dids[1], status: "QUEUED", ts: TIME, numAttempts: 0 },
        ],
      },
    });
  });

  it("updateTaskForDevice cancels one device, updateTask the others", async () => {
    const fleet = await startFleet(options);
    const { call, dids } = fleet;
    const id = createdId(await call("createTasks", writeTask(fleet)));
    const one = await call("updateTaskForDevice", id, dids[1], { status: "CANCELLED" });
    expect(bodyOf(one)).toEqual({ data: { did: dids[1], status: "CANCELLED", ts: TIME, numAttempts: 0 } });
    expect(one.typed).toMatchObject({ data: { did: dids[1], status: "CANCELLED" } });
    const cancelled = { data: { id, status: "CANCELLED", statusCounts: { totalDevices: 3, numCancelled: 3 } } };
    expect(bodyOf(await call("updateTask", id, { status: "CANCELLED" }))).toMatchObject(cancelled);
    expect(bodyOf(await call("updateTask", id, { status: "CANCELLED" }))).toMatchObject(cancelled);
  });

  it("updateServerProperties and getProperties, with includeTimestamp and without", async () => {
    const fleet = await startFleet(options);
    const { cloud, call, dids } = fleet;
    const did = dids[0] ?? "";
    const properties = { name: "Attic", enabled: false, random: 73 };
    expect(bodyOf(await call("updateServerProperties", did, properties))).toEqual({ data: { did } });
    const offline = { serverProperties: properties, systemProperties: { did, connection: "disconnected" } };
    expect(bodyOf(await call("getProperties", did, {}))).toEqual({ data: { ...offline, deviceProperties: {} } });

    await register(cloud, did, "2.04");
    const id = createdId(await call("createTasks", { ...writeTask(fleet), dids: [did] }));
    expect((await complete(call, id)).body).toMatchObject({
      data: {
        statusCounts: { totalDevices: 1, numCompleted: 1, numSucceeded: 1, numFailed: 0, numCancelled: 0 },
        statuses: [{ did, status: "SUCCEEDED", ts: TIME, numAttempts: 1 }],
      },
    });
    expect(bodyOf(await call("getProperties", did, { includeTimestamp: false }))).toEqual({
      data: {
        serverProperties: properties,
        systemProperties: { did, connection: "connected" },
        deviceProperties: { device: { timezone: "America/Los_Angeles" } },
      },
    });
    expect(bodyOf(await call("getProperties", did, { includeTimestamp: true }))).toMatchObject({
      data: {
        serverProperties: { name: { value: "Attic", ts: TIME }, enabled: { value: false, ts: TIME } },
        deviceProperties: { device: { timezone: { value: "America/Los_Angeles", ts: TIME } } },
      },
    });
  });

  it("errorCode is text and errorMessage says what happened; both are absent as long as nothing did", async () => {
    const fleet = await startFleet(options);
    const { cloud, call, dids } = fleet;
    const [did = "", other] = dids;
    await register(cloud, did, "4.04");
    const id = createdId(await call("createTasks", { ...writeTask(fleet), dids: [did, other] }));
    const failed = await until("the failure", async () => {
      const answer = await call("getStatuses", id, { status: "FAILED" });
      return (bodyOf(answer) as { readonly count: number }).count === 1 ? answer : undefined;
    });
    const error = { errorCode: "4040", errorMessage: "Resource is not found" };
    expect(failed.body).toMatchObject({ data: { statuses: [{ did, status: "FAILED", numAttempts: 1, ...error }] } });
    expect(failed.typed).toMatchObject({ data: { statuses: [{ did, ...error }] } });
    expect(bodyOf(await call("getStatuses", id, { dids: other }))).toMatchObject({
      data: { statuses: [{ did: other, status: "QUEUED", ts: TIME, numAttempts: 0 }] },
    });
  });

  it("getDeviceTypesInfo and updateDeviceTypesInfo, which keeps what it does not name", async () => {
    const fleet = await startFleet(options);
    const { call, dtid } = fleet;
    const before = await call("getDeviceTypesInfo", dtid);
    expect(bodyOf(before)).toMatchObject({ data: { dtid, devicePropertiesEnabled: true, createdOn: TIME } });
    const changed = await call("updateDeviceTypesInfo", dtid, { taskExpiresAfter: 3_600, pmin: 60 });
    expect(bodyOf(changed)).toMatchObject({ data: { dtid, devicePropertiesEnabled: true, taskExpiresAfter: 3_600 } });
    expect(changed.typed).toMatchObject({ data: { taskExpiresAfter: 3_600, pmin: 60 } });
    const id = createdId(await call("createTasks", writeTask(fleet)));
    const task = await call("getTaskByID", id);
    expect(bodyOf(task)).toMatchObject({ data: { taskParameters: { expiresAfter: 3_600 } } });
  });

  it("getTasks: pages, newest first, filtered by status, with the counts of all six statuses", async () => {
    const fleet = await startFleet(options);
    const { call, dtid } = fleet;
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) ids.push(createdId(await call("createTasks", writeTask(fleet))));
    const [first = "", second, third] = ids;
    await call("updateTask", first, { status: "CANCELLED" });
    const all = await call("getTasks", dtid, {});
    const counts = { SCHEDULED: 0, REQUESTED: 0, QUEUING: 0, PROCESSING: 2, COMPLETE: 0, CANCELLED: 1 };
    expect(bodyOf(all)).toMatchObject({ total: 3, offset: 0, count: 3, statusCounts: counts });
    expect(all.body).toMatchObject({ data: { tasks: [{ id: third }, { id: second }, { id: first, dtid }] } });
    expect(all.typed).toMatchObject({
      total: 3,
      statusCounts: { PROCESSING: 2 },
      data: { tasks: [{ id: third }, {}, {}] },
    });
    const asked = { count: 1, offset: 1, status: "PROCESSING,REQUESTED", order: "createdOn", sort: "asc" };
    expect(bodyOf(await call("getTasks", dtid, asked))).toMatchObject({
      total: 2,
      offset: 1,
      count: 1,
      data: { tasks: [{ id: third, status: "PROCESSING" }] },
    });
    const wrong = { status: 400, error: "Bad Request", body: { error: { code: 4001, field: "status" } } };
    expect(await call("getTasks", dtid, { status: "FAILED" })).toMatchObject(wrong);
    expect(await call("getTasks", dtid, { sort: "up" })).toMatchObject({ status: 400 });
    expect(await call("getTasks", "f".repeat(32), {})).toMatchObject({ status: 404, body: { error: { code: 1101 } } });
  });

  it("getAllByDid: the tasks of a device, each with its status there", async () => {
    const fleet = await startFleet(options);
    const { call, dids } = fleet;
    const [did = "", other] = dids;
    const id = createdId(await call("createTasks", { ...writeTask(fleet), dids: [did] }));
    const both = createdId(await call("createTasks", { ...writeTask(fleet), dids: [other, did] }));
    const all = await call("getAllByDid", did, {});
    const statuses = [{ did, status: "QUEUED", ts: TIME, numAttempts: 0 }];
    expect(bodyOf(all)).toMatchObject({
      total: 2,
      offset: 0,
      count: 2,
      data: {
        tasks: [
          { id: both, statuses },
          { id, statuses },
        ],
      },
    });
    expect(all.typed).toMatchObject({ data: { tasks: [{ id: both, statuses: [{ did, status: "QUEUED" }] }, { id }] } });
    const asked = { count: 5, offset: 0, status: "QUEUED", order: "createdOn", sort: "asc" };
    expect(bodyOf(await call("getAllByDid", did, asked))).toMatchObject({ data: { tasks: [{ id }, { id: both }] } });
    expect(bodyOf(await call("getAllByDid", dids[2], {}))).toMatchObject({ total: 0, data: { tasks: [] } });
    expect(await call("getAllByDid", did, { status: "COMPLETE" })).toMatchObject({ status: 400 });
    expect(await call("getAllByDid", "f".repeat(32), {})).toMatchObject({ status: 404 });
  });

  it("queryProperties, with the numbers where either SDK looks for them, and deleteServerProperties", async () => {
    const fleet = await startFleet(options);
    const { call, dtid, dids } = fleet;
    const [did = "", other = "", third = ""] = dids;
    for (const each of [did, other]) await call("updateServerProperties", each, { site: { floor: 3 }, name: "x" });
    const filter = "serverProperties.site.floor=3,serverProperties.name=x";
    const found = await call("queryProperties", dtid, { filter, count: 1, offset: 1, includeTimestamp: false });
    const numbers = { total: 2, offset: 1, count: 1 };
    const groups = {
      serverProperties: { site: { floor: 3 }, name: "x" },
      systemProperties: { did: other, connection: "disconnected" },
      deviceProperties: {},
    };
    expect(bodyOf(found)).toEqual({ ...numbers, data: { ...numbers, properties: [groups] } });
    expect(found.typed).toMatchObject(numbers);
    expect(bodyOf(await call("deleteServerProperties", other))).toEqual({ data: { did: other } });
    expect(bodyOf(await call("queryProperties", dtid, { filter }))).toMatchObject({ total: 1 });
    expect(bodyOf(await call("queryProperties", dtid, { includeTimestamp: true }))).toMatchObject({
      total: 3,
      data: {
        properties: [
          { serverProperties: { name: { value: "x", ts: TIME } } },
          { serverProperties: {} },
          { systemProperties: { did: third } },
        ],
      },
    });
    expect(await call("queryProperties", dtid, { filter: "name" })).toMatchObject({ status: 400 });
    expect(await call("queryProperties", "f".repeat(32), {})).toMatchObject({ status: 404 });
    expect(await call("deleteServerProperties", "f".repeat(32))).toMatchObject({ status: 404 });
  });

  it("getManifestProperties: server properties in use, and what tasks may name", async () => {
    const fleet = await startFleet(options);
    const { call, dtid, dids } = fleet;
    await call("updateServerProperties", dids[0], { enabled: true });
    const manifest = await call("getManifestProperties", dtid);
    const data = {
      serverProperties: { enabled: { type: "Boolean" } },
      deviceProperties: { device: { timezone: { type: "String", operations: "RW" } } },
    };
    expect(bodyOf(manifest)).toMatchObject({ data });
    expect(manifest.typed).toMatchObject({ data });
    expect(await call("getManifestProperties", "f".repeat(32))).toMatchObject({ status: 404 });
  });

  it("pendingtasks and acceptance by callApi: nothing waits for its user, and giving an answer is 400", async () => {
    const fleet = await startFleet(options);
    const did = fleet.dids[0] ?? "";
    const id = createdId(await fleet.call("createTasks", writeTask(fleet)));
    expect(bodyOf(await later(fleet, "GET", `/devicemgmt/devices/${did}/pendingtasks`))).toEqual({ data: [] });
    const accept = (tid: string) =>
      later(fleet, "POST", `/devicemgmt/tasks/${tid}/devices/${did}/acceptance`, { acceptanceStatus: "REJECTED" });
    expect(await accept(id)).toMatchObject({ status: 400, body: { error: { code: 4001, field: "acceptanceStatus" } } });
    expect(await accept("f".repeat(32))).toMatchObject({ status: 404 });
    const waits = { ...writeTask(fleet), needsAcceptance: true };
    expect(await fleet.call("createTasks", waits)).toMatchObject({ status: 400, body: { error: { code: 4001 } } });
  });

  it("gets errors as errors: status, and the envelope with code and message", async () => {
    const fleet = await startFleet(options);
    const { call, dtid } = fleet;
    const unknown = "f".repeat(32);
    const envelope = (code: number) => ({ error: { code, message: expect.stringMatching(/./) } });
    expect(await call("getTaskByID", unknown)).toMatchObject({ status: 404, error: "Not Found", body: envelope(404) });
    expect(await call("getTaskByID", "t 1/é")).toMatchObject({ status: 404, body: envelope(404) });
    expect(await call("getDeviceTypesInfo", unknown)).toMatchObject({ status: 404, body: envelope(1101) });
    const wrong = await call("createTasks", { dtid, taskType: "W", property: TIMEZONE });
    expect(wrong).toMatchObject({ status: 400, body: envelope(4001) });
    const id = createdId(await call("createTasks", writeTask(fleet)));
    expect(await call("updateTask", id, { status: "COMPLETE" })).toMatchObject({ status: 400, body: envelope(4001) });
    expect(await call("getStatuses", id, { count: 101 })).toMatchObject({ status: 400, body: envelope(4001) });
    expect(await call("updateTaskForDevice", id, unknown, { status: "CANCELLED" })).toMatchObject({ status: 404 });
  });
});

describe("artikcloud-js at a server that wants a token", () => {
  it("gets 401 without one and with another one, on reading and writing alike, and nothing changes", async () => {
    const fleet = await startFleet({ token: ADMINISTRATOR });
    const refused = { status: 401, error: "Unauthorized", body: { error: { code: 401 } } };
    for (const call of [sdk(fleet.cloud), sdk(fleet.cloud, "f".repeat(32))]) {
      expect(await call("createTasks", writeTask(fleet))).toMatchObject(refused);
      expect(await call("updateDeviceTypesInfo", fleet.dtid, { taskExpiresAfter: 60 })).toMatchObject(refused);
      expect(await call("getProperties", fleet.dids[0], {})).toMatchObject(refused);
    }
    expect(bodyOf(await fleet.call("getDeviceTypesInfo", fleet.dtid))).not.toHaveProperty("data.taskExpiresAfter");
  });
});
