/** Devices by other authors, from their datagrams: nothing has to be installed to see that they are still understood. */
import { describe, expect, it } from "vitest";
import { address } from "../../src/protocol/address.ts";
import type { ServerEffect } from "../../src/protocol/server-port.ts";
import type { DeviceTaskView } from "../../src/reference-server/test-calls.ts";
import { createWorld, type World } from "../../src/reference-server/test-kit.ts";
import { RECORDED_DEVICES, type RecordedExchange } from "./recorded-devices.ts";

const FROM = address("192.0.2.200:40000");
/** Type and token length, code, message id, and a token of four bytes. */
const HEADER = 8;

const sentBy = (effects: readonly ServerEffect[]): readonly Uint8Array[] =>
  effects.flatMap((effect) => (effect.kind === "send" ? [effect.bytes] : []));

const receive = (world: World, bytes: Uint8Array): readonly Uint8Array[] =>
  sentBy(world.input({ kind: "datagram", from: FROM, bytes }));

const data = (world: World, method: string, path: string, body?: unknown): Record<string, unknown> =>
  (world.rest(method, path, body).body as { readonly data: Record<string, unknown> }).data;

const bytesFromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const hexFromBytes = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** Creates the task and gives its id and the one datagram that leaves for it. */
function ask(world: World, endpoint: string, { type, name }: RecordedExchange) {
  const effects = world.input({
    kind: "rest",
    ticket: 1_000_000,
    request: {
      method: "POST",
      path: ["devicemgmt", "tasks"],
      query: {},
      body: {
        dtid: "default",
        dids: [endpoint],
        taskType: type,
        property: name === "" ? "deviceProperties.device" : `deviceProperties.device.${name}`,
        ...(type === "W" ? { taskParameters: { value: "+02:00" } } : {}),
      },
    },
  });
  const answer = effects.find((effect) => effect.kind === "answer");
  if (answer === undefined) throw new Error("no answer");
  const { id } = (answer.response.body as { readonly data: { readonly id: string } }).data;
  const [request = new Uint8Array(0)] = sentBy(effects);
  return { id, request };
}

/** The recorded answer, to the request of now. */
function answerTo(request: Uint8Array, recorded: string): Uint8Array {
  const answer = bytesFromHex(recorded);
  answer.set(request.subarray(2, HEADER), 2);
  return answer;
}

const outcomeOf = (world: World, id: string): string => {
  const { statuses } = data(world, "GET", `devicemgmt/tasks/${id}/statuses`);
  const [first] = statuses as readonly DeviceTaskView[];
  return [first?.status, first?.errorCode, first?.errorMessage].filter((part) => part !== undefined).join(" ");
};

describe.each(RECORDED_DEVICES)("$client, as it was recorded", (device) => {
  const registered = (): { readonly world: World; readonly answer: string } => {
    const world = createWorld({ open: true });
    const [answer = new Uint8Array(0)] = receive(world, bytesFromHex(device.register));
    return { world, answer: hexFromBytes(answer) };
  };

  it("registers: 2.01 with the message id and token of its request", () => {
    const { answer } = registered();
    const tokenLength = Number.parseInt(device.register.slice(1, 2), 16);
    expect(answer.slice(0, 2)).toBe(`6${tokenLength}`);
    expect(answer.slice(2, 4)).toBe("41");
    expect(answer.slice(4, 8 + 2 * tokenLength)).toBe(device.register.slice(4, 8 + 2 * tokenLength));
  });

  it(`is known by LwM2M ${device.version}${device.queueMode ? ", in queue mode" : ""}`, () => {
    const { world } = registered();
    const rows = world.store.perform({ kind: "query", ticket: 0, table: "registration" });
    const values = rows.kind === "rows" ? rows.rows.map(({ value }) => value) : [];
    expect(values).toMatchObject([{ did: device.endpoint, version: device.version, queueMode: device.queueMode }]);
  });

  it("is asked what it was asked then, and its answers mean what they meant", () => {
    const { world } = registered();
    expect(device.exchanges.length).toBeGreaterThan(2);
    for (const exchange of device.exchanges) {
      const { id, request } = ask(world, device.endpoint, exchange);
      expect(hexFromBytes(request.subarray(HEADER))).toBe(exchange.request);
      receive(world, answerTo(request, exchange.answer));
      expect([exchange.name, outcomeOf(world, id)]).toEqual([exchange.name, exchange.outcome]);
    }
    const { deviceProperties } = data(world, "GET", `devicemgmt/devices/${device.endpoint}/properties`);
    expect(deviceProperties).toEqual({ device: device.mirror });
  });
});
