import { afterEach, describe, expect, it } from "vitest";
import { createAdapterClient } from "../../harness/adapter/adapter-client.ts";
import { refuse } from "../../harness/adapter/define-target.ts";
import { openModuleAdapter } from "../../harness/adapter/module-adapter.ts";
import { type Agenda, createAgenda } from "../../harness/live/agenda.ts";
import { adapterSteps } from "./adapter-steps.ts";
import { clockSteps } from "./clock-step.ts";

let agenda: Agenda | undefined;
afterEach(() => agenda?.close());

/** A server that works, with a clock that the check moves. */
function server() {
  const tasks = new Map<string, { readonly expiry: number; cancelled: boolean }>();
  let time = 0;
  const status = (id: string): string => {
    const task = tasks.get(id);
    if (task?.cancelled === true) return "CANCELLED";
    return task !== undefined && time >= task.expiry ? "FAILED" : "QUEUED";
  };
  const definition = {
    capabilities: { cancel: true, attempts: true, history: true, expiry: { minSeconds: 2 } },
    coap: "coap://127.0.0.1:5683",
    provision: () => undefined,
    createTask: ({ dids: [did], expiresAfter }: { dids: string[]; expiresAfter?: number }): unknown => {
      if (did !== "device") return refuse("no such device");
      const id = `t${tasks.size}`;
      tasks.set(id, { expiry: time + (expiresAfter ?? 1_000) * 1_000, cancelled: false });
      return id;
    },
    deviceStatuses: (id: string): unknown => {
      if (!tasks.has(id)) return refuse("no such task", 404);
      const expired = status(id) === "FAILED" ? { errorCode: "4004" } : {};
      return [{ did: "device", status: status(id), numAttempts: 0, ...expired }];
    },
    cancelTask: (id: string): unknown => {
      const task = tasks.get(id);
      if (task !== undefined) task.cancelled = true;
      return undefined;
    },
    taskHistory: (): unknown => [{ status: "QUEUED" }],
  };
  return { definition, wait: (milliseconds: number) => (time += milliseconds) };
}

/** @param change what is wrong with the adapter */
async function notOk(change: (definition: ReturnType<typeof server>["definition"]) => object = () => ({})) {
  const { definition, wait } = server();
  agenda = createAgenda();
  const adapter = await openModuleAdapter("a.js", { ...definition, ...change(definition) });
  const client = createAdapterClient({ adapter, agenda });
  const steps = await adapterSteps({
    adapter,
    name: "device",
    send: (method, path, extra = {}) =>
      new Promise((resolve) =>
        client.send({ method, path, query: {}, ...extra }, (outcome) =>
          resolve(outcome.kind === "answer" ? outcome : { kind: "failure", reason: outcome.detail }),
        ),
      ),
    pause: async (milliseconds) => void wait(milliseconds),
  });
  return { steps, wrong: steps.filter(({ outcome }) => outcome !== "ok") };
}

type Definition = ReturnType<typeof server>["definition"];

