/**
 * Firmware images that virtual devices can read: how one tells its name and version, and whether it came whole.
 *
 *     fleetproof-firmware <name> <version>\n
 *     crc32 <checksum of the first line and the payload, eight lower-case hex digits>\n
 *     <payload, any bytes>
 *
 * The checksum finds what a transfer has damaged. It is no signature: nobody is kept from making an image.
 *
 * The format is our own, for LwM2M leaves it to the device what a package holds (Core Appendix E.6, resource 5/0/0).
 */
import { err, ok, type Result } from "../result.ts";
import { encodeUtf8 } from "./scalar.ts";

/** What an image holds. */
export interface FirmwareImage {
  /** Letters, digits, `.`, `_`, `-`, `+`; 1..64 characters. So is the version. */
  readonly name: string;
  readonly version: string;
  readonly payload: Uint8Array;
}

/** `foreign`: no image of this format (Update Result 6); `damaged`: it is one, but not as it was made (Result 5). */
export type ImageFault = "foreign" | "damaged";

const MAGIC = encodeUtf8("fleetproof-firmware ");
const WORD = /^[A-Za-z0-9._+-]{1,64}$/;
const HEADER = /^fleetproof-firmware (\S+) (\S+)\ncrc32 ([0-9a-f]{8})\n/;
/** The two lines at their longest, and some. */
const LONGEST_HEADER = 200;
const NEWLINE = 10;

/**
 * Makes an image.
 *
 * @throws TypeError when name or version is not a word of the format
 */
export function buildFirmwareImage({ name, version, payload }: FirmwareImage): Uint8Array {
  for (const word of [name, version]) if (!WORD.test(word)) throw new TypeError(`no word of an image: ${word}`);
  const first = firstLine(name, version);
  const header = encodeUtf8(`${first}crc32 ${checksum(encodeUtf8(first), payload)}\n`);
  const image = new Uint8Array(header.length + payload.length);
  image.set(header);
  image.set(payload, header.length);
  return image;
}

/** Reads an image out of any bytes. */
export function readFirmwareImage(bytes: Uint8Array): Result<FirmwareImage, ImageFault> {
  if (!MAGIC.every((byte, at) => bytes[at] === byte)) return err("foreign");
  const header = HEADER.exec(headerText(bytes));
  const [whole, name = "", version = "", expected] = header ?? [];
  if (whole === undefined || !WORD.test(name) || !WORD.test(version)) return err("damaged");
  const payload = bytes.subarray(whole.length);
  const right = checksum(encodeUtf8(firstLine(name, version)), payload);
  return right === expected ? ok({ name, version, payload }) : err("damaged");
}

const firstLine = (name: string, version: string): string => `fleetproof-firmware ${name} ${version}\n`;

/** The first two lines, one character a byte. */
function headerText(bytes: Uint8Array): string {
  const first = bytes.subarray(0, LONGEST_HEADER);
  const end = first.indexOf(NEWLINE, first.indexOf(NEWLINE) + 1);
  return String.fromCharCode(...first.subarray(0, end + 1));
}

/** CRC-32 with the reversed polynomial 0xEDB88320, as in ISO-HDLC, gzip and PNG. */
function checksum(...parts: readonly Uint8Array[]): string {
  let crc = 0xffffffff;
  for (const part of parts) {
    for (const byte of part) crc = (crc >>> 8) ^ (REMAINDERS[(crc ^ byte) & 0xff] as number);
  }
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
}

const REMAINDERS: readonly number[] = Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++)
    remainder = (remainder & 1) === 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  return remainder >>> 0;
});
