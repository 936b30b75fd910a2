/**
 * The task API, as far as it goes: device types, devices, tasks with their statuses and histories, the Device Mirror.
 *
 * A device type may have an owner: the bearer token with which its tasks are made, read and cancelled.
 */
import { randomBytes } from "node:crypto";
import { targetOf } from "./operations.js";
import { shownLog, shownPart, shownTask, statusOf } from "./shown.js";

const WEEK = 604_800;
const MONTH = 2_592_000;
const LARGEST_BODY = 1_048_576;

class HttpError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
const wrong = (message) => new HttpError(400, 4001, message);

function seconds(field, value, least, most) {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw wrong(`${field}: ${least} to ${most} seconds`);
}

function name(field, value) {
  if (typeof value === "string" && value !== "") return value;
  throw wrong(`${field}: a text is needed`);
}

function found(what, thing) {
  if (thing !== undefined) return thing;
  throw new HttpError(404, 404, `${what} not found`);
}

class Api {
  #state;
  #record;
  #devices;
  #options;

  constructor(store, devices, options) {
    this.#state = store.state;
    this.#record = store.record;
    this.#devices = devices;
    this.#options = options;
  }

  #typeFor(dtid, token) {
    const type = found("device type", this.#state.types.get(dtid));
    if (type.owner === undefined || type.owner === token) return type;
    throw new HttpError(token === undefined ? 401 : 403, 403, "the device type is somebody else's");
  }

  #taskFor(id, token) {
    const task = found("task", this.#state.tasks.get(id));
    this.#typeFor(task.dtid, token);
    return task;
  }

  // ── device types and devices

  addType({ body }) {
    const dtid = name("dtid", body.dtid);
    this.#configure({ dtid, owner: body.owner }, body);
    return { status: 201, body: { data: { dtid } } };
  }

