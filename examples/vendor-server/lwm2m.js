/**
 * The Device object: names of its resources in the task API, and their values in text and TLV.
 *
 * Spec: OMA LwM2M Core, Appendix E.4 (Device) and §6.4 (formats).
 */
export const TEXT = 0;
export const TLV = 11_542;

const RESOURCES = [
  [0, "manufacturer", "R", "string"],
  [1, "modelNumber", "R", "string"],
  [2, "serialNumber", "R", "string"],
  [3, "firmwareVersion", "R", "string"],
  [4, "reboot", "E", "none"],
  [5, "factoryReset", "E", "none"],
  [6, "availablePowerSources", "R", "integer", "multiple"],
  [7, "powerSourceVoltage", "R", "integer", "multiple"],
  [8, "powerSourceCurrent", "R", "integer", "multiple"],
  [9, "batteryLevel", "R", "integer"],
  [10, "memoryFree", "R", "integer"],
  [11, "errorCode", "R", "integer", "multiple"],
  [12, "resetErrorCode", "E", "none"],
  [13, "currentTime", "RW", "time"],
  [14, "utcOffset", "RW", "string"],
  [15, "timezone", "RW", "string"],
  [16, "supportedBindingAndModes", "R", "string"],
  [17, "deviceType", "R", "string"],
  [18, "hardwareVersion", "R", "string"],
  [19, "softwareVersion", "R", "string"],
  [20, "batteryStatus", "R", "integer"],
  [21, "memoryTotal", "R", "integer"],
].map(([id, name, operations, type, multiple]) => ({ id, name, operations, type, isMultiple: multiple !== undefined }));

export const resourceByName = (name) => RESOURCES.find((row) => row.name === name);
const resourceById = (id) => RESOURCES.find((row) => row.id === id);

// ── values: a number or a string; of a multiple resource a Map from instance id to value

/** @throws TypeError when the text is no value of that type */
function fromText(type, text) {
  if (type === "string" || type === "none") return text;
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(Number(text))) throw new TypeError(`${text} is not an integer`);
  return Number(text);
}

/** A text of a task, as a value: time may be in milliseconds, a multiple resource a JSON array. */
export function fromTaskText(row, text) {
  const one = (item) => {
    const value = fromText(row.type, String(item));
    return row.type === "time" && value >= 1e11 ? Math.floor(value / 1000) : value;
  };
  if (!row.isMultiple) return one(text);
  const items = text.trimStart().startsWith("[") ? JSON.parse(text) : [text];
  return new Map(items.map((item, index) => [index, one(item)]));
}

/** As the Device Mirror shows it: time in milliseconds, a multiple resource as an array. */
export function toMirror(row, value) {
  if (value instanceof Map) return [...value].sort(([a], [b]) => a - b).map(([, item]) => item);
  return row.type === "time" ? value * 1000 : value;
}

// ── TLV

function integerBytes(value) {
  const size = [1, 2, 4].find((bytes) => Math.abs(value + 0.5) < 2 ** (8 * bytes - 1)) ?? 8;
  const whole = Buffer.alloc(8);
  whole.writeBigInt64BE(BigInt(value));
  return whole.subarray(8 - size);
}

function entry(kind, id, value) {
  const head = [(kind << 6) | (value.length < 8 ? value.length : value.length < 256 ? 8 : 16), id];
  const length = value.length < 8 ? [] : value.length < 256 ? [value.length] : [value.length >> 8, value.length & 255];
  return Buffer.concat([Buffer.from([...head, ...length]), value]);
}

const scalarBytes = (type, value) => (type === "string" || type === "none" ? Buffer.from(value) : integerBytes(value));

function resourceTlv(row, value) {
  if (!(value instanceof Map)) return entry(3, row.id, scalarBytes(row.type, value));
  return entry(2, row.id, Buffer.concat([...value].map(([id, item]) => entry(1, id, scalarBytes(row.type, item)))));
}

export const instanceTlv = (values) => Buffer.concat(values.map(([row, value]) => resourceTlv(row, value)));

function entries(bytes) {
  const found = [];
  for (let at = 0; at < bytes.length; ) {
    const type = bytes[at];
    const idSize = (type & 32) === 0 ? 1 : 2;
    const lengthSize = (type >> 3) & 3;
    const id = bytes.readUIntBE(at + 1, idSize);
    const length = lengthSize === 0 ? type & 7 : bytes.readUIntBE(at + 1 + idSize, lengthSize);
    const start = at + 1 + idSize + lengthSize;
    if (start + length > bytes.length) throw new TypeError("TLV is cut off");
    found.push({ kind: type >> 6, id, value: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}

function scalarFrom(type, bytes) {
  if (type === "string" || type === "none") return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  if (![1, 2, 4, 8].includes(bytes.length)) throw new TypeError(`an integer of ${bytes.length} bytes`);
  return bytes.length === 8 ? Number(bytes.readBigInt64BE()) : bytes.readIntBE(0, bytes.length);
}

const instancesFrom = (row, list) =>
  new Map(
    list.map(({ kind, id, value }) => {
      if (kind !== 1) throw new TypeError("expected resource instances");
      return [id, scalarFrom(row.type, value)];
    }),
  );

function valueFrom(row, { kind, value }) {
  if (kind === 3) return row.isMultiple ? new Map([[0, scalarFrom(row.type, value)]]) : scalarFrom(row.type, value);
  if (kind !== 2 || !row.isMultiple) throw new TypeError(`${row.name}: unexpected TLV`);
  return instancesFrom(row, entries(value));
}

/** The resources of the instance, without the entry of the instance that some devices put around them. */
function resourceEntries(payload) {
  const list = entries(payload);
  return list.length === 1 && list[0].kind === 0 ? entries(list[0].value) : list;
}

/**
 * Reads the payload of a 2.05 to a Read of a resource, or of the whole instance (`row` absent).
 *
 * @returns pairs of resource and value
 * @throws TypeError or RangeError when the payload cannot be read as that
 */
export function readValues(row, format, payload) {
  if (row === undefined) {
    if (format !== TLV) throw new TypeError(`the instance came in content format ${format}`);
    return resourceEntries(payload).flatMap((item) => {
      const known = resourceById(item.id);
      return known === undefined || known.operations === "E" ? [] : [[known, valueFrom(known, item)]];
    });
  }
  if (format === TLV) {
    const list = resourceEntries(payload);
    if (row.isMultiple && (list.length === 0 || list[0].kind === 1)) return [[row, instancesFrom(row, list)]];
    if (list.length !== 1 || list[0].id !== row.id) throw new TypeError(`expected resource ${row.id} alone`);
    return [[row, valueFrom(row, list[0])]];
  }
  if ((format ?? TEXT) !== TEXT || row.isMultiple) throw new TypeError(`${row.name} in content format ${format}`);
  return [[row, fromText(row.type, new TextDecoder("utf-8", { fatal: true }).decode(payload))]];
}