describe("adapterSteps", () => {
  it("finds nothing wrong with an adapter that works, and asks only what it declares", async () => {
    const { steps, wrong } = await notOk();
    expect([steps.length, wrong]).toEqual([7, []]);
    expect((await notOk(() => ({ capabilities: {} }))).steps.length).toBe(3);
  });

  it.each<[string, (definition: Definition) => object, string, RegExp, "unclear"?]>([
    [
      "answers for a task that there is not",
      () => ({ deviceStatuses: () => [] }),
      "refuses an unknown task",
      /answered .*"statuses":\[\].* for a task that there is not/,
    ],
    [
      "throws what it should refuse",
      ({ deviceStatuses }) => ({
        deviceStatuses: (id: string) => {
          if (!id.startsWith("t")) throw new Error("404 Not Found");
          return deviceStatuses(id);
        },
      }),
      "refuses an unknown task",
      /deviceStatuses: it threw Error: 404 Not Found.*; what the server refuses is an answer/,
    ],
    [
      "passes a refusal on as an id",
      ({ createTask }) => ({
        createTask: (request: Parameters<Definition["createTask"]>[0]) => {
          const answer = createTask(request);
          return typeof answer === "string" ? answer : undefined;
        },
      }),
      "refuses an unknown device",
      /createTask: its answer is wrong/,
    ],
    [
      "tells statuses that are none",
      () => ({
        deviceStatuses: (id: string) =>
          id.startsWith("t") ? [{ did: "device", status: "waiting" }] : refuse("no", 404),
      }),
      "tells pending statuses",
      /deviceStatuses: its answer is wrong: \[0\]\.status: "waiting" is none of/,
    ],
    [
      "forgets devices",
      () => ({ deviceStatuses: (id: string) => (id.startsWith("t") ? [] : refuse("no", 404)) }),
      "tells pending statuses",
      /there is no line of the task's device, device/,
    ],
    [
      "takes the end for granted",
      () => ({
        deviceStatuses: (id: string) =>
          id.startsWith("t") ? [{ did: "device", status: "SUCCEEDED", numAttempts: 1 }] : refuse("no", 404),
      }),
      "tells pending statuses",
      /says "SUCCEEDED" of a device that is not registered/,
      "unclear",
    ],
    [
      "declares attempts and tells none",
      ({ deviceStatuses }) => ({
        deviceStatuses: (id: string) => {
          const lines = deviceStatuses(id);
          return Array.isArray(lines) ? lines.map((line) => ({ ...line, numAttempts: undefined })) : lines;
        },
      }),
      "counts attempts",
      /capabilities\.attempts is declared/,
    ],
    [
      "declares cancelling and does nothing",
      () => ({ cancelTask: () => undefined }),
      "cancels",
      /stays "QUEUED"/,
      "unclear",
    ],
    ["declares cancelling and refuses", () => ({ cancelTask: () => refuse("no", 405) }), "cancels", /refused with 405/],
    [
      "declares a history and tells none",
      () => ({ taskHistory: () => [] }),
      "tells a history",
      /tells \[\] of a new task/,
    ],
    [
      "does not say why a task failed",
      ({ deviceStatuses }) => ({
        deviceStatuses: (id: string) => {
          const lines = deviceStatuses(id);
          return Array.isArray(lines) ? lines.map((line) => ({ ...line, errorCode: undefined })) : lines;
        },
      }),
      "lets tasks expire",
      /expiry is told as error nothing, not 4004/,
    ],
  ])(
    "calls it a set-up fault, or unclear where it may be the server, when an adapter %s",
    async (_, change, name, wanted, outcome) => {
      const { wrong } = await notOk(change);
      expect(wrong.find((step) => step.name === name)).toMatchObject({
        outcome: outcome ?? "set-up fault",
        detail: expect.stringMatching(wanted),
      });
    },
  );

  it.each<[string, (definition: Definition) => object, RegExp]>([
    [
      "nothing expires",
      ({ createTask }) => ({ createTask: ({ dids }: { dids: string[] }) => createTask({ dids }) }),
      /after 2 s a device is "QUEUED", not FAILED: does createTask not pass expiresAfter on, or does the server/,
    ],
    [
      "expiry is another end",
      ({ deviceStatuses }) => ({
        deviceStatuses: (id: string) => {
          const lines = deviceStatuses(id);
          if (!Array.isArray(lines)) return lines;
          return lines.map((line) => (line.status === "FAILED" ? { ...line, status: "CANCELLED" } : line));
        },
      }),
      /after 2 s a device is "CANCELLED", not FAILED: does deviceStatuses translate/,
    ],
  ])("does not decide who is wrong when %s", async (_, change, detail) => {
    const { wrong } = await notOk(change);
    expect(wrong).toMatchObject([{ outcome: "unclear", detail: expect.stringMatching(detail) }]);
  });

  it("waits for no long expiry, and takes a server for no worse that takes any device", async () => {
    const { wrong } = await notOk(({ createTask }) => ({
      capabilities: { expiry: { minSeconds: 60 } },
      createTask: () => createTask({ dids: ["device"] }),
    }));
    expect(wrong.map(({ name, outcome }) => [name, outcome])).toEqual([
      ["refuses an unknown device", "not offered"],
      ["lets tasks expire", "skipped"],
    ]);
  });
});

describe("clockSteps", () => {
  it.each([
    [10_500, "ok", "0 ms apart"],
    [9_500, "ok", "500 ms apart"],
    [12_000, "ok", "1000 ms apart"],
    [3_611_000, "set-up fault", "3600.0 s ahead of ours"],
    [10, "set-up fault", "10.0 s behind ours"],
  ])("takes %d for a task that was asked for from 10000 to 11000 as %s", (told, outcome, detail) => {
    expect(clockSteps(told, 10_000, 11_000)).toMatchObject([{ outcome, detail: expect.stringContaining(detail) }]);
  });

  it("says nothing of a target that tells no time", () => {
    expect(clockSteps(undefined, 1, 2)).toEqual([]);
  });
});
