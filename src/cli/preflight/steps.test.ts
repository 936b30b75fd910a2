import { describe, expect, it } from "vitest";
import type { Adapter } from "../../harness/adapter/adapter.ts";
import { Capabilities } from "../../harness/adapter/capabilities.ts";
import { type Answered, answerOf } from "./device.ts";
import type { CoapProbeOutcome, PreflightProbes, PreflightTarget, RestProbeOutcome } from "./probes.ts";
import { runPreflight } from "./steps.ts";

const NAME = "preflight-1";
const TARGET: PreflightTarget = {
  http: "http://h/v1.1",
  coapHost: "h",
  coapPort: 5683,
  notFoundCodes: ["4040"],
  name: NAME,
};
const ADAPTER: Adapter = {
  name: "a.js",
  coap: "coap://h",
  capabilities: Capabilities.parse({}),
  verbs: new Set(["provision", "createTask", "deviceStatuses"]),
  call: async () => ({ kind: "result", value: undefined }),
  close: async () => {},
};
const answer = (status: number, body: unknown = {}): RestProbeOutcome => ({
  kind: "answer",
  response: { status, body },
});
const coapAnswer = (code: string, location: readonly string[] = []): CoapProbeOutcome => ({
  kind: "answer",
  code,
  location,
});
const silence = { kind: "failure", reason: "no answer" } as const;
const PATHS: Readonly<Record<string, string>> = {
  "deviceProperties.device.manufacturer": "/3/0/0",
  "deviceProperties.device.timezone": "/3/0/15",
};
const ENDS: Readonly<Record<string, object>> = {
  "2.05": { status: "SUCCEEDED" },
  "4.04": { status: "FAILED", errorCode: "4040" },
};

interface Answers {
  /** By method and last segment of the path. */
  readonly rest?: Readonly<Record<string, RestProbeOutcome>>;
  /** What a task is answered while the device is not registered. */
  readonly waiting?: RestProbeOutcome;
  readonly register?: CoapProbeOutcome;
  readonly update?: CoapProbeOutcome;
  readonly deregister?: CoapProbeOutcome;
  /** What the server asks the device for a property; absent: as it should. */
  readonly pathOf?: (property: string) => string | undefined;
  /** What is told of the device once it has answered, besides its name. */
  readonly endOf?: (code: string) => object;
  readonly adapter?: Adapter;
  readonly notFoundCodes?: readonly string[];
}

interface AskedTask {
  readonly property: string;
  readonly dids: readonly string[];
}

/** A server with one device. */
async function preflight(answers: Answers = {}) {
  const { pathOf = (property: string) => PATHS[property], endOf = (code: string) => ENDS[code] ?? {} } = answers;
  const asked: string[] = [];
  const closed: string[] = [];
  const answered: Answered[] = [];
  let registered = false;
  let line: object = { status: "QUEUED" };

  const createTask = ({ property, dids: [did] }: AskedTask): RestProbeOutcome => {
    line = { status: "QUEUED" };
    if (did !== NAME) return answer(404);
    if (!registered) return answers.waiting ?? answer(201, { data: { id: "t1" } });
    const path = pathOf(property);
    if (path !== undefined) {
      const request = { method: "GET", path };
      const { code } = answerOf(request);
      answered.push({ request, code });
      line = endOf(code);
    }
    return answer(201, { data: { id: "t1" } });
  };
  const probes: PreflightProbes = {
    openRest: () => ({
      async send({ method, path, body }) {
        const what = `${method} ${path.at(-1)}`;
        asked.push(what);
        const given = answers.rest?.[what];
        if (given !== undefined) return given;
        if (what === "POST tasks") return createTask(body as AskedTask);
        if (path.includes(`${NAME}-no-task`)) return answer(404);
        if (what === "GET statuses") return answer(200, { data: { statuses: [{ did: NAME, ...line }] } });
        return answer(200);
      },
      close: () => void closed.push("rest"),
    }),
    openCoap: () => ({
      async send({ method, path }) {
        asked.push(`${method} /${path.join("/")}`);
        registered = method === "POST" && answers.register?.kind !== "failure";
        if (method === "DELETE") return answers.deregister ?? coapAnswer("2.02");
        return path.length > 1
          ? (answers.update ?? coapAnswer("2.04"))
          : (answers.register ?? coapAnswer("2.01", ["rd", "5a"]));
      },
      answered: () => answered,
      close: () => void closed.push("coap"),
    }),
    unixTime: () => 1_000_000,
    pause: async () => {},
  };
  const { adapter, notFoundCodes = TARGET.notFoundCodes } = answers;
  const steps = await runPreflight({ ...TARGET, adapter, notFoundCodes }, probes);
  return { steps, asked, closed, notOk: steps.filter(({ outcome }) => outcome !== "ok") };
}

