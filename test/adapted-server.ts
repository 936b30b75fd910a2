/**
 * For tests: the reference server, hosted here, behind verbs as an adapter in JavaScript has them. What is tested with it is
 * the way through the adapter, so that it speaks the task API does not matter.
 */
import { z } from "zod";
import { refuse, type TargetDefinition } from "../src/harness/adapter/define-target.ts";
import { VERBS } from "../src/harness/adapter/verbs.ts";
import { TASK_STATUSES } from "../src/protocol/task-api/states.ts";

export interface Addresses {
  /** `http://127.0.0.1:8080/v1.1` */
  readonly http: string;
  /** `coap://127.0.0.1:5683` */
  readonly coap: string;
}

export const deviceType = (dtid: string) => ({ dtid, name: dtid, devicePropertiesEnabled: true });

/** All that can be asked by REST; what only who runs the server can do is added by the test. */
export function verbsOf({ http, coap }: Addresses): TargetDefinition {
  const types = new Map<string, string>();
  const ask = (method: string, where: string, body?: unknown) => askRest(`${http}/${where}`, method, body);
  return {
    capabilities: {
      ...{ cancel: true, mirror: true, attempts: true, errorCodes: true, history: true, counts: true, schedule: true },
      expiry: { minSeconds: 1 },
    },
    coap,
    async provision(devices) {
      for (const { did, dtid } of devices) {
        if (![...types.values()].includes(dtid)) await ask("POST", "devicetypes", deviceType(dtid));
        types.set(did, dtid);
        const answer = await ask("POST", "devices", { did, dtid });
        if ("refused" in answer) return answer;
      }
    },
    async createTask({ dids, taskType, property, value, expiresAfter, scheduledOn }) {
      const task = { dtid: types.get(dids[0] ?? ""), dids, taskType, property };
      const taskParameters = { value, expiresAfter, scheduledOn };
      const answer = await ask("POST", "devicemgmt/tasks", { ...task, taskParameters });
      return "refused" in answer ? answer : Created.parse(answer.data).id;
    },
    async deviceStatuses(taskId) {
      const answer = await ask("GET", `devicemgmt/tasks/${taskId}/statuses?count=100`);
      return "refused" in answer ? answer : Statuses.parse(answer.data);
    },
    async getTask(taskId) {
      const answer = await ask("GET", `devicemgmt/tasks/${taskId}`);
      return "refused" in answer ? answer : TaskAsAWhole.parse(answer.data);
    },
    async cancelTask(taskId, did) {
      const where = `devicemgmt/tasks/${taskId}${did === undefined ? "" : `/devices/${did}`}`;
      const answer = await ask("PUT", where, { status: "CANCELLED" });
      return "refused" in answer ? answer : undefined;
    },
    async properties(did) {
      const answer = await ask("GET", `devicemgmt/devices/${did}/properties`);
      return "refused" in answer ? answer : Groups.parse(answer.data);
    },
    async taskHistory(taskId, did) {
      const of = did === undefined ? "" : `?did=${did}`;
      const answer = await ask("GET", `devicemgmt/tasks/${taskId}/statuses/history${of}`);
      return "refused" in answer ? answer : History.parse(answer.data).history;
    },
  };
}

async function askRest(url: string, method: string, body: unknown) {
  const response = await fetch(url, {
    method,
    headers: { "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { data, error } = Answer.parse(await response.json());
  return response.ok ? { data } : refuse(error?.message ?? "?", response.status);
}

// What an adapter gives back; other fields are left out.
const Answer = z.object({ data: z.unknown().optional(), error: z.object({ message: z.string() }).optional() });
const Created = z.object({ id: z.string() });
const Counts = z.object({
  ...{ totalDevices: z.number(), numCompleted: z.number() },
  ...{ numSucceeded: z.number(), numFailed: z.number(), numCancelled: z.number() },
});
const Statuses = z.object({
  statuses: z.array(VERBS.deviceStatuses.result.options[0].element.strip()),
  statusCounts: Counts,
});
const TaskAsAWhole = z.object({
  status: z.enum(TASK_STATUSES),
  statusCounts: Counts,
});
const Groups = z.object({
  serverProperties: z.record(z.string(), z.unknown()).optional(),
  deviceProperties: z.record(z.string(), z.unknown()).optional(),
});
const History = z.object({ history: z.array(VERBS.taskHistory.result.element.strip()) });
