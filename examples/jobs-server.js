#!/usr/bin/env node
/**
 * A device-management server that does not speak the task API: it has jobs for things, with names and states of its own.
 * It is there to be adapted (adapter.js, adapter.py; docs/adapters.md). Behind it works the reference server.
 *
 *   node examples/jobs-server.js
 *
 * Takes free ports, says where it is in one line of JSON, and ends with its standard input.
 *
 *   PUT    /things/NAME                    a thing that may register by CoAP under that name
 *   GET    /things/NAME                    { "fields": { "deviceProperties.device.timezone": "Europe/Paris" } }
 *   POST   /jobs                           { "things": […], "do": "get|set|run", "field", "to", "within", "at" } → { "job" }
 *                                          "field" is a path such as /3/0/15, or the name that GET /things/NAME shows
 *   GET    /jobs/JOB                       { "state": "later|new|open|done|stopped", "counts", "things": [{ "thing", "state": "waits|…" }] }
 *   GET    /jobs/JOB/past, /jobs/JOB/past/NAME   { "past": [{ "state", "when" }] }, of the job, or of one of its things
 *   DELETE /jobs/JOB, /jobs/JOB/NAME       stops it, for one thing or for all
 */
import { spawn } from "node:child_process";
import http from "node:http";
import path from "node:path";
import { createInterface } from "node:readline";
import { propertyAt } from "fleetproof";

const PROGRAM = path.join(import.meta.dirname, "..", "dist", "cli", "main.js");
const OPTIONS = ["--http", "0", "--coap", "0", "--profile", "live", "--log-level", "error", "--stop-with-stdin"];

const DO = { get: "R", set: "W", run: "E" };
const JOB_STATES = {
  SCHEDULED: "later",
  REQUESTED: "new",
  QUEUING: "new",
  PROCESSING: "open",
  COMPLETE: "done",
  CANCELLED: "stopped",
};
const THING_STATES = {
  REQUESTED: "waits",
  QUEUED: "waits",
  PROCESSING: "sent",
  SUCCEEDED: "fine",
  FAILED: "bad",
  CANCEL_REQUESTED: "stopping",
  CANCELLED: "stopped",
};
const TYPE = "thing";

const server = spawn(process.execPath, [PROGRAM, "serve", ...OPTIONS], { stdio: ["pipe", "pipe", "inherit"] });
const ready = JSON.parse(await new Promise((resolve) => createInterface(server.stdout).once("line", resolve)));

async function ask(method, where, body) {
  const response = await fetch(`${ready.http}/${where}`, {
    method,
    headers: { "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(answer.error?.message ?? "?"), { status: response.status });
  return answer.data;
}

/** `{ device: { timezone: "…" } }` → `device.timezone`. A list is a value. */
function flat(value, name, into) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) into[name] = value;
  else for (const [key, inner] of Object.entries(value)) flat(inner, name === "" ? key : `${name}.${key}`, into);
  return into;
}

const putThing = async (name) => {
  await ask("POST", "devices", { did: name, dtid: TYPE });
  return {};
};

async function getThing(name) {
  const { serverProperties, deviceProperties } = await ask("GET", `devicemgmt/devices/${name}/properties`);
  return {
    fields: flat({ serverProperties: serverProperties ?? {}, deviceProperties: deviceProperties ?? {} }, "", {}),
  };
}

async function postJob({ things, do: what, field, to, within, at }) {
  const taskParameters = { value: to, expiresAfter: within, scheduledOn: at };
  const property = propertyAt(field) ?? field;
  const task = { dtid: TYPE, dids: things, taskType: DO[what], property, taskParameters };
  return { job: (await ask("POST", "devicemgmt/tasks", task)).id };
}

async function getJob(job) {
  const { status, statuses, statusCounts } = await ask("GET", `devicemgmt/tasks/${job}/statuses?count=100`);
  const things = statuses.map((each) => ({
    thing: each.did,
    state: THING_STATES[each.status],
    tries: each.numAttempts,
    ...(each.errorCode === undefined ? {} : { code: each.errorCode, text: each.errorMessage }),
  }));
  const { totalDevices: all, numSucceeded: fine, numFailed: bad, numCancelled: stopped } = statusCounts;
  return { state: JOB_STATES[status], counts: { all, fine, bad, stopped }, things };
}

async function getPast(job, name) {
  const of = name === undefined ? "" : `?did=${name}`;
  const states = name === undefined ? JOB_STATES : THING_STATES;
  const { history } = await ask("GET", `devicemgmt/tasks/${job}/statuses/history${of}`);
  return { past: history.map(({ status, ts }) => ({ state: states[status], when: ts })) };
}

const stopJob = (job, name) =>
  ask("PUT", `devicemgmt/tasks/${job}${name === undefined ? "" : `/devices/${name}`}`, { status: "CANCELLED" });

const ROUTES = [
  [/^PUT \/things\/([^/]+)$/, putThing],
  [/^GET \/things\/([^/]+)$/, getThing],
  [/^POST \/jobs$/, postJob],
  [/^GET \/jobs\/([^/]+)$/, getJob],
  [/^GET \/jobs\/([^/]+)\/past(?:\/([^/]+))?$/, getPast],
  [/^DELETE \/jobs\/([^/]+)(?:\/([^/]+))?$/, stopJob],
];

async function answer(line, body) {
  for (const [pattern, handle] of ROUTES) {
    const found = pattern.exec(line);
    if (found !== null)
      return (await handle(...found.slice(1).map((part) => part && decodeURIComponent(part)), body)) ?? {};
  }
  throw Object.assign(new Error(`there is no ${line}`), { status: 404 });
}

await ask("POST", "devicetypes", { dtid: TYPE, name: TYPE, devicePropertiesEnabled: true });
const web = http.createServer(async (request, response) => {
  let text = "";
  for await (const chunk of request) text += chunk;
  const send = (status, body) =>
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  try {
    send(200, await answer(`${request.method} ${request.url}`, text === "" ? undefined : JSON.parse(text)));
  } catch (error) {
    send(error.status ?? 500, { problem: error.message });
  }
});
web.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ jobs: `http://127.0.0.1:${web.address().port}`, coap: ready.coap })}\n`);
});
process.stdin.resume().on("end", () => {
  server.stdin.end();
  web.close();
  web.closeAllConnections();
});
