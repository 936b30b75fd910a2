/**
 * node-coap, an independent implementation of CoAP: as a client that registers, and, client and server on one socket as
 * LwM2M has it, as a device that carries out tasks.
 */
import dgram from "node:dgram";
import { Agent, createServer, type IncomingMessage, type OutgoingMessage } from "coap";
import { parse } from "coap-packet";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Cloud, DEVICE, execute, read, startCloud, until, write } from "./kit.ts";

const REGISTER = `ep=${DEVICE}&lt=300&lwm2m=1.0&b=U`;
const OBJECTS = '</>;rt="oma.lwm2m",</1/0>,</3/0>';

interface Answer {
  readonly code: string;
  readonly text: string;
  /** Location-Path, option by option. */
  readonly location: readonly string[];
}

type Send = (
  method: "GET" | "POST" | "DELETE",
  path: string,
  extra?: { readonly query?: string; readonly payload?: string; readonly confirmable?: boolean },
) => Promise<Answer>;

const clientOf =
  (agent: Agent, { port }: Cloud): Send =>
  (method, pathname, { query, payload = "", confirmable = true } = {}) =>
    new Promise((resolve, reject) => {
      const request = agent.request({
        hostname: "127.0.0.1",
        port,
        method,
        pathname,
        confirmable,
        ...(query === undefined ? {} : { query }),
        ...(payload === "" ? {} : { options: { "Content-Format": "application/link-format" } }),
      });
      request.on("response", ({ code, payload: answered, _packet }: IncomingMessage) => {
        const location = (_packet.options ?? []).filter(({ name }) => name === "Location-Path");
        resolve({ code, text: answered.toString(), location: location.map(({ value }) => String(value)) });
      });
      request.on("error", reject);
      request.end(payload);
    });

async function openClient(cloud: Cloud): Promise<Send> {
  const agent = new Agent({ type: "udp4" });
  onTestFinished(() => void agent.close());
  return clientOf(agent, cloud);
}

describe("node-coap as a client", () => {
  it("registers (2.01 rd/x), updates (2.04), de-registers (2.02), and is then unknown (4.04)", async () => {
    const cloud = await startCloud();
    const send = await openClient(cloud);
    const registered = await send("POST", "/rd", { query: REGISTER, payload: OBJECTS });
    expect(registered).toEqual({ code: "2.01", text: "", location: ["rd", expect.stringMatching(/^\w+$/)] });
    expect(await cloud.connection()).toBe("connected");
    const path = `/${registered.location.join("/")}`;
    expect((await send("POST", path, { query: "lt=600" })).code).toBe("2.04");
    expect((await send("POST", path, { payload: OBJECTS })).code).toBe("2.04");
    expect((await send("DELETE", path)).code).toBe("2.02");
    expect(await cloud.connection()).toBe("disconnected");
    expect((await send("DELETE", path)).code).toBe("4.04");
    expect((await send("POST", path)).code).toBe("4.04");
  });

  it("gets another location when it registers again, and 4.04 at the old one", async () => {
    const cloud = await startCloud();
    const send = await openClient(cloud);
    const [first, second] = [
      await send("POST", "/rd", { query: REGISTER, payload: OBJECTS }),
      await send("POST", "/rd", { query: REGISTER, payload: OBJECTS }),
    ];
    expect([first.code, second.code]).toEqual(["2.01", "2.01"]);
    expect(second.location).not.toEqual(first.location);
    expect((await send("POST", `/${first.location.join("/")}`)).code).toBe("4.04");
    expect((await send("POST", `/${second.location.join("/")}`)).code).toBe("2.04");
  });

  it.each([
    ["no endpoint name", "POST", "/rd", { query: "lt=300", payload: OBJECTS }, "4.00", /\(ep\)/],
    ["version 2.0", "POST", "/rd", { query: `ep=${DEVICE}&lwm2m=2.0`, payload: OBJECTS }, "4.12", /versions/],
    ["an object list that is none", "POST", "/rd", { query: REGISTER, payload: "<3/0" }, "4.00", /object list/],
    [
      "Register that is Non-confirmable",
      "POST",
      "/rd",
      { query: REGISTER, payload: OBJECTS, confirmable: false },
      "4.00",
      /Confirmable/,
    ],
    ["GET /rd", "GET", "/rd", {}, "4.05", /^$/],
    ["another path", "GET", "/elsewhere", {}, "4.04", /^$/],
  ] as const)("is told what is wrong with %s", async (_, method, path, extra, code, text) => {
    const cloud = await startCloud();
    const send = await openClient(cloud);
    expect(await send(method, path, extra)).toEqual({ code, text: expect.stringMatching(text), location: [] });
    expect(await cloud.connection()).toBe("disconnected");
  });
});

/** How it answers; the library sends an empty ACK by itself when `end` is not called within 50 ms. */
type Behaviour = (request: IncomingMessage, response: OutgoingMessage) => void;