describe("runPreflight", () => {
  it("finds nothing wrong with a server that answers as it must, and closes both sides", async () => {
    const { steps, notOk, asked, closed } = await preflight();
    expect([notOk, closed]).toEqual([[], ["rest", "coap"]]);
    expect(steps.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["a device does a task", "a device refuses a task", "cancel a task"]),
    );
    expect(asked).toContain("DELETE /rd/5a");
  });

  it.each<[string, Answers, string]>([
    ["nobody listens", { rest: { "POST devicetypes": silence } }, "HTTP reachable"],
    ["the token is wrong", { rest: { "POST devicetypes": answer(401) } }, "task API answers"],
    ["something else answers", { rest: { "POST devicetypes": answer(200, null) } }, "task API answers"],
    ["types cannot be made", { rest: { "POST devicetypes": answer(404, { error: {} }) } }, "provisioning"],
    ["devices cannot be made", { rest: { "POST devices": answer(500, { error: {} }) } }, "provisioning"],
    ["CoAP is silent", { register: silence, waiting: silence }, "CoAP reachable"],
    ["CoAP falls silent", { update: silence }, "Update"],
    ["HTTP falls silent", { rest: { "POST tasks": silence } }, "a device does a task"],
    ["HTTP falls silent later", { waiting: silence }, "create a task that waits"],
    ["no task is taken at all", { rest: { "POST tasks": answer(409) } }, "a device does a task"],
  ])("calls it a set-up fault, not a finding, when %s", async (_, answers, name) => {
    const { steps, notOk } = await preflight(answers);
    expect(notOk[0]).toMatchObject({ name, outcome: "set-up fault" });
    expect(steps.some(({ outcome }) => outcome === "finding")).toBe(false);
  });

  it.each<[string, Answers, string]>([
    ["Register is answered 4.00", { register: coapAnswer("4.00") }, "G-01"],
    ["Register is answered without a location", { register: coapAnswer("2.01") }, "G-01"],
    ["Update is answered 4.04", { update: coapAnswer("4.04") }, "G-04"],
    ["De-register is answered 4.05", { deregister: coapAnswer("4.05") }, "G-06"],
    ["a task for an unregistered device is refused", { waiting: answer(409, {}) }, "Q-03"],
    ["a device's 4.04 fails its task with 4000", { endOf: (code) => ({ ...ENDS[code], errorCode: "4000" }) }, "M-04"],
  ])("calls it a finding when %s", async (_, answers, requirement) => {
    const { notOk } = await preflight(answers);
    expect(notOk).toMatchObject([{ outcome: "finding", requirement }]);
  });

  it("holds nothing against a server that asks the device for nothing in that short time", async () => {
    const { notOk } = await preflight({ pathOf: () => undefined });
    expect(notOk.map(({ outcome, detail }) => [outcome, /was asked nothing within 2 s/.test(detail)])).toEqual([
      ["unclear", true],
      ["unclear", true],
    ]);
  });

  it("takes what the profile declares of a device's 4.04", async () => {
    const endOf = (code: string) => ({ ...ENDS[code], errorCode: "4000" });
    const { notOk, steps } = await preflight({ endOf, notFoundCodes: ["4040", "4000"] });
    expect(notOk).toEqual([]);
    expect(steps).toContainEqual({ name: "a device refuses a task", outcome: "ok", detail: "FAILED with 4000" });
  });

  it("notes what the API does not offer", async () => {
    const { notOk } = await preflight({ rest: { "GET history": answer(404, {}) } });
    expect(notOk).toEqual([{ name: "read the history of a task", outcome: "not offered", detail: "HTTP 404 {}" }]);
  });
});

