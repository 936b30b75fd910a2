/**
 * Plans in words: one English line per operation and per fault, for reports; and a signature that tells plans apart by
 * what they do, not by when.
 */
import type { Behaviour, OddRequest, RegisterDefect, RequestMatch } from "../simulator/model/device.ts";
import type { Direction, Fault } from "../simulator/model/fault.ts";
import { describeTime } from "./describe-time.ts";
import { type Creation, isCreation, type Operation, type Outsider, type Plan } from "./plan.ts";

const VERBS = { R: "read", W: "write", E: "execute" } as const;

function describeTask(operation: Creation): string {
  const { task, devices } = operation;
  const target =
    devices === "all"
      ? `all devices of ${operation.kind === "create-task" ? `type ${operation.type}` : "its type"}`
      : `device${devices.length === 1 ? "" : "s"} ${devices.join(", ")}`;
  return `task ${task} is created: ${whatItDoes(operation)} on ${target}${period(operation)}`;
}

function whatItDoes(operation: Creation): string {
  if (operation.kind === "create-update")
    return `firmware image ${operation.image}${operation.needsAcceptance === true ? ", if its user accepts," : ""}`;
  const value = operation.value === undefined ? "" : ` = ${shortened(operation.value)}`;
  return `${VERBS[operation.taskType]} ${operation.property}${value}`;
}

/** Letters of a value that are shown; the plan has all. */
const MOST_LETTERS = 80;

const shortened = (value: string): string =>
  value.length <= MOST_LETTERS ? `"${value}"` : `"${value.slice(0, MOST_LETTERS / 2)}…" (${value.length} letters)`;

const period = ({ scheduledOn, expiresAfter }: Creation): string =>
  [
    scheduledOn === undefined ? "" : `, to begin at ${describeTime(scheduledOn)}`,
    expiresAfter === undefined ? "" : `, expires after ${describeTime(expiresAfter * 1_000)}`,
  ].join("");

const TOKENS = { unknown: "an unknown token", last: "the token of its last exchange" } as const;

const DYING = {
  "at-once": "",
  "before-storing": " when it is about to store something",
  "after-storing": " when it has just stored something",
} as const;

function whatHappens(operation: Operation): string {
  switch (operation.kind) {
    case "create-task":
    case "create-update":
      return describeTask(operation);
    case "answer-update":
      return `the user of device ${operation.device} answers ${operation.answer} to the update of task ${operation.task}`;
    case "poll":
      return `task ${operation.task} and its device tasks are read`;
    case "poll-history":
      return `the history of task ${operation.task} is read`;
    case "poll-mirror":
      return `the mirror of device ${operation.device} is read`;
    case "cancel-task":
      return `task ${operation.task} is cancelled`;
    case "cancel-device-task":
      return `task ${operation.task} is cancelled for device ${operation.device}`;
    case "configure-type":
      return `device type ${operation.type} gets taskExpiresAfter ${describeTime(operation.taskExpiresAfter * 1_000)}`;
    case "restart-server":
      return `the server's process is killed${DYING[operation.dies ?? "at-once"]}, and started again after ${describeTime(operation.downFor)}`;
    case "register":
      return `device ${operation.device} registers${changes(operation)}`;
    case "update":
      return `device ${operation.device} updates its registration${changes(operation)}`;
    case "deregister":
      return `device ${operation.device} de-registers`;
    case "reboot":
      return `device ${operation.device} reboots`;
    case "change-address":
      return `device ${operation.device} gets a new address${operation.update ? " and updates its registration" : " and says nothing"}`;
    case "stale-update":
      return `device ${operation.device} sends an Update to an old location`;
    case "malformed-register":
      return `device ${operation.device} sends a Register ${DEFECTS[operation.defect]}`;
    case "odd-request":
      return `device ${operation.device} sends ${ODD[operation.form]}`;
    case "stray-response":
      return `device ${operation.device} sends a stray ${operation.type} response${strayCode(operation)} with ${TOKENS[operation.token]}`;
  }
}

