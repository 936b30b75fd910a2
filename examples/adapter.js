/**
 * Adapts the jobs server (jobs-server.js), which it starts itself:
 *
 *   fleetproof verify --adapter examples/adapter.js --profile ./examples/scaled-times.profile.json --time 30s
 */
import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { defineTarget, propertyPath, refuse } from "fleetproof";

const DO = { R: "get", W: "set", E: "run" };
const STATUSES = {
  waits: "QUEUED",
  sent: "PROCESSING",
  fine: "SUCCEEDED",
  bad: "FAILED",
  stopping: "CANCEL_REQUESTED",
  stopped: "CANCELLED",
};
const TASK_STATUSES = {
  later: "SCHEDULED",
  new: "QUEUING",
  open: "PROCESSING",
  done: "COMPLETE",
  stopped: "CANCELLED",
};

let server;
let jobs;

/** What the server says no to is an answer; what does not work here is thrown. */
async function ask(method, where, body) {
  const response = await fetch(`${jobs}/${where}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  return response.ok ? answer : refuse(answer.problem, response.status);
}

const isRefused = (answer) => answer.refused !== undefined;

/** The job as a whole, as an answer shows it beside its things. */
const whole = ({ state, counts: { all, fine, bad, stopped } }) => ({
  status: TASK_STATUSES[state],
  statusCounts: {
    totalDevices: all,
    numCompleted: fine + bad + stopped,
    numSucceeded: fine,
    numFailed: bad,
    numCancelled: stopped,
  },
});

/** `device.timezone` → `{ device: { timezone: … } }`. */
function nested(fields) {
  const root = {};
  for (const [name, value] of Object.entries(fields)) {
    const parts = name.split(".");
    const last = parts.pop();
    let inner = root;
    for (const part of parts) {
      inner[part] ??= {};
      inner = inner[part];
    }
    inner[last] = value;
  }
  return root;
}

// biome-ignore lint/style/noDefaultExport: the target is what the module exports.
export default defineTarget({
  capabilities: {
    cancel: true,
    mirror: true,
    attempts: true,
    errorCodes: true,
    history: true,
    counts: true,
    schedule: true,
    expiry: { minSeconds: 1 },
    serverProperties: true,
  },

  async start() {
    const program = path.join(import.meta.dirname, "jobs-server.js");
    server = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"] });
    const line = await new Promise((resolve, reject) => {
      createInterface(server.stdout).once("line", resolve);
      server.once("exit", (code) => reject(new Error(`the jobs server ended with exit code ${code}`)));
    });
    const ready = JSON.parse(line);
    jobs = ready.jobs;
    return ready.coap;
  },

  async provision(devices) {
    for (const { did } of devices) {
      const answer = await ask("PUT", `things/${did}`);
      if (isRefused(answer)) return answer;
    }
  },

  async createTask({ dids, taskType, property, value, expiresAfter, scheduledOn }) {
    // What no device has is not in LwM2M either: it goes by its name.
    const field = propertyPath(property) ?? property;
    const job = { things: dids, do: DO[taskType], field, to: value, within: expiresAfter, at: scheduledOn };
    const answer = await ask("POST", "jobs", job);
    return isRefused(answer) ? answer : answer.job;
  },

  async deviceStatuses(taskId) {
    const answer = await ask("GET", `jobs/${taskId}`);
    if (isRefused(answer)) return answer;
    const statuses = answer.things.map(({ thing, state, tries, code, text }) => ({
      did: thing,
      status: STATUSES[state],
      numAttempts: tries,
      errorCode: code,
      errorMessage: text,
    }));
    return { ...whole(answer), statuses };
  },

  async getTask(taskId) {
    const answer = await ask("GET", `jobs/${taskId}`);
    return isRefused(answer) ? answer : whole(answer);
  },

  async taskHistory(taskId, did) {
    const answer = await ask("GET", `jobs/${taskId}/past${did === undefined ? "" : `/${did}`}`);
    if (isRefused(answer)) return answer;
    const statuses = did === undefined ? TASK_STATUSES : STATUSES;
    return answer.past.map(({ state, when }) => ({ status: statuses[state], ts: when }));
  },

  cancelTask: (taskId, did) => ask("DELETE", did === undefined ? `jobs/${taskId}` : `jobs/${taskId}/${did}`),

  async properties(did) {
    const answer = await ask("GET", `things/${did}`);
    return isRefused(answer) ? answer : nested(answer.fields);
  },

  async close() {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.stdin.end();
    await ended;
  },
});