  showType({ path: [dtid], token }) {
    return { body: { data: this.#typeFor(dtid, token) } };
  }

  changeType({ path: [dtid], body, token }) {
    this.#configure(this.#typeFor(dtid, token), body);
    return { body: { data: this.#typeFor(dtid, token) } };
  }

  #configure(type, { taskExpiresAfter = type.taskExpiresAfter }) {
    if (taskExpiresAfter !== undefined) seconds("taskExpiresAfter", taskExpiresAfter, 60, WEEK);
    this.#record("type", { type: { ...type, taskExpiresAfter } });
  }

  addDevice({ body }) {
    const did = name("did", body.did);
    if (!this.#state.types.has(name("dtid", body.dtid))) throw wrong(`dtid: ${body.dtid} is unknown`);
    this.#record("device", { did, dtid: body.dtid });
    return { status: 201, body: { data: { did, dtid: body.dtid } } };
  }

  showProperties({ path: [did], query }) {
    const data = { systemProperties: { did }, serverProperties: {}, deviceProperties: {} };
    const withTimes = query.get("includeTimestamp") === "true";
    for (const [path, { value, ts }] of found("device", this.#state.devices.get(did)).mirror) {
      const names = path.split(".");
      const last = names.pop();
      let place = data;
      for (const each of names) place = place[each] ??= {};
      place[last] = withTimes ? { value, ts } : value;
    }
    return { body: { data } };
  }

  // ── tasks

  createTask({ body, token }) {
    if (!this.#state.types.has(name("dtid", body.dtid))) throw wrong(`dtid: ${body.dtid} is unknown`);
    const type = this.#typeFor(body.dtid, token);
    const { value, expiresAfter, scheduledOn } = body.taskParameters ?? {};
    const content = { taskType: body.taskType, property: body.property, value };
    try {
      targetOf(content);
    } catch (error) {
      throw wrong(error.message);
    }
    const usual = type.taskExpiresAfter ?? this.#options.defaultExpiry;
    const period = expiresAfter === undefined ? usual : seconds("expiresAfter", expiresAfter, 1, MONTH);
    const latest = Date.now() + (MONTH - period) * 1000;
    const isInTime = scheduledOn === undefined || (Number.isInteger(scheduledOn) && scheduledOn <= latest);
    if (!isInTime) throw wrong("scheduledOn: no time, or too late");
    const id = randomBytes(16).toString("hex");
    const target = { dtid: type.dtid, dids: this.#devicesFor(body) };
    this.#record("task", { task: { id, ...target, ...content, expiresAfter: period, scheduledOn } });
    const task = this.#state.tasks.get(id);
    return { status: 201, body: { data: shownTask(task) }, afterwards: () => this.#devices.schedule(task) };
  }

  #devicesFor({ dtid, dids, filter }) {
    if (filter !== undefined) throw wrong("filter: not supported here");
    const ofType = [...this.#state.devices.values()].filter((device) => device.dtid === dtid).map(({ did }) => did);
    if (dids === undefined) return ofType;
    if (!Array.isArray(dids) || dids.length === 0) throw wrong("dids: a list of device ids is needed");
    const strange = dids.find((did) => !ofType.includes(did));
    if (strange !== undefined) throw wrong(`dids: ${strange} is no device of this type`);
    return [...new Set(dids)];
  }

  showTask({ path: [id], token }) {
    return { body: { data: shownTask(this.#taskFor(id, token)) } };
  }

  showStatuses({ path: [id], query, token }) {
    const task = this.#taskFor(id, token);
    const offset = Number(query.get("offset") ?? 0);
    const page = task.parts.slice(offset, offset + Math.min(100, Number(query.get("count") ?? 100))).map(shownPart);
    const data = { ...shownTask(task), statuses: page };
    return { body: { total: task.parts.length, offset, count: page.length, data } };
  }

  showHistory({ path: [id], query, token }) {
    const task = this.#taskFor(id, token);
    const did = query.get("did");
    const now = { status: statusOf(task), ts: shownTask(task).modifiedOn };
    const ofTask = [{ status: "REQUESTED", ts: task.createdOn }, now];
    const ofDevice = task.parts.filter((part) => part.did === did).flatMap(shownLog);
    return { body: { data: { history: did === null ? ofTask : ofDevice } } };
  }

  cancelTask({ path: [id], body, token }) {
    if (body.status !== "CANCELLED") throw wrong("status: only CANCELLED can be set");
    const task = this.#taskFor(id, token);
    if (!["COMPLETE", "CANCELLED"].includes(statusOf(task))) this.#record("task-cancelled", { task: id });
    for (const part of task.parts) this.#devices.cancel(part);
    return { body: { data: shownTask(task) } };
  }

  cancelPart({ path: [id, did], body, token }) {
    if (body.status !== "CANCELLED") throw wrong("status: only CANCELLED can be set");
    const { parts } = this.#taskFor(id, token);
    const part = found(
      "device",
      parts.find((candidate) => candidate.did === did),
    );
    this.#devices.cancel(part);
    return { body: { data: shownPart(part) } };
  }
}

const ROUTES = [
  ["POST", "devicetypes", "addType"],
  ["POST", "devices", "addDevice"],
  ["GET", "devicemgmt/devicetypes/{}", "showType"],
  ["PUT", "devicemgmt/devicetypes/{}", "changeType"],
  ["GET", "devicemgmt/devices/{}/properties", "showProperties"],
  ["POST", "devicemgmt/tasks", "createTask"],
  ["GET", "devicemgmt/tasks/{}", "showTask"],
  ["PUT", "devicemgmt/tasks/{}", "cancelTask"],
  ["GET", "devicemgmt/tasks/{}/statuses", "showStatuses"],
  ["GET", "devicemgmt/tasks/{}/statuses/history", "showHistory"],
  ["PUT", "devicemgmt/tasks/{}/devices/{}", "cancelPart"],
].map(([method, path, handler]) => {
  const pattern = new RegExp(`^/v1\\.1/${path.replaceAll("{}", "([^/]+)")}$`);
  return { method, pattern, handler };
});

async function bodyOf(request) {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > LARGEST_BODY) throw new HttpError(413, 413, "the body is too large");
  }
  try {
    const body = text === "" ? {} : JSON.parse(text);
    if (typeof body === "object" && body !== null) return body;
  } catch {
    // Told below.
  }
  throw wrong("the body is not a JSON object");
}

async function answerTo(api, request) {
  const { pathname, searchParams: query } = new URL(request.url, "http://localhost");
  const body = await bodyOf(request);
  const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
  for (const { method, pattern, handler } of ROUTES) {
    const match = method === request.method ? pattern.exec(pathname) : null;
    if (match !== null) return api[handler]({ path: match.slice(1).map(decodeURIComponent), body, query, token });
  }
  throw new HttpError(404, 404, "there is nothing here");
}

/** @returns a listener for `http.createServer` */
export function createApi(store, devices, options) {
  const api = new Api(store, devices, options);
  return async (request, response) => {
    const answer = await answerTo(api, request).catch((error) => {
      if (!(error instanceof HttpError)) process.stderr.write(`${error.stack}\n`);
      const { status = 500, code = 500, message } = error;
      return { status, body: { error: { code, message } } };
    });
    response.writeHead(answer.status ?? 200, { "Content-Type": "application/json" });
    // A task begins when the answer that creates it has left.
    response.end(JSON.stringify(answer.body), () => answer.afterwards?.());
  };
}
