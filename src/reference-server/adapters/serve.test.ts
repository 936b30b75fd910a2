import { afterEach, describe, expect, it } from "vitest";
import { openUdp } from "../../platform/udp.ts";
import { address } from "../../protocol/address.ts";
import { decodeMessage, encodeMessage } from "../../protocol/coap/message.ts";
import { LOCATION_PATH, stringOptions, URI_PATH } from "../../protocol/coap/options.ts";
import type { CoapMessage } from "../../protocol/coap/types.ts";
import { registerContent } from "../../protocol/lwm2m/registration-requests.ts";
import { EMPTY_PROFILE } from "../../protocol/profile.ts";
import { millis } from "../../protocol/time.ts";
import type { RunningServer } from "./host.ts";
import { readyLine, type ServeOptions, startServer } from "./serve.ts";

const running: RunningServer[] = [];
const start = async (options: Partial<ServeOptions> = {}): Promise<RunningServer> => {
  const server = await startServer({
    profile: EMPTY_PROFILE,
    onBug: (error) => {
      throw error;
    },
    ...options,
  });
  running.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close(millis(100))));
});

const PROVISION = {
  deviceTypes: [{ dtid: "sensor", name: "Sensor" }],
  devices: [{ did: "d1", dtid: "sensor", name: "One" }],
};
const post = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

/** A device in ten lines: registers, answers every request with 2.04, and tells what it was asked. */
async function register(server: RunningServer, endpoint: string) {
  const peer = address(server.coap.slice("coap://".length));
  const socket = await openUdp({ peer });
  const requests: string[] = [];
  const registered = new Promise<CoapMessage>((resolve) => {
    socket.onMessage((_, bytes) => {
      const decoded = decodeMessage(bytes);
      if (!decoded.ok) return;
      const { type, code, messageId, token } = decoded.value;
      if (type === "ACK") return resolve(decoded.value);
      requests.push(`${code} /${stringOptions(decoded.value, URI_PATH).join("/")}`);
      socket.send(
        peer,
        encodeMessage({ type: "ACK", code: "2.04", messageId, token, options: [], payload: new Uint8Array(0) }),
      );
    });
  });
  const content = registerContent({
    endpoint,
    lifetime: 300,
    version: "1.0",
    binding: "U",
    objects: [{ path: "/3/0", attributes: new Map() }],
  });
  socket.send(peer, encodeMessage({ ...content, type: "CON", messageId: 1, token: "01" }));
  return { answer: await registered, requests, socket };
}

describe("startServer", () => {
  it("is ready on free loopback ports, and says so in one line", async () => {
    const server = await start();
    expect(JSON.parse(readyLine(server))).toEqual({ ready: true, http: server.http, coap: server.coap });
    expect(server.http).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\.1$/);
    expect(server.coap).toMatch(/^coap:\/\/127\.0\.0\.1:\d+$/);
  });

  it("listens on a name at the numeric address that it has, for both interfaces", async () => {
    const server = await start({ host: "localhost" });
    expect(server.http).toMatch(/^http:\/\/(127\.0\.0\.1|\[::1\]):\d+\/v1\.1$/);
    expect(server.coap).toMatch(/^coap:\/\/(127\.0\.0\.1|\[::1\]):\d+$/);
  });

  it("says which name does not resolve, and what to give instead", async () => {
    const error = {
      code: "host-not-found",
      message: expect.stringMatching(/^--host nohost\.invalid names a host .*; /),
    };
    await expect(start({ host: "nohost.invalid", token: "secret" })).rejects.toMatchObject(error);
  });

  it("carries a task over HTTP and UDP to the device and back: W of the time zone SUCCEEDED", async () => {
    const server = await start({ provision: PROVISION });
    const device = await register(server, "d1");
    expect(device.answer.code).toBe("2.01");
    expect(stringOptions(device.answer, LOCATION_PATH)[0]).toBe("rd");
    const task = {
      dtid: "sensor",
      dids: ["d1"],
      taskType: "W",
      property: "deviceProperties.device.timezone",
      taskParameters: { value: "UTC" },
    };
    const created = await post(`${server.http}/devicemgmt/tasks`, task);
    expect(created.status).toBe(201);
    const { data } = (await created.json()) as { data: { id: string } };
    let status = "";
    while (status !== "COMPLETE") {
      status = (
        (await (await fetch(`${server.http}/devicemgmt/tasks/${data.id}`)).json()) as { data: { status: string } }
      ).data.status;
    }
    expect(device.requests).toEqual(["0.03 /3/0/15"]);
    await device.socket.close();
  });

  it("survives 200 datagrams of garbage, and registers a device afterwards", async () => {
    const server = await start({ open: true });
    const peer = address(server.coap.slice("coap://".length));
    const attacker = await openUdp({ peer });
    for (let i = 0; i < 200; i++)
      attacker.send(
        peer,
        Uint8Array.from({ length: i % 40 }, (_, at) => (i * 31 + at * 17 + 0x40) & 0xff),
      );
    const { answer, socket } = await register(server, "anybody");
    expect(answer.code).toBe("2.01");
    await attacker.close();
    await socket.close();
  });

  it("wants the token that it was given, and provisions with it", async () => {
    const server = await start({ token: "secret", provision: PROVISION });
    const url = `${server.http}/devicemgmt/devices/d1/properties`;
    expect((await fetch(url)).status).toBe(401);
    expect((await fetch(url, { headers: { Authorization: "Bearer secret" } })).status).toBe(200);
  });

  it("refuses to be open to other machines without a token", async () => {
    await expect(startServer({ profile: EMPTY_PROFILE, host: "0.0.0.0" })).rejects.toMatchObject({
      name: "UsageError",
      code: "conflict",
      message: expect.stringContaining("--token"),
    });
  });

  it("refuses a device of a type that does not exist, and says which and why", async () => {
    await expect(
      start({ provision: { deviceTypes: [], devices: [{ did: "d1", dtid: "none" }] } }),
    ).rejects.toMatchObject({
      name: "UsageError",
      code: "bad-file",
      message: expect.stringMatching(/POST \/devices .*"none".* is refused: HTTP 4\d\d/),
    });
  });
});
