/**
 * What `preflight` sees of tasks that reach a device: one that it does, one that it refuses with 4.04. So all that lies
 * between the task and the device, and between the device's answer and the status, is tried once, there and back.
 *
 * Through an adapter a wrong status may be the server's or a slip in the adapter's tables: then the step is unclear, and says
 * how to find out. Where both statuses are wrong in a way that no server is, it is the adapter's fault.
 */
import { has } from "../../harness/adapter/capabilities.ts";
import { ABSENT, type Answered, PRESENT } from "./device.ts";
import { type Ending, fault, finding, ok, type PreflightStep, skipped, step, unclear } from "./step.ts";
import { askTheServer, type Fields, fieldsIn, lineOnce, newTask, shown, type TaskCheck } from "./tasks.ts";

export interface DeviceCheck extends TaskCheck {
  /** Error codes that a device task may have whose device answers 4.04. */
  readonly notFoundCodes: readonly string[];
  /** What the device has been asked so far. */
  answered(): readonly Answered[];
}

export interface DeviceSteps {
  readonly steps: readonly PreflightStep[];
  /** Whether there is any use in asking for more tasks. */
  readonly takesTasks: boolean;
}

interface Row {
  readonly name: string;
  readonly property: string;
  readonly path: string;
  /** Code of the device's answer. */
  readonly code: string;
  readonly status: "SUCCEEDED" | "FAILED";
  readonly requirement: string;
}

const DONE: Row = { name: "a device does a task", ...PRESENT, code: "2.05", status: "SUCCEEDED", requirement: "T-01" };
const REFUSED: Row = {
  name: "a device refuses a task",
  ...ABSENT,
  code: "4.04",
  status: "FAILED",
  requirement: "M-04",
};

/** Milliseconds from the task to its end. */
const PATIENCE = 2_000;
const ENDS: readonly unknown[] = ["SUCCEEDED", "FAILED", "CANCELLED"];

/** The device is registered, and stays so. */
export async function deviceSteps(check: DeviceCheck): Promise<DeviceSteps> {
  const done = await runTask(check, DONE);
  if (done.id === undefined) return { steps: [step(DONE.name, fault(done.problem))], takesTasks: false };
  const refused = await runTask(check, REFUSED);
  const exchanged = statusIn(done) === "FAILED" && statusIn(refused) === "SUCCEEDED" && check.adapter !== undefined;
  const endingOf = (row: Row, run: Run): Ending => {
    if (!exchanged) return judge(check, row, run);
    return fault(`the adapter exchanges SUCCEEDED and FAILED: the device answered ${row.code}, ${row.status} is right`);
  };
  const steps = [step(DONE.name, endingOf(DONE, done)), step(REFUSED.name, endingOf(REFUSED, refused))];
  return { steps: statusIn(done) === DONE.status ? [...steps, ...(await told(check, done))] : steps, takesTasks: true };
}

type Run =
  | { readonly id?: undefined; readonly problem: string }
  | { readonly id: string; readonly line: Fields | string; readonly asked: readonly Answered[] };

type Created = Extract<Run, { readonly id: string }>;

async function runTask(check: DeviceCheck, { property }: Row): Promise<Run> {
  const before = check.answered().length;
  const created = await newTask(check, property);
  if ("problem" in created) return created;
  const line = await lineOnce(check, created.id, ({ status }) => ENDS.includes(status), PATIENCE);
  return { id: created.id, line, asked: check.answered().slice(before) };
}

const statusIn = (run: Run): unknown => (run.id === undefined ? undefined : fieldsIn(run.line).status);

