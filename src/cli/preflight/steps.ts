/**
 * The steps of `preflight`: can the target be reached, does its API work, does it take registrations, do tasks reach a device
 * and come back, what can it do. How a step can end stands in step.ts.
 *
 * After a fault that makes all that follows fail as well, what follows is not tried: it would only repeat it.
 */
import type { RestRequest, RestResponse } from "../../protocol/server-port.ts";
import { adapterSteps } from "./adapter-steps.ts";
import { clockSteps } from "./clock-step.ts";
import { PRESENT } from "./device.ts";
import { deviceSteps } from "./device-steps.ts";
import type {
  CoapProbe,
  CoapProbeOutcome,
  PreflightProbes,
  PreflightTarget,
  RestProbe,
  RestProbeOutcome,
} from "./probes.ts";
import { type Ending, fault, finding, notOffered, ok, type PreflightStep, skipped, step, unclear } from "./step.ts";
import { answerText, fieldsIn, type NewTask, newTask, TASKS, type TaskCheck } from "./tasks.ts";

export async function runPreflight(
  target: PreflightTarget,
  probes: PreflightProbes,
): Promise<readonly PreflightStep[]> {
  const rest = probes.openRest(target);
  const coap = probes.openCoap(target);
  try {
    const provisioned = target.adapter === undefined ? await provision(target, rest) : await provisionBy(target, rest);
    if (!provisioned.every(({ outcome }) => outcome === "ok"))
      return [...provisioned, step("CoAP", skipped("needs provisioning"))];
    return [...provisioned, ...(await stepsOfDevice(target, rest, coap, probes))];
  } finally {
    rest.close();
    coap.close();
  }
}

async function stepsOfDevice(
  target: PreflightTarget,
  rest: RestProbe,
  coap: CoapProbe,
  probes: PreflightProbes,
): Promise<readonly PreflightStep[]> {
  const { adapter, name, notFoundCodes } = target;
  const check: TaskCheck = {
    adapter,
    name,
    send: (method, path, extra) => rest.send(request(target, method, path, extra)),
    pause: (milliseconds) => probes.pause(milliseconds),
  };
  const { steps: registered, location } = await register(target, coap);
  const worked =
    location === undefined
      ? undefined
      : await deviceSteps({ ...check, notFoundCodes, answered: () => coap.answered() });
  const gone = location === undefined ? [] : [await deregister(coap, location)];
  const first = [...registered, ...(worked?.steps ?? []), ...gone];
  if (worked?.takesTasks === false) return [...first, step("the other steps", skipped("each needs a task"))];
  const capabilities = await capabilitySteps(check, probes);
  return [...first, ...capabilities, ...(adapter === undefined ? [] : await adapterSteps({ ...check, adapter }))];
}

/** What an adapter is answered for that has no verb for it. */
const NOT_IMPLEMENTED = 501;

function request(
  target: PreflightTarget,
  method: string,
  path: readonly string[],
  extra: Partial<RestRequest> = {},
): RestRequest {
  return { method, path, query: {}, ...(target.token === undefined ? {} : { token: target.token }), ...extra };
}

/** HTTP, the API behind it, and a device type with one device. Stops at the first fault. */
async function provision(target: PreflightTarget, rest: RestProbe): Promise<readonly PreflightStep[]> {
  const first = await postType(target, rest);
  if (first.kind === "failure") return [step("HTTP reachable", fault(`${target.http}: ${first.reason}`))];
  const reached = step("HTTP reachable", ok(target.http));
  const api = apiEnding(target, first.response);
  if (api.outcome !== "ok") return [reached, step("task API answers", api)];
  const answers = [reached, step("task API answers", api)];
  if (!isSuccess(first.response.status))
    return [...answers, step("provisioning", fault(`POST /devicetypes: ${answerText(first.response)}`))];
  const second = await postDevice(target, rest);
  if (second === undefined) return [...answers, step("provisioning", ok("POST /devicetypes and POST /devices"))];
  return [...answers, step("provisioning", fault(`POST /devices: ${second}`))];
}

function apiEnding({ http }: PreflightTarget, { status, body }: RestResponse): Ending {
  if (status === 401 || status === 403) return fault(`HTTP ${status}: give the right --token`);
  if (typeof body === "object" && body !== null) return ok("in JSON");
  return fault(`HTTP ${status} without a JSON object: is ${http} the base URL of the task API?`);
}

/** Whether a module of an adapter has reached its server by then is not known: it may have nothing to do for a device. */
async function provisionBy(target: PreflightTarget, rest: RestProbe): Promise<readonly PreflightStep[]> {
  const verbs = [...(target.adapter?.verbs ?? [])].join(", ");
  const loaded = step("adapter loaded", ok(`${target.http}: ${verbs}`));
  await postType(target, rest);
  const problem = await postDevice(target, rest);
  return [loaded, step("provision", problem === undefined ? ok("ends without a fault") : fault(problem))];
}

const postType = ({ name, ...target }: PreflightTarget, rest: RestProbe): Promise<RestProbeOutcome> =>
  rest.send(
    request({ name, ...target }, "POST", ["devicetypes"], {
      body: { dtid: name, name, devicePropertiesEnabled: true },
    }),
  );

