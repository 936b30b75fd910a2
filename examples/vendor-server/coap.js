/**
 * Reliable messages over UDP: acknowledgement, retransmission, copies, matching of responses (RFC 7252 §4, §5.3).
 *
 * `request` sends a Confirmable request and promises how it ends. What devices ask is given to `serve`.
 */
import { randomBytes, randomInt } from "node:crypto";
import { generate, parse } from "coap-packet";

/** A message that comes again within this time is a copy (RFC 7252 §4.8.2). */
const EXCHANGE_LIFETIME = 247_000;
const RANDOM_FACTOR = 1.5;
const EMPTY = "0.00";
/** Critical options that may be in a request to us. */
const UNDERSTOOD = new Set(["Uri-Host", "Uri-Port", "Uri-Path", "Uri-Query", "Accept"]);

export const stringOption = (name, value) => ({ name, value: Buffer.from(value) });
export function numberOption(name, value) {
  const hex = value === 0 ? "" : value.toString(16);
  return { name, value: Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex") };
}
export const stringsIn = (message, name) =>
  message.options.filter((option) => option.name === name).map(({ value }) => value.toString());
export function numberIn(message, name) {
  const option = message.options.find((candidate) => candidate.name === name);
  if (option === undefined) return undefined;
  return option.value.length === 0 ? 0 : option.value.readUIntBE(0, option.value.length);
}

const isCritical = (name) => {
  const number = Number(name);
  return Number.isNaN(number)
    ? ["If-Match", "If-None-Match", "Block1", "Block2", "Proxy-Uri", "Proxy-Scheme", "OSCORE"].includes(name)
    : number % 2 === 1;
};

export class Coap {
  /** Requests of ours that are not answered yet. */
  #flights = new Set();
  /** What was answered to messages, for copies of them: by address and message id. */
  #answered = new Map();
  #lastIds = new Map();
  #socket;
  #options;
  #listener;

  /** @param listener `serve(request, address)` answers what devices ask, `heard(address)` hears of every datagram */
  constructor(socket, options, listener) {
    this.#socket = socket;
    this.#options = options;
    this.#listener = listener;
    socket.on("message", (bytes, { address, port }) => this.#datagram(`${address}:${port}`, bytes));
    setInterval(() => this.#forgetOld(), 10_000).unref();
  }

  #send(address, packet) {
    const [host, port] = address.split(":");
    this.#socket.send(generate(packet), Number(port), host);
  }

  #freshId(address) {
    const id = ((this.#lastIds.get(address) ?? randomInt(65_536)) + 1) % 65_536;
    this.#lastIds.set(address, id);
    return id;
  }

  #forgetOld() {
    for (const [key, { until }] of this.#answered) if (until < performance.now()) this.#answered.delete(key);
  }

  // ── what we ask

  /**
   * @param request `{ code, options, payload }`
   * @param signal drops the request: it is not repeated, and its answer is nobody's
   * @returns `{ kind: "response", code, options, payload }` or `{ kind: "failed", reason }`
   */
  request(address, request, signal) {
    return new Promise((resolve) => {
      const flight = { address, request, token: randomBytes(4), messageId: this.#freshId(address), sent: 0 };
      const drop = () => flight.settle(failed("dropped"));
      flight.settle = (end) => {
        clearTimeout(flight.timer);
        signal.removeEventListener("abort", drop);
        this.#flights.delete(flight);
        resolve(end);
      };
      this.#flights.add(flight);
      signal.addEventListener("abort", drop);
      this.#transmit(flight, this.#options.ackTimeout * (1 + Math.random() * (RANDOM_FACTOR - 1)));
    });
  }

  #transmit(flight, timeout) {
    const { maxRetransmit, defect } = this.#options;
    if (flight.sent > maxRetransmit) return flight.settle(failed("no acknowledgement"));
    if (flight.sent > 0 && defect === "repeats-as-new-message") flight.messageId = this.#freshId(flight.address);
    flight.sent += 1;
    const { address, messageId, token, request } = flight;
    this.#send(address, { confirmable: true, messageId, token, ...request });
    flight.timer = setTimeout(() => this.#transmit(flight, 2 * timeout), timeout);
  }

  #acknowledged(flight, message) {
    if (message.reset) return flight.settle(failed("reset"));
    if (message.code !== EMPTY) {
      if (message.token.equals(flight.token)) flight.settle({ kind: "response", ...message });
      return;
    }
    if (flight.isAcknowledged) return;
    flight.isAcknowledged = true;
    clearTimeout(flight.timer);
    flight.timer = setTimeout(() => flight.settle(failed("no response")), this.#options.responseTimeout);
  }

  // ── what we are told

  #datagram(address, bytes) {
    this.#listener.heard(address);
    const message = parsed(bytes);
    if (message !== undefined) return this.#receive(address, message);
    const isConfirmable = bytes.length >= 4 && bytes[0] >> 4 === 4;
    if (isConfirmable) this.#send(address, { reset: true, code: EMPTY, messageId: bytes.readUInt16BE(2) });
  }

  #receive(address, message) {
    if (message.ack || message.reset) {
      const flight = [...this.#flights].find((one) => one.address === address && one.messageId === message.messageId);
      if (flight !== undefined) this.#acknowledged(flight, message);
    } else if (message.code === EMPTY) {
      if (message.confirmable) this.#send(address, { reset: true, code: EMPTY, messageId: message.messageId });
    } else if (!this.#isCopy(address, message)) {
      if (message.code.startsWith("0.")) this.#requested(address, message);
      else this.#responded(address, message);
    }
  }

  #isCopy(address, message) {
    const known = this.#answered.get(`${address}/${message.messageId}`);
    if (known === undefined || known.until < performance.now()) return false;
    if (this.#options.defect === "second-location" && message.code === "0.02") return false;
    if (known.packet !== undefined) this.#send(address, known.packet);
    return true;
  }

  #requested(address, message) {
    const { token, messageId, confirmable } = message;
    const strange = message.options.some(({ name }) => isCritical(name) && !UNDERSTOOD.has(name));
    const { afterwards, ...answer } = strange ? { code: "4.02" } : this.#listener.serve(message, address);
    const kind = confirmable ? { ack: true, messageId } : { messageId: this.#freshId(address) };
    this.#reply(address, message, { ...kind, token, ...answer });
    // The answer leaves in this turn of the event loop; what follows from the request leaves in the next.
    if (afterwards !== undefined) setImmediate(afterwards);
  }

  #responded(address, message) {
    const { messageId, confirmable } = message;
    const flight = [...this.#flights].find((one) => one.address === address && one.token.equals(message.token));
    const type = flight === undefined ? { reset: true } : { ack: true };
    this.#reply(address, message, confirmable ? { ...type, code: EMPTY, messageId } : undefined);
    flight?.settle({ kind: "response", ...message });
  }

  /** @param packet `undefined`: copies get no answer either */
  #reply(address, { messageId }, packet) {
    this.#answered.set(`${address}/${messageId}`, { until: performance.now() + EXCHANGE_LIFETIME, packet });
    if (packet !== undefined) this.#send(address, packet);
  }
}

const failed = (reason) => ({ kind: "failed", reason });

function parsed(bytes) {
  try {
    return parse(bytes);
  } catch {
    return undefined;
  }
}
