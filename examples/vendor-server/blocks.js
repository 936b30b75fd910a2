/**
 * Values that do not fit into one message go in blocks (RFC 7959). All blocks together are one exchange.
 */
import { numberIn, numberOption } from "./coap.js";

const LARGEST = 6;
const bytesOf = (size) => 2 ** (size + 4);
const BROKEN = { kind: "failed", reason: "the transfer broke off" };

const block = (name, number, more, size) => numberOption(name, number * 16 + (more ? 8 : 0) + size);

function blockIn(message, name) {
  const value = numberIn(message, name);
  return value === undefined ? undefined : { number: value >> 4, more: (value & 8) !== 0, size: value & 7 };
}

/** Sends a request and promises its end, as `coap.request` does, however many messages that takes. */
export async function exchange(coap, address, request, signal) {
  const ask = (more, payload) =>
    coap.request(address, { ...request, options: [...request.options, ...more], payload }, signal);
  const end = await write(ask, request.payload);
  return end.kind === "response" ? read(ask, end) : end;
}

async function write(ask, payload) {
  let size = LARGEST;
  let isWhole = payload.length <= bytesOf(size);
  let taken = 0;
  let hasBegunAnew = false;
  for (;;) {
    const more = !isWhole && taken + bytesOf(size) < payload.length;
    const end = isWhole
      ? await ask([], payload)
      : await ask([block("Block1", taken / bytesOf(size), more, size)], payload.subarray(taken, taken + bytesOf(size)));
    if (end.kind !== "response") return end;
    const echo = blockIn(end, "Block1");
    if (
      end.code === "4.13" &&
      !hasBegunAnew &&
      echo !== undefined &&
      bytesOf(echo.size) < payload.length &&
      (isWhole || echo.size < size)
    ) {
      hasBegunAnew = true;
      isWhole = false;
      taken = 0;
      size = Math.min(size, echo.size);
    } else if (end.code === "4.08" && !isWhole) return BROKEN;
    else if (!end.code.startsWith("2.")) return end;
    else if (!more) return end.code === "2.31" ? BROKEN : end;
    else if (echo === undefined && end.code !== "2.31") return BROKEN;
    else {
      taken += bytesOf(size);
      size = Math.min(size, echo?.size ?? size);
    }
  }
}

async function read(ask, first) {
  const tagOf = ({ options }) => options.find(({ name }) => name === "ETag")?.value.toString("hex");
  const parts = [first.payload];
  let current = blockIn(first, "Block2");
  let taken = first.payload.length;
  while (current?.more) {
    const next = await ask([block("Block2", taken / bytesOf(current.size), false, current.size)], Buffer.alloc(0));
    if (next.kind !== "response") return next;
    const got = blockIn(next, "Block2");
    if (!next.code.startsWith("2.")) return next.code === "4.08" ? BROKEN : next;
    const follows = got !== undefined && got.number * bytesOf(got.size) === taken && next.code === first.code;
    // Another ETag: the value has changed, and its halves do not belong together.
    if (!follows || tagOf(next) !== tagOf(first)) return BROKEN;
    parts.push(next.payload);
    taken += next.payload.length;
    current = got;
  }
  return { ...first, payload: Buffer.concat(parts) };
}
