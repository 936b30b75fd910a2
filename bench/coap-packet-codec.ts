/**
 * The npm package `coap-packet` behind the interface of our codec, for comparison.
 *
 * Conversion between its packets and our messages is part of what is measured, as it would be of any use of it here.
 */
import { generate, type OptionName, type ParsedPacket, parse } from "coap-packet";
import { COAP_OPTIONS } from "../src/protocol/coap/options.ts";
import type { CoapMessage, CoapOption, Code, MessageType } from "../src/protocol/coap/types.ts";
import { err, ok, type Result } from "../src/protocol/result.ts";

// biome-ignore lint/performance/noBarrelFile: it stands in for the whole of that module
export {
  MESSAGE_FORMAT_ERRORS,
  type MessageFormatError,
  NO_OPTIONS,
  NO_PAYLOAD,
  readMessageId,
  readType,
  TOKEN_OFFSET,
  writeMessageId,
} from "../src/protocol/coap/message.ts";

const NAME_BY_NUMBER = new Map<number, string>(COAP_OPTIONS.map(({ number, name }) => [number, name]));
const NUMBER_BY_NAME = new Map<OptionName | number, number>(
  COAP_OPTIONS.map(({ number, name }) => [name as OptionName, number]),
);
const NO_PAYLOAD_BUFFER = Buffer.alloc(0);

export function encodeMessage({ type, code, messageId, token, options, payload }: CoapMessage): Uint8Array {
  return generate({
    code,
    messageId,
    token: Buffer.from(token, "hex"),
    confirmable: type === "CON",
    ack: type === "ACK",
    reset: type === "RST",
    options: options.map(({ number, value }) => ({ name: NAME_BY_NUMBER.get(number) ?? number, value: buffer(value) })),
    payload: buffer(payload),
  });
}

export const encodeEmpty = (type: "CON" | "ACK" | "RST", messageId: number): Uint8Array =>
  generate({
    code: "0.00",
    messageId,
    token: NO_PAYLOAD_BUFFER,
    confirmable: type === "CON",
    ack: type === "ACK",
    reset: type === "RST",
    options: [],
    payload: NO_PAYLOAD_BUFFER,
  });

export function decodeMessage(bytes: Uint8Array): Result<CoapMessage, { readonly kind: string }> {
  try {
    return ok(message(parse(buffer(bytes))));
  } catch {
    return err({ kind: "malformed" });
  }
}

function message(packet: ParsedPacket): CoapMessage {
  return {
    type: typeOf(packet),
    code: packet.code as Code,
    messageId: packet.messageId,
    token: packet.token.toString("hex"),
    options: packet.options.map(optionOf),
    payload: packet.payload,
  };
}

const typeOf = (packet: ParsedPacket): MessageType =>
  packet.confirmable ? "CON" : packet.ack ? "ACK" : packet.reset ? "RST" : "NON";

const optionOf = ({ name, value }: ParsedPacket["options"][number]): CoapOption => ({
  number: NUMBER_BY_NAME.get(name) ?? Number(name),
  value,
});

const buffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