describe("runPreflight through an adapter", () => {
  it("says what was done by which verb, and claims nothing that was not", async () => {
    const { steps } = await preflight({ adapter: ADAPTER });
    expect(steps.slice(0, 2)).toEqual([
      { name: "adapter loaded", outcome: "ok", detail: "http://h/v1.1: provision, createTask, deviceStatuses" },
      { name: "provision", outcome: "ok", detail: "ends without a fault" },
    ]);
    expect(steps.find(({ name }) => name === "read device task statuses")?.detail).toBe("by deviceStatuses");
    expect(steps.filter(({ detail }) => /HTTP|POST/.test(detail))).toEqual([]);
  });

  it("asks for nothing more when createTask fails, which is no finding", async () => {
    const reason = "the adapter failed (connect ECONNREFUSED 127.0.0.1:1)";
    const { notOk, steps } = await preflight({
      adapter: ADAPTER,
      rest: { "POST tasks": { kind: "failure", reason } },
    });
    expect(notOk).toEqual([
      { name: "a device does a task", outcome: "set-up fault", detail: reason },
      { name: "the other steps", outcome: "skipped", detail: "each needs a task" },
    ]);
    expect(steps.map(({ name }) => name)).toContain("De-register");
  });

  it.each<[string, Answers, RegExp]>([
    [
      "asks the device for something else",
      { pathOf: () => "/3/0/1" },
      /Read of deviceProperties\.device\.manufacturer, which is \/3\/0\/0, and the device was asked GET \/3\/0\/1/,
    ],
    [
      "exchanges success and failure",
      { endOf: (code) => ({ status: code === "2.05" ? "FAILED" : "SUCCEEDED" }) },
      /exchanges SUCCEEDED and FAILED/,
    ],
  ])("calls it the adapter's fault when it %s", async (_, answers, detail) => {
    const { notOk } = await preflight({ ...answers, adapter: ADAPTER });
    expect(notOk[0]).toMatchObject({ outcome: "set-up fault", detail: expect.stringMatching(detail) });
  });

  const declaring = (capabilities: object): Adapter => ({ ...ADAPTER, capabilities: Capabilities.parse(capabilities) });
  it.each<[string, Answers, RegExp]>([
    ["a Register is refused", { register: coapAnswer("4.03"), adapter: ADAPTER }, /does provision not make/],
    [
      "a task for an unregistered device is refused",
      { waiting: answer(400), adapter: ADAPTER },
      /does the adapter refuse it, or the server/,
    ],
    [
      "a device that did its task has failed",
      { endOf: () => ({ status: "FAILED" }), adapter: ADAPTER },
      /answered 2\.05 and is "FAILED", not SUCCEEDED: .*What does the server itself say of task t1\?/,
    ],
    [
      "a refused task is not over",
      { endOf: (code) => (code === "4.04" ? { status: "PROCESSING" } : (ENDS[code] ?? {})), adapter: ADAPTER },
      /answered 4\.04, and 2 s later is "PROCESSING"/,
    ],
    [
      "an error code is another",
      { endOf: (code) => ({ ...ENDS[code], errorCode: "4000" }), adapter: declaring({ errorCodes: true }) },
      /is FAILED with "4000", not 4040/,
    ],
    [
      "an attempt is not counted",
      {
        endOf: (code) => ({ ...ENDS[code], numAttempts: 0 }),
        adapter: declaring({ attempts: true }),
      },
      /after one attempt numAttempts is 0/,
    ],
  ])("holds it against nobody, and says how to find out, when %s", async (_, answers, detail) => {
    const { notOk } = await preflight(answers);
    expect(notOk[0]).toMatchObject({ outcome: "unclear", detail: expect.stringMatching(detail) });
    expect(notOk.filter(({ outcome }) => outcome === "finding")).toEqual([]);
  });

  it("looks for what was read where the adapter tells it", async () => {
    const shows = (value: string) => ({
      "GET properties": answer(200, { data: { deviceProperties: { device: { manufacturer: value } } } }),
    });
    const adapter = declaring({ mirror: true });
    expect((await preflight({ adapter, rest: shows("Fleetproof") })).notOk).toEqual([]);
    expect((await preflight({ adapter, rest: shows("Other") })).notOk).toMatchObject([
      { name: "shows what was read", outcome: "unclear", detail: expect.stringContaining('tells "Other"') },
    ]);
  });
});
