/**
 * The steps of `preflight`: can the target be reached, does its API work, does it take registrations, what can it do.
 *
 * Each step ends as ok, as a set-up fault (something to repair on our side or in the addresses: nothing is known about
 * the server), as a finding (the server answered, but not as it must), or as not offered (an optional part).
 * What is sent over the network is done by probes, so that every ending can be tested without one.
 */
import type { Adapter } from "../../harness/adapter/adapter.ts";
import type { RestRequest, RestResponse } from "../../protocol/server-port.ts";
import { adapterSteps } from "./adapter-steps.ts";
import { clockSteps } from "./clock-step.ts";

export type RestProbeOutcome =
  | { readonly kind: "answer"; readonly response: RestResponse }
  | { readonly kind: "failure"; readonly reason: string };

export type CoapProbeOutcome =
  | { readonly kind: "answer"; readonly code: string; readonly location: readonly string[] }
  | { readonly kind: "failure"; readonly reason: string };

export interface CoapProbeRequest {
  readonly method: "POST" | "DELETE";
  readonly path: readonly string[];
  readonly query: readonly string[];
  readonly payload: string;
}

/** One conversation each: the CoAP side must keep its port from Register to De-register. */
export interface PreflightProbes {
  openRest(target: PreflightTarget): { send(request: RestRequest): Promise<RestProbeOutcome>; close(): void };
  openCoap(host: string, port: number): { send(request: CoapProbeRequest): Promise<CoapProbeOutcome>; close(): void };
  /** Milliseconds since the Unix epoch. */
  unixTime(): number;
  /** Waits so many milliseconds. */
  pause(milliseconds: number): Promise<void>;
}

export interface PreflightStep {
  readonly name: string;
  readonly outcome: "ok" | "set-up fault" | "finding" | "not offered" | "skipped";
  readonly detail: string;
  /** Of a finding. */
  readonly requirement?: string;
}

export interface PreflightTarget {
  readonly http: string;
  readonly coapHost: string;
  readonly coapPort: number;
  readonly token?: string | undefined;
  /** Is asked instead, and `http` is what messages call it. */
  readonly adapter?: Adapter | undefined;
  /** Of the device type and device that are made for this check. */
  readonly name: string;
}

type Rest = ReturnType<PreflightProbes["openRest"]>;
type Coap = ReturnType<PreflightProbes["openCoap"]>;

export async function runPreflight(
  target: PreflightTarget,
  probes: PreflightProbes,
): Promise<readonly PreflightStep[]> {
  const rest = probes.openRest(target);
  const coap = probes.openCoap(target.coapHost, target.coapPort);
  try {
    const reached = await provision(target, rest);
    const provisioned = reached.every(({ outcome }) => outcome === "ok");
    const registration = provisioned ? await registrationSteps(target, coap) : [skipped("CoAP", "needs provisioning")];
    const capabilities = provisioned ? await capabilitySteps(target, rest, probes) : [];
    const adapted =
      provisioned && target.adapter !== undefined ? await adaptedSteps(target, target.adapter, rest, probes) : [];
    return [...reached, ...registration, ...capabilities, ...adapted];
  } finally {
    rest.close();
    coap.close();
  }
}

/** What an adapter is answered for that has no verb for it. */
const NOT_IMPLEMENTED = 501;

const skipped = (name: string, detail: string): PreflightStep => ({ name, outcome: "skipped", detail });
const ok = (name: string, detail: string): PreflightStep => ({ name, outcome: "ok", detail });
const fault = (name: string, detail: string): PreflightStep => ({ name, outcome: "set-up fault", detail });

function request(
  target: PreflightTarget,
  method: string,
  path: readonly string[],
  extra: Partial<RestRequest> = {},
): RestRequest {
  return { method, path, query: {}, ...(target.token === undefined ? {} : { token: target.token }), ...extra };
}

/** HTTP, the API behind it, and a device type with one device. Stops at the first fault: the rest would only repeat it. */
async function provision(target: PreflightTarget, rest: Rest): Promise<readonly PreflightStep[]> {
  const type = { dtid: target.name, name: target.name, devicePropertiesEnabled: true };
  const first = await rest.send(request(target, "POST", ["devicetypes"], { body: type }));
  const reaching = target.adapter === undefined ? "HTTP reachable" : "adapter reachable";
  if (first.kind === "failure") return [fault(reaching, `${target.http}: ${first.reason}`)];
  const reached = ok(reaching, target.http);
  const { status } = first.response;
  if (status === 401 || status === 403) {
    return [reached, fault("task API answers", `HTTP ${status}: give the right --token`)];
  }
  if (!isJsonObject(first.response.body)) {
    return [
      reached,
      fault(
        "task API answers",
        `HTTP ${status} without a JSON object: is ${target.http} the base URL of the task API?`,
      ),
    ];
  }
  const answers = ok("task API answers", "in JSON");
  const path = "POST /devicetypes and POST /devices";
  if (!isSuccess(status))
    return [reached, answers, fault("provisioning", `POST /devicetypes: ${answerText(first.response)}`)];
  const device = { did: target.name, dtid: target.name, name: target.name };
  const second = await rest.send(request(target, "POST", ["devices"], { body: device }));
  const works = second.kind === "answer" && isSuccess(second.response.status);
  const why = second.kind === "answer" ? answerText(second.response) : second.reason;
  return [reached, answers, works ? ok("provisioning", path) : fault("provisioning", `POST /devices: ${why}`)];
}

