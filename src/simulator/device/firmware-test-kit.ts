import type { CoapContent, CoapMessage } from "../../protocol/coap/types.ts";
import { OPAQUE, TEXT } from "../../protocol/lwm2m/content.ts";
import { buildFirmwareImage } from "../../protocol/lwm2m/firmware-image.ts";
import { executeContent, readContent, writeContent } from "../../protocol/lwm2m/operations.ts";
import { isRegister } from "../../protocol/lwm2m/registration.ts";
import type { DeviceModel } from "../model/device.ts";
import { FirmwareModel } from "../model/firmware.ts";
import { response, type Script, type ScriptedRun, scriptedRun } from "./scripted-run.ts";

export const WINDOW = { device: 0, from: 0, until: 1_000_000 };
export const IMAGE = buildFirmwareImage({ name: "meter", version: "2.0.0", payload: new Uint8Array(5_000).fill(7) });
export const URI = "coap://192.0.2.1/images/7?part=a%26b";

export const push = (bytes: Uint8Array): CoapContent => writeContent([5, 0, 0], OPAQUE, bytes);
export const write = (uri: string): CoapContent => writeContent([5, 0, 1], TEXT, new TextEncoder().encode(uri));
export const UPDATE = executeContent([5, 0, 2]);
export const CANCEL = executeContent([5, 0, 10]);
export const read = (resource: number): CoapContent => readContent([5, 0, resource], TEXT);
export const VERSION = readContent([3, 0, 3], TEXT);

export interface Case {
  readonly firmware?: Partial<FirmwareModel>;
  readonly model?: Partial<DeviceModel>;
  readonly requests?: Script["requests"];
  readonly script?: Partial<Script>;
}

/** The answer to every request of the device; GETs get the image. */
export function serve(message: CoapMessage, count: number): CoapContent {
  if (isRegister(message)) return response("2.01", ["rd", String(count)]);
  return message.code === "0.01" ? { ...response("2.05"), payload: IMAGE } : response("2.04");
}

export const run = ({ firmware, model, requests, script }: Case): ScriptedRun =>
  scriptedRun({
    model: { firmware: FirmwareModel.parse({ version: "1.0.0", ...firmware }), ...model },
    registersAt: 0,
    until: 60_000,
    answer: serve,
    ...(requests === undefined ? {} : { requests }),
    ...script,
  });

/** What its firmware did, with the seconds. */
export const story = ({ log }: ScriptedRun): readonly string[] =>
  log
    .filter((line) => UPDATE_LINE.test(line))
    .map((line) => line.replace(/^(\d+)/, (at) => `${Math.floor(Number(at) / 1_000)} s`));
const UPDATE_LINE = / (\S+ \d\/\d+ \S+|download .*|reboot|boot)$/;

export const codes = ({ answers }: ScriptedRun): readonly string[] => answers.map(({ code }) => code);
export const texts = ({ answers }: ScriptedRun): readonly string[] =>
  answers.map(({ payload }) => new TextDecoder().decode(payload));
