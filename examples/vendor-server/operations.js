/**
 * What a task asks of a device, as a CoAP request, and what the device's answer makes of it.
 */
import { numberIn, numberOption, stringOption } from "./coap.js";
import { fromTaskText, instanceTlv, readValues, resourceByName, TEXT, TLV, toMirror } from "./lwm2m.js";

const DEVICE = ["3", "0"];
const NOTHING = Buffer.alloc(0);

/**
 * @returns `{ kind: "server", name }`, or `{ kind: "device", row }` with the row absent for the whole object
 * @throws TypeError that says what is wrong with the task
 */
export function targetOf({ taskType, property, value }) {
  if (!["R", "W", "E"].includes(taskType)) throw new TypeError("taskType: one of R, W, E");
  if (typeof property !== "string") throw new TypeError("property: missing");
  if (taskType === "W" && typeof value !== "string") throw new TypeError("taskParameters.value: missing");
  const [group, object, name, ...deeper] = property.split(".");
  if (group === "serverProperties" && object !== undefined && object !== "") {
    if (taskType !== "W") throw new TypeError("taskType: a server property can only be written");
    return { kind: "server", name: property.slice(group.length + 1) };
  }
  const row = resourceByName(name);
  const isKnown = group === "deviceProperties" && object === "device" && deeper.length === 0;
  if (!isKnown || (name !== undefined && row === undefined)) throw new TypeError(`property: ${property} is unknown`);
  if (row === undefined && taskType === "E") throw new TypeError("property: an object cannot be executed");
  if (row === undefined && taskType === "W") valuesOfObject(value);
  return { kind: "device", row };
}

/** The text of a Write of the whole object: a JSON object of writable names and values. */
function valuesOfObject(text) {
  let members;
  try {
    members = Object.entries(JSON.parse(text));
  } catch {
    throw new TypeError("taskParameters.value: not a JSON object");
  }
  if (members.length === 0) throw new TypeError("taskParameters.value: names no resource");
  return members.map(([name, item]) => {
    const row = resourceByName(name);
    if (row === undefined || !row.operations.includes("W")) throw new TypeError(`${name} cannot be written`);
    return [row, fromTaskText(row, typeof item === "string" ? item : JSON.stringify(item))];
  });
}

/** The request for a device whose objects are below `root` (`""`, or such as `/lwm2m`). */
export function requestFor(task, root) {
  const { row } = targetOf(task);
  const ids = row === undefined ? DEVICE : [...DEVICE, String(row.id)];
  const path = [...root.split("/").filter(Boolean), ...ids].map((segment) => stringOption("Uri-Path", segment));
  if (task.taskType === "E") return { code: "POST", options: path, payload: NOTHING };
  if (task.taskType === "R") {
    const accept = row === undefined || row.isMultiple ? [numberOption("Accept", TLV)] : [];
    return { code: "GET", options: [...path, ...accept], payload: NOTHING };
  }
  const { format, payload } = written(row, task.value);
  // A resource is replaced; of an instance, only the resources that are named change.
  const code = row === undefined ? "POST" : "PUT";
  return { code, options: [...path, numberOption("Content-Format", format)], payload };
}

/** A text that is no value of its resource goes to the device as it is: the device says what it thinks of it. */
function written(row, text) {
  if (row === undefined) return { format: TLV, payload: instanceTlv(valuesOfObject(text)) };
  const value = typed(row, text);
  if (value === undefined) return { format: TEXT, payload: Buffer.from(text) };
  if (row.isMultiple) return { format: TLV, payload: instanceTlv([[row, value]]) };
  return { format: TEXT, payload: Buffer.from(String(value)) };
}

function typed(row, text) {
  try {
    return fromTaskText(row, text);
  } catch {
    return undefined;
  }
}

/** What the error codes of devices are in the API, and in words. */
const ERRORS = {
  "4.00": [4000, "Invalid value"],
  4.01: [4010, "Unauthorized - access right permission denied"],
  4.03: [4030, "Forbidden"],
  4.04: [4040, "Resource is not found"],
  4.05: [4050, "Method is not allowed"],
  4.06: [4060, "Not acceptable - specified format is not supported"],
  4.15: [4150, "Unsupported content format"],
};

/**
 * What a response makes of the task.
 *
 * @returns `{ kind: "succeeded", values }` with what changes in the Device Mirror, or `{ kind: "failed", code, message }`
 */
export function outcomeOf(task, response, defect) {
  const { code } = response;
  if (!code.startsWith("2.")) return failure(response, defect);
  try {
    if (code !== (task.taskType === "R" ? "2.05" : "2.04")) throw new TypeError(`the device answered ${code}`);
    const pairs = changesOf(task, response);
    return { kind: "succeeded", values: pairs.map(([row, value]) => [`device.${row.name}`, toMirror(row, value)]) };
  } catch (error) {
    return { kind: "failed", code: 5000, message: `Internal server error: ${error.message}` };
  }
}

function changesOf(task, response) {
  const { row } = targetOf(task);
  if (task.taskType === "E") return [];
  if (task.taskType === "R") return readValues(row, numberIn(response, "Content-Format"), response.payload);
  return row === undefined ? valuesOfObject(task.value) : [[row, typed(row, task.value) ?? task.value]];
}

function failure({ code, payload }, defect) {
  const fallback = code.startsWith("5.") ? [5000, "Internal server error"] : ERRORS["4.00"];
  const table = defect === "method-not-allowed-as-invalid" ? { ...ERRORS, 4.05: ERRORS["4.00"] } : ERRORS;
  const [number, words] = table[code] ?? fallback;
  const diagnostic = payload.toString();
  return { kind: "failed", code: number, message: diagnostic === "" ? words : diagnostic };
}