/** A device of node-coap: client and server on one socket, registered. */
async function startDevice(cloud: Cloud, behaviour: Behaviour) {
  const socket = dgram.createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const requests: string[] = [];
  /** Empty ACKs that arrived: the server's acknowledgements of separate responses. */
  let acknowledgements = 0;
  socket.on("message", (bytes) => {
    const { ack, code } = parse(bytes);
    if (ack && code === "0.00") acknowledgements++;
  });
  const server = createServer((request: IncomingMessage, response: OutgoingMessage) => {
    requests.push(`${request.method} ${request.url} ${request.payload.toString()}`.trim());
    behaviour(request, response);
  });
  await new Promise<void>((resolve) => server.listen(socket, () => resolve()));
  const agent = new Agent({ type: "udp4", socket });
  onTestFinished(async () => {
    await new Promise((resolve) => server.close(resolve));
    // The library does not close a socket that it did not open.
    await new Promise<void>((resolve) => socket.close(resolve));
  });
  const send = clientOf(agent, cloud);
  const { code, location } = await send("POST", "/rd", { query: REGISTER, payload: OBJECTS });
  expect(code).toBe("2.01");
  return { requests, send, path: `/${location.join("/")}`, acknowledgements: () => acknowledgements };
}

const respond = (response: OutgoingMessage, code: string, text = ""): void => {
  response.code = code;
  if (text !== "") response.setOption("Content-Format", "text/plain");
  response.end(text);
};

describe("node-coap as a device, registered from the socket that it serves on", () => {
  it("carries out R, W and E with piggybacked responses, and the mirror has what was read and written", async () => {
    const cloud = await startCloud();
    const device = await startDevice(cloud, ({ method }, response) =>
      method === "GET" ? respond(response, "2.05", "Acme") : respond(response, "2.04"),
    );
    expect(await cloud.carryOut(read("manufacturer"))).toBe("SUCCEEDED");
    expect(await cloud.carryOut(write("timezone", "Europe/Zürich"))).toBe("SUCCEEDED");
    expect(await cloud.carryOut(execute("reboot"))).toBe("SUCCEEDED");
    expect(device.requests).toEqual(["GET /3/0/0", "PUT /3/0/15 Europe/Zürich", "POST /3/0/4"]);
    expect(device.acknowledgements()).toBe(0);
    expect(await cloud.mirror()).toEqual({ manufacturer: "Acme", timezone: "Europe/Zürich" });
    expect((await device.send("DELETE", device.path)).code).toBe("2.02");
  });

  it("carries them out with separate responses, which the server acknowledges, each request once", async () => {
    const cloud = await startCloud();
    const device = await startDevice(cloud, ({ method }, response) => {
      setTimeout(() => (method === "GET" ? respond(response, "2.05", "Acme") : respond(response, "2.04")), 150);
    });
    expect(await cloud.carryOut(read("manufacturer"))).toBe("SUCCEEDED");
    expect(await cloud.carryOut(write("timezone", "UTC"))).toBe("SUCCEEDED");
    expect(await cloud.carryOut(execute("reboot"))).toBe("SUCCEEDED");
    await until("the last acknowledgement", () => (device.acknowledgements() === 3 ? true : undefined));
    expect(device.requests).toEqual(["GET /3/0/0", "PUT /3/0/15 UTC", "POST /3/0/4"]);
    expect(await cloud.mirror()).toEqual({ manufacturer: "Acme", timezone: "UTC" });
  });

  it.each([
    ["4.00", "no such zone", "FAILED 4000 no such zone"],
    ["4.04", "", "FAILED 4040 Resource is not found"],
    ["4.05", "", "FAILED 4050 Method is not allowed"],
    ["5.03", "", "FAILED 5000 CoAP 5.03"],
  ])("answers %s %j: %s, and the mirror stays as it was", async (code, text, outcome) => {
    const cloud = await startCloud();
    await startDevice(cloud, (_, response) => respond(response, code, text));
    expect(await cloud.carryOut(write("timezone", "UTC"))).toBe(outcome);
    expect(await cloud.mirror()).toBeUndefined();
  });

  it("gets what was queued before it registered, in the order of creation", async () => {
    const cloud = await startCloud();
    const ids = [
      await cloud.createTask(write("timezone", "UTC")),
      await cloud.createTask(execute("reboot")),
      await cloud.createTask(read("manufacturer")),
    ];
    const device = await startDevice(cloud, ({ method }, response) =>
      method === "GET" ? respond(response, "2.05", "Acme") : respond(response, "2.04"),
    );
    for (const id of ids) await cloud.taskWhen(id, ({ status }) => status === "COMPLETE");
    expect(device.requests).toEqual(["PUT /3/0/15 UTC", "POST /3/0/4", "GET /3/0/0"]);
  });
});