/** `, with the lifetime 60 s, in queue mode from now on` */
function changes(operation: Extract<Operation, { kind: "register" | "update" }>): string {
  const { lifetime, queueMode, rootPath } = operation;
  const parts = [
    ...(lifetime === undefined ? [] : [`with the lifetime ${describeTime(lifetime * 1_000)}`]),
    ...("lwm2m" in operation && operation.lwm2m !== undefined ? [`with LwM2M ${operation.lwm2m}`] : []),
    ...(queueMode === undefined ? [] : [queueMode ? "in queue mode" : "without queue mode"]),
    ...(rootPath === undefined ? [] : [`with its objects below ${rootPath}`]),
  ];
  return parts.length === 0 ? "" : `, ${parts.join(", ")} from now on`;
}

const ODD: Readonly<Record<OddRequest, string>> = {
  "non-confirmable-register": "a Register in a Non-confirmable message",
  "unknown-endpoint": "a Register under a name that nobody provisioned",
  "unreadable-update": 'an Update with the lifetime "soon"',
  "unknown-deregister": "a De-register of a location that never was one",
  "bare-deregister": "a De-register that names no location",
  "deeper-update": "an Update to its location with one segment more",
  "foreign-root-update": "an Update to its location below another root",
  "joined-update": "an Update with its location in one option",
  "joined-absolute-update": "an Update with its location in one option, and a slash in front",
  "slashed-update": "an Update to its location with an empty segment in front",
};

/** ` 4.04 under the message id of the last request`, as far as that is said. */
const strayCode = ({ code, messageId }: Extract<Operation, { kind: "stray-response" }>): string =>
  `${code === undefined ? "" : ` ${code}`}${messageId === undefined ? "" : " under the message id of the last request"}`;

const DEFECTS: Readonly<Record<RegisterDefect, string>> = {
  "no-endpoint": "without an endpoint name",
  "empty-endpoint": "with an empty endpoint name",
  "foreign-version": "of LwM2M 9.9",
  "lifetime-no-number": 'with the lifetime "soon"',
  "no-objects": "without its objects",
  "garbled-objects": "with objects that cannot be read",
};

const OUTSIDERS: Readonly<Record<Outsider, string>> = {
  stranger: ", with the token of somebody else",
  nobody: ", without any token",
};

const byWhom = (operation: Operation): string =>
  "as" in operation && operation.as !== undefined ? OUTSIDERS[operation.as] : "";

/** `at 12 s device 0 registers` */
export const describeOperation = (operation: Operation): string =>
  `at ${describeTime(operation.at)} ${whatHappens(operation)}${byWhom(operation)}`;

const LINKS: Readonly<Record<Direction, string>> = { up: "uplink ", down: "downlink ", both: "" };

const percent = (permille: number): string => `${permille / 10} %`;

const some = (fault: { readonly permille: number; readonly direction: Direction }): string =>
  `${percent(fault.permille)} of its ${LINKS[fault.direction]}datagrams`;

/** ` with content format 11542 and the bytes c8` */
function contentOf({ format, payload = "" }: Extract<Behaviour, { kind: "success" }>): string {
  const parts = [
    ...(format === undefined ? [] : [`content format ${format}`]),
    ...(payload === "" ? [] : [`the bytes ${payload}`]),
  ];
  return parts.length === 0 ? "" : ` with ${parts.join(" and ")}`;
}

function describeBehaviour(behaviour: Behaviour): string {
  switch (behaviour.kind) {
    case "error":
      return `answers ${behaviour.code}${behaviour.diagnostic === undefined ? "" : ` "${behaviour.diagnostic}"`} to`;
    case "success":
      return `answers ${behaviour.code}${contentOf(behaviour)} to`;
    case "slow":
      return `acknowledges, and ${describeTime(behaviour.delay)} later answers,`;
    case "answer-before-ack":
      return `answers by ${behaviour.type} ${describeTime(behaviour.delay)} later, without an acknowledgement,`;
    case "silent":
      return "neither acknowledges nor answers";
    case "acknowledge-only":
      return "acknowledges but never answers";
    case "reset":
      return "resets";
    case "acknowledge-then-reset":
      return `acknowledges, and ${describeTime(behaviour.delay)} later resets,`;
    case "reboots":
      return "reboots instead of answering";
    case "smaller-blocks":
      return `asks for blocks of ${behaviour.size} bytes after`;
    case "too-large":
      return `answers 4.13${behaviour.size === undefined ? "" : `, asking for blocks of ${behaviour.size} bytes,`} to`;
    case "changes":
      return "changes what is read at";
  }
}