interface CoapExpectation {
  readonly name: string;
  readonly code: string;
  readonly requirement: string;
}

const REGISTER: CoapExpectation = { name: "Register", code: "2.01", requirement: "G-01" };
const UPDATE: CoapExpectation = { name: "Update", code: "2.04", requirement: "G-04" };
const DEREGISTER: CoapExpectation = { name: "De-register", code: "2.02", requirement: "G-06" };

async function registrationSteps(target: PreflightTarget, coap: Coap): Promise<readonly PreflightStep[]> {
  const query = [`ep=${target.name}`, "lt=60", "lwm2m=1.0", "b=U"];
  const registered = await coap.send({ method: "POST", path: ["rd"], query, payload: "</1/0>,</3/0>" });
  if (registered.kind === "failure") {
    const where = `coap://${target.coapHost}:${target.coapPort}`;
    return [
      fault("CoAP reachable", `${where}: ${registered.reason}; is it the right address, and does UDP get through?`),
    ];
  }
  const reached = ok("CoAP reachable", `coap://${target.coapHost}:${target.coapPort}`);
  const register = judge(REGISTER, registered);
  if (register.outcome !== "ok") return [reached, register];
  if (registered.location.length === 0) {
    return [reached, { ...register, outcome: "finding", detail: "2.01 without Location-Path", requirement: "G-01" }];
  }
  const update = judge(UPDATE, await coap.send({ method: "POST", path: registered.location, query: [], payload: "" }));
  const gone = judge(
    DEREGISTER,
    await coap.send({ method: "DELETE", path: registered.location, query: [], payload: "" }),
  );
  return [reached, register, update, gone];
}

function judge({ name, code, requirement }: CoapExpectation, outcome: CoapProbeOutcome): PreflightStep {
  if (outcome.kind === "failure") return fault(name, outcome.reason);
  if (outcome.code === code) return ok(name, outcome.code);
  return { name, outcome: "finding", detail: `answered ${outcome.code}, not ${code}`, requirement };
}

/** What the API offers, tried on a task for the device, which has de-registered and so will not be asked. */
async function capabilitySteps(
  target: PreflightTarget,
  rest: Rest,
  { unixTime }: PreflightProbes,
): Promise<readonly PreflightStep[]> {
  const send = (method: string, path: readonly string[], body?: unknown) =>
    rest.send(request(target, method, path, body === undefined ? {} : { body }));
  const task = {
    dtid: target.name,
    dids: [target.name],
    taskType: "R",
    property: "deviceProperties.device.manufacturer",
  };
  const asked = unixTime();
  const created = await send("POST", ["devicemgmt", "tasks"], task);
  const answered = unixTime();
  const id = created.kind === "answer" ? dataField(created.response, "id") : undefined;
  const creates = offered("create a task", created);
  if (creates.outcome !== "ok" || typeof id !== "string") {
    const why = creates.outcome === "ok" ? "answered without data.id" : creates.detail;
    return [
      { name: "create a task", outcome: "finding", detail: `POST /devicemgmt/tasks: ${why}`, requirement: "Q-03" },
    ];
  }
  const tasks = ["devicemgmt", "tasks", id];
  const shown = await send("GET", tasks);
  // Some servers tell the time with the new task, some with the one that is read.
  const createdOn = [created, shown].map((outcome) =>
    outcome.kind === "answer" ? dataField(outcome.response, "createdOn") : undefined,
  );
  return [
    creates,
    offered("read a task", shown),
    offered("read device task statuses", await send("GET", [...tasks, "statuses"])),
    offered("read the history of a task", await send("GET", [...tasks, "statuses", "history"])),
    offered("read the Device Mirror", await send("GET", ["devicemgmt", "devices", target.name, "properties"])),
    offered("cancel a task", await send("PUT", tasks, { status: "CANCELLED" })),
    ...clockSteps(
      createdOn.find((time) => time !== undefined),
      asked,
      answered,
    ),
  ];
}

const adaptedSteps = (
  target: PreflightTarget,
  adapter: Adapter,
  rest: Rest,
  { pause }: PreflightProbes,
): Promise<readonly PreflightStep[]> =>
  adapterSteps({
    adapter,
    name: target.name,
    send: (method, path, extra) => rest.send(request(target, method, path, extra)),
    pause,
  });

function offered(name: string, outcome: RestProbeOutcome): PreflightStep {
  if (outcome.kind === "failure") return fault(name, outcome.reason);
  if (isSuccess(outcome.response.status)) return ok(name, `HTTP ${outcome.response.status}`);
  const { status, body } = outcome.response;
  const why = isJsonObject(body) && isJsonObject(body.error) ? body.error.message : undefined;
  const detail = status === NOT_IMPLEMENTED && typeof why === "string" ? why : answerText(outcome.response);
  return { name, outcome: "not offered", detail };
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;
const isJsonObject = (body: unknown): body is Record<string, unknown> => typeof body === "object" && body !== null;

function dataField({ body }: RestResponse, field: string): unknown {
  const data = isJsonObject(body) ? body.data : undefined;
  return isJsonObject(data) ? data[field] : undefined;
}

const answerText = ({ status, body }: RestResponse): string =>
  `HTTP ${status}${body === undefined ? "" : ` ${JSON.stringify(body).slice(0, 160)}`}`;
