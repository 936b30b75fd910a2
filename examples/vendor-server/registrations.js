/**
 * Reads what devices say when they register (OMA LwM2M Core §5.3, Transport Table 2).
 */
import { stringsIn } from "./coap.js";

/** A refusal: a CoAP code, and words for the payload. */
export class Refused extends Error {
  constructor(code, words) {
    super(words);
    this.code = code;
  }
}

const LINK = /<([^>]*)>((?:;[^,;"]*(?:"[^"]*")?)*)/g;
const OBJECT = /^\/\d+(\/\d+)?$/;

function parametersOf(message) {
  const pairs = stringsIn(message, "Uri-Query").map((query) => {
    const [, name, value] = /^([^=]*)=?([\s\S]*)$/.exec(query);
    return [name, value];
  });
  const parameters = Object.fromEntries(pairs);
  if ("lt" in parameters && !(/^\d{1,10}$/.test(parameters.lt) && Number(parameters.lt) <= 2 ** 31)) {
    throw new Refused("4.00", "lt is not a lifetime");
  }
  return parameters;
}

/** The path below which the objects are: `""` or such as `/lwm2m`. */
function rootOf(payload) {
  const links = [...payload.toString().matchAll(LINK)].map(([, path, attributes]) => ({ path, attributes }));
  const root = links.find(({ attributes }) => /;rt="?oma\.lwm2m/.test(attributes))?.path ?? "/";
  const prefix = root.replace(/\/$/, "");
  const isObject = ({ path }) => path.startsWith(prefix) && OBJECT.test(path.slice(prefix.length));
  if (/\/\d+(\/|$)/.test(prefix) || !links.some(isObject)) throw new Refused("4.00", "no object is listed");
  return prefix;
}

/** @throws Refused */
export function readRegister(message) {
  const { ep, lt, lwm2m = "1.0", b = "U", ...others } = parametersOf(message);
  if (ep === undefined || ep === "") throw new Refused("4.00", "ep is missing");
  if (!/^1\.[0-2](\.\d+)?$/.test(lwm2m)) throw new Refused("4.12", "versions 1.0 to 1.2 are supported");
  return {
    ep,
    lifetime: Number(lt ?? 0),
    version: lwm2m,
    queue: b.includes("Q") || "Q" in others,
    root: rootOf(message.payload),
  };
}

/**
 * What an Update changes.
 *
 * @throws Refused
 */
export function readUpdate(message, { version }) {
  const { lt, b } = parametersOf(message);
  const changes = {};
  if (lt !== undefined) changes.lifetime = Number(lt);
  // Since 1.1 queue mode is a parameter of Register, and a binding without Q says nothing about it.
  if (b !== undefined && (b.includes("Q") || version.startsWith("1.0"))) changes.queue = b.includes("Q");
  if (message.payload.length > 0) changes.root = rootOf(message.payload);
  return changes;
}