function describeMatch({ operation, path, block, once }: RequestMatch): string {
  const what = `${operation === undefined ? "" : `${operation} `}request${path === undefined ? "" : ` on /${path}`}`;
  if (block === undefined) return `${once === true ? "the first" : "every"} ${what}`;
  const which = once === true ? `the first block from number ${block} on` : `every block from number ${block} on`;
  return `${which} of a ${what}`;
}

function whatIsWrong(fault: Fault): string {
  switch (fault.kind) {
    case "loss":
      return `loses ${some(fault)}`;
    case "duplication":
      return `has ${some(fault)} copied, ${describeTime(fault.delay)} later`;
    case "reordering":
      return `has ${some(fault)} held back for ${describeTime(fault.delay)}`;
    case "latency":
      return `has a latency of ${describeTime(fault.delay)} for its ${LINKS[fault.direction]}datagrams`;
    case "offline":
      return fault.reported === true ? "is offline, and the network says so to the server" : "is offline";
    case "behaviour":
      return `${describeBehaviour(fault.behaviour)} ${describeMatch(fault.match)}`;
  }
}

/** `from 3 s to 90 s device 1 loses 100 % of its downlink datagrams` */
export const describeFault = (fault: Fault): string =>
  `from ${describeTime(fault.from)} to ${describeTime(fault.until)} device ${fault.device} ${whatIsWrong(fault)}`;

/**
 * What a plan does, in order: kinds of operations, task types, kinds of faults and behaviours, and who. Times, values
 * and names of properties do not count, nor how devices are numbered, nor whether a device registers by itself.
 */
export function planSignature(plan: Plan): string {
  const names = new Map<number, number>();
  const name = (device: number): number => {
    const index = device % plan.fleet.length;
    names.set(index, names.get(index) ?? names.size);
    return names.get(index) ?? 0;
  };
  const steps = [
    ...plan.fleet.flatMap(({ registersAt }, device) =>
      registersAt === undefined ? [] : [{ at: registersAt, tell: () => `register:${name(device)}` }],
    ),
    ...plan.operations.map((operation) => ({ at: operation.at, tell: () => operationSignature(operation, name) })),
    ...plan.faults.map((fault) => ({ at: fault.from, tell: () => faultSignature(fault, name) })),
  ];
  return steps
    .sort((a, b) => a.at - b.at)
    .map(({ tell }) => tell())
    .filter((step, index, all) => step !== all[index - 1])
    .join(" ");
}

type NameDevice = (device: number) => number;

function operationSignature(operation: Operation, name: NameDevice): string {
  if (isCreation(operation)) {
    const devices = operation.devices === "all" ? "all" : operation.devices.map(name).join(",");
    const expiry = operation.expiresAfter === undefined ? "" : ":expires";
    const beginning = operation.scheduledOn === undefined ? "" : ":scheduled";
    if (operation.kind === "create-task") return `create-task:${operation.taskType}:${devices}${expiry}${beginning}`;
    return `create-update:${devices}${operation.needsAcceptance === true ? ":asks" : ""}${expiry}${beginning}`;
  }
  if (operation.kind === "answer-update") return `${operation.answer.toLowerCase()}:${name(operation.device)}`;
  return "device" in operation ? `${operation.kind}:${name(operation.device)}` : operation.kind;
}

function faultSignature(fault: Fault, name: NameDevice): string {
  const how = "direction" in fault ? `:${fault.direction}` : "";
  const behaviour = fault.kind === "behaviour" ? `:${fault.behaviour.kind}` : "";
  return `${fault.kind}:${name(fault.device)}${how}${behaviour}`;
}