function judge(check: DeviceCheck, row: Row, run: Run): Ending {
  if (run.id === undefined) return fault(run.problem);
  const { line, asked, id } = run;
  if (typeof line === "string") return fault(line);
  const answer = asked.find(({ request }) => request.method === "GET" && request.path === row.path);
  if (answer === undefined) return notAsked(check, row, line, run);
  if (answer.code !== row.code)
    return skipped(`the device was asked for format ${answer.request.accept}, which the device of this check has not`);
  const { status, errorCode } = line;
  if (!ENDS.includes(status))
    return unclear(
      `the device answered ${row.code}, and ${PATIENCE / 1_000} s later is ${shown(status)}, not ${row.status}. ${askTheServer(id)}`,
    );
  if (status !== row.status) return wrong(check, row, id, shown(status), row.status);
  if (status !== "FAILED" || !tellsErrors(check)) return ok(row.status);
  const { notFoundCodes } = check;
  if (notFoundCodes.includes(String(errorCode))) return ok(`FAILED with ${errorCode}`);
  return wrong(check, row, id, `FAILED with ${shown(errorCode)}`, notFoundCodes.join(" or "));
}

const tellsErrors = ({ adapter }: DeviceCheck): boolean => adapter?.capabilities.errorCodes ?? true;

function wrong(check: DeviceCheck, row: Row, id: string, is: string, wanted: string): Ending {
  const what = `the device answered ${row.code} and is ${is}, not ${wanted}`;
  if (check.adapter === undefined) return finding(row.requirement, what);
  return unclear(`${what}: by the adapter's translation, or by the server? ${askTheServer(id)}`);
}

/** Of what it should be asked. */
function notAsked(check: DeviceCheck, row: Row, { status }: Fields, { id, asked }: Created): Ending {
  const others = asked.map(({ request }) => `${request.method} ${request.path}`).join(", ");
  if (others !== "" && check.adapter !== undefined)
    return fault(
      `createTask is given a Read of ${row.property}, which is ${row.path}, and the device was asked ${others}; propertyPath of "fleetproof" tells the paths`,
    );
  const what = others === "" ? "nothing" : others;
  const told = `the device is registered and was asked ${what} within ${PATIENCE / 1_000} s, and is ${shown(status)}`;
  if (check.adapter === undefined) return unclear(`${told}; is the way from the server to the device open?`);
  return unclear(`${told}; does createTask pass dids and property on? ${askTheServer(id)}`);
}

// ── what else is told of the task that was done

interface Told {
  readonly name: string;
  readonly needs: "attempts" | "mirror";
  readonly run: (check: DeviceCheck, done: Created) => Promise<Ending>;
}

const TOLD: readonly Told[] = [
  { name: "counts the attempt", needs: "attempts", run: countsAttempt },
  { name: "shows what was read", needs: "mirror", run: showsValue },
];

/** Through an adapter only: what speaks the task API is left to the plans of `verify`. */
async function told(check: DeviceCheck, done: Run): Promise<readonly PreflightStep[]> {
  const { adapter } = check;
  if (adapter === undefined || done.id === undefined) return [];
  const steps: PreflightStep[] = [];
  for (const { name, needs, run } of TOLD)
    if (has(adapter.capabilities, needs)) steps.push(step(name, await run(check, done)));
  return steps;
}

async function countsAttempt(_: DeviceCheck, { id, line }: Created): Promise<Ending> {
  const { numAttempts } = fieldsIn(line);
  if (numAttempts === undefined)
    return fault("capabilities.attempts is declared, and deviceStatuses tells no numAttempts");
  if (numAttempts === 1) return ok("numAttempts is 1");
  return unclear(`after one attempt numAttempts is ${shown(numAttempts)}. ${askTheServer(id)}`);
}

async function showsValue(check: DeviceCheck): Promise<Ending> {
  const outcome = await check.send("GET", ["devicemgmt", "devices", check.name, "properties"]);
  if (outcome.kind === "failure") return fault(outcome.reason);
  const told = PRESENT.property
    .split(".")
    .reduce<unknown>((inside, key) => fieldsIn(inside)[key], fieldsIn(outcome.response.body).data);
  if (told === PRESENT.value) return ok(PRESENT.property);
  return unclear(
    `"${PRESENT.value}" was read, and properties tells ${shown(told)} as ${PRESENT.property}: by the adapter's translation, or by the server?`,
  );
}
