/** For tests of firmware updates: a device that plays object 5, and what tests ask of the server. Used by tests only. */
import { type Block, blockOption, readBlock } from "../../protocol/coap/block.ts";
import { BLOCK1, sortOptions, stringOption, URI_PATH } from "../../protocol/coap/options.ts";
import type { CoapContent, CoapMessage } from "../../protocol/coap/types.ts";
import { encodeInstance, TLV } from "../../protocol/lwm2m/content.ts";
import { decodeUtf8 } from "../../protocol/lwm2m/scalar.ts";
import type { ResourceValue } from "../../protocol/lwm2m/value.ts";
import { TYPE } from "../test-calls.ts";
import { changed, content, pathOf, refused, type Script, type TestDevice, type World } from "../test-kit.ts";

/** What the device has, for the test to change. */
export interface TestFirmware {
  state: number;
  result: number;
  version: string;
  /** /5/0/9; `undefined`: it has no such resource. */
  delivery: number | undefined;
  /** /5/0/8 */
  protocols: readonly number[] | undefined;
  uri: string;
  image: Uint8Array;
  /** Answers of this device that differ, by operation: `PUT 5/0/1`. */
  readonly odd: Map<string, Script>;
  /** What was asked, in this form, one entry for a body in blocks. */
  readonly asked: string[];
}

const METHODS: Readonly<Record<string, string>> = { "0.01": "GET", "0.02": "POST", "0.03": "PUT" };

/** Gives the device an object 5 that does what it is told, and nothing by itself. */
export function withFirmware(device: TestDevice, fields: Partial<TestFirmware> = {}): TestFirmware {
  const firmware: TestFirmware = {
    state: 0,
    result: 0,
    version: "1.0",
    delivery: 2,
    protocols: undefined,
    uri: "",
    image: new Uint8Array(0),
    odd: new Map(),
    asked: [],
    ...fields,
  };
  device.script = (request) => answerOf(firmware, request);
  return firmware;
}

function answerOf(firmware: TestFirmware, request: CoapMessage): Script {
  const block = readBlock(request, BLOCK1);
  const asked = `${METHODS[request.code]} ${pathOf(request)}`;
  if (block.kind !== "block" || block.block.num === 0) firmware.asked.push(asked);
  const odd = firmware.odd.get(asked);
  if (odd !== undefined) return odd;
  switch (asked) {
    case "GET 5/0":
      return content(encodeInstance(5, instance(firmware)), TLV);
    case "GET 5/0/3":
      return content(String(firmware.state));
    case "GET 5/0/5":
      return content(String(firmware.result));
    case "GET 3/0/3":
      return content(firmware.version);
    case "PUT 5/0/1":
      return takeUri(firmware, request.payload);
    case "PUT 5/0/0":
      return takePackage(firmware, request, block.kind === "block" ? block.block : undefined);
    case "POST 5/0/2":
      if (firmware.state !== 2) return refused("4.05");
      firmware.state = 3;
      return changed();
    default:
      return changed();
  }
}

function instance({ state, result, delivery, protocols, uri }: TestFirmware) {
  const values = new Map<number, ResourceValue>([
    [1, uri],
    [3, state],
    [5, result],
  ]);
  if (protocols !== undefined) values.set(8, new Map(protocols.map((protocol, index) => [index, protocol])));
  if (delivery !== undefined) values.set(9, delivery);
  return values;
}

function takeUri(firmware: TestFirmware, payload: Uint8Array): CoapContent {
  const uri = decodeUtf8(payload);
  firmware.uri = uri.ok ? uri.value : "?";
  firmware.result = 0;
  firmware.state = firmware.uri === "" ? 0 : 1;
  return changed();
}

function takePackage(firmware: TestFirmware, { payload }: CoapMessage, block: Block | undefined): CoapContent {
  if (payload.length === 1 && payload[0] === 0) {
    firmware.state = 0;
    firmware.result = 0;
    return changed();
  }
  if (block === undefined || block.num === 0) firmware.image = new Uint8Array(0);
  firmware.image = Uint8Array.from([...firmware.image, ...payload]);
  firmware.state = 1;
  if (block?.more === true) return { ...refused("2.31"), options: [blockOption(BLOCK1, block)] };
  firmware.state = 2;
  firmware.result = 0;
  return changed();
}

/** The device restarts with the new image: Idle, Success, its version; and registers. */
export function installed(device: TestDevice, firmware: TestFirmware, version = "2.0"): void {
  firmware.state = 0;
  firmware.result = 1;
  firmware.version = version;
  device.register();
}

/** Uploads an image; gives its update id. */
export function upload(world: World, bytes: Uint8Array = new Uint8Array(3_000).fill(7), version = "2.0"): string {
  const image = Buffer.from(bytes).toString("base64");
  const { status, body } = world.rest("POST", "updates", { dtid: TYPE, version, image });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return (body as { readonly data: { readonly updateId: string } }).data.updateId;
}

/** The fields of a task that updates to it. */
export const updateTo = (updateId: string, fields: object = {}): object => ({
  taskType: undefined,
  property: undefined,
  taskParameters: { update: { updateId } },
  ...fields,
});

/** GET of a CoAP resource. */
export const getContent = (path: readonly string[]): CoapContent => ({
  code: "0.01",
  options: sortOptions(path.map((segment) => stringOption(URI_PATH, segment))),
  payload: new Uint8Array(0),
});