/** @returns what is wrong; `undefined`: nothing */
async function postDevice(target: PreflightTarget, rest: RestProbe): Promise<string | undefined> {
  const { name } = target;
  const outcome = await rest.send(request(target, "POST", ["devices"], { body: { did: name, dtid: name, name } }));
  if (outcome.kind === "failure") return outcome.reason;
  return isSuccess(outcome.response.status) ? undefined : answerText(outcome.response);
}

interface CoapExpectation {
  readonly name: string;
  readonly code: string;
  readonly requirement: string;
}

const REGISTER: CoapExpectation = { name: "Register", code: "2.01", requirement: "G-01" };
const UPDATE: CoapExpectation = { name: "Update", code: "2.04", requirement: "G-04" };
const DEREGISTER: CoapExpectation = { name: "De-register", code: "2.02", requirement: "G-06" };

interface Registered {
  readonly steps: readonly PreflightStep[];
  /** Absent: it is not registered. */
  readonly location?: readonly string[];
}

async function register(target: PreflightTarget, coap: CoapProbe): Promise<Registered> {
  const query = [`ep=${target.name}`, "lt=60", "lwm2m=1.0", "b=U"];
  const registered = await coap.send({ method: "POST", path: ["rd"], query, payload: "</1/0>,</3/0>" });
  const where = `coap://${target.coapHost}:${target.coapPort}`;
  if (registered.kind === "failure") {
    const why = `${where}: ${registered.reason}; is it the right address, and does UDP get through?`;
    return { steps: [step("CoAP reachable", fault(why))] };
  }
  const reached = step("CoAP reachable", ok(where));
  const first = judge(REGISTER, registered);
  if (first.outcome === "finding" && target.adapter !== undefined) {
    const why = `${first.detail}: does provision not make the device known, or does the server not take it?`;
    return { steps: [reached, step(REGISTER.name, unclear(why))] };
  }
  if (first.outcome !== "ok") return { steps: [reached, first] };
  const { location } = registered;
  if (location.length === 0)
    return { steps: [reached, step(REGISTER.name, finding(REGISTER.requirement, "2.01 without Location-Path"))] };
  const update = judge(UPDATE, await coap.send({ method: "POST", path: location, query: [], payload: "" }));
  return { steps: [reached, first, update], location };
}

const deregister = async (coap: CoapProbe, location: readonly string[]): Promise<PreflightStep> =>
  judge(DEREGISTER, await coap.send({ method: "DELETE", path: location, query: [], payload: "" }));

function judge({ name, code, requirement }: CoapExpectation, outcome: CoapProbeOutcome): PreflightStep {
  if (outcome.kind === "failure") return step(name, fault(outcome.reason));
  if (outcome.code === code) return step(name, ok(outcome.code));
  return step(name, finding(requirement, `answered ${outcome.code}, not ${code}`));
}

/** What the API offers, tried on a task for the device, which has de-registered and so will not be asked. */
async function capabilitySteps(check: TaskCheck, { unixTime }: PreflightProbes): Promise<readonly PreflightStep[]> {
  const asked = unixTime();
  const created = await newTask(check, PRESENT.property);
  const answered = unixTime();
  const name = "create a task that waits";
  if ("problem" in created) return [step(name, withoutTask(check, created))];
  const tasks = [...TASKS, created.id];
  const shown = await check.send("GET", tasks);
  const mirror = ["devicemgmt", "devices", check.name, "properties"];
  const by = (verb: string): string | undefined => (check.adapter === undefined ? undefined : verb);
  // Some servers tell the time with the new task, some with the one that is read.
  const times = [created.createdOn, shown.kind === "answer" ? createdOnIn(shown.response) : undefined];
  return [
    step(name, ok(created.id)),
    offered("read a task", shown, by("getTask")),
    offered("read device task statuses", await check.send("GET", [...tasks, "statuses"]), by("deviceStatuses")),
    offered(
      "read the history of a task",
      await check.send("GET", [...tasks, "statuses", "history"]),
      by("taskHistory"),
    ),
    offered("read the Device Mirror", await check.send("GET", mirror), by("properties")),
    offered("cancel a task", await check.send("PUT", tasks, { body: { status: "CANCELLED" } }), by("cancelTask")),
    ...clockSteps(
      times.find((time) => time !== undefined),
      asked,
      answered,
    ),
  ];
}

function withoutTask({ adapter }: TaskCheck, { problem, refused }: Exclude<NewTask, { readonly id: string }>): Ending {
  if (!refused) return fault(problem);
  if (adapter === undefined) return finding("Q-03", problem);
  return unclear(`for a device that is not registered, ${problem}; does the adapter refuse it, or the server?`);
}

/** @param verb of the adapter that is behind it */
function offered(name: string, outcome: RestProbeOutcome, verb?: string): PreflightStep {
  if (outcome.kind === "failure") return step(name, fault(outcome.reason));
  const { status, body } = outcome.response;
  if (isSuccess(status)) return step(name, ok(verb === undefined ? `HTTP ${status}` : `by ${verb}`));
  const why = fieldsIn(fieldsIn(body).error).message;
  return step(
    name,
    notOffered(status === NOT_IMPLEMENTED && typeof why === "string" ? why : answerText(outcome.response)),
  );
}

const createdOnIn = ({ body }: RestResponse): unknown => fieldsIn(fieldsIn(body).data).createdOn;

const isSuccess = (status: number): boolean => status >= 200 && status < 300;
