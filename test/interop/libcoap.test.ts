/**
 * libcoap's example programs, from Debian: coap-client registers at our server, our endpoint asks coap-server. Skipped
 * where they are not installed.
 */
import { spawn } from "node:child_process";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Address, address } from "../../src/protocol/address.ts";
import {
  CONTENT_FORMAT,
  sortOptions,
  stringOption,
  URI_PATH,
  URI_QUERY,
  uintOption,
  uintValue,
} from "../../src/protocol/coap/options.ts";
import type { CoapContent, CoapMessage, Code } from "../../src/protocol/coap/types.ts";
import { parseLinks } from "../../src/protocol/lwm2m/link-format.ts";
import { requireTool } from "../tools.ts";
import { type Cloud, DEVICE, openClient, startCloud, until, write } from "./kit.ts";

const PACKAGE = "libcoap3-bin";
const CLIENT = requireTool(["coap-client-notls", "coap-client-openssl", "coap-client-gnutls", "coap-client"], PACKAGE);
const SERVER = requireTool(["coap-server-notls", "coap-server-openssl", "coap-server-gnutls", "coap-server"], PACKAGE);

const REGISTER = `/rd?ep=${DEVICE}&lt=300&lwm2m=1.0&b=U`;
const OBJECTS = '</>;rt="oma.lwm2m",</1/0>,</3/0>';
const LINK_FORMAT_BODY = ["-t", "40", "-e", OBJECTS];

interface ClientRun {
  /** The line in which it shows the message that it received last: `v:1 t:ACK c:2.01 i:2de8 {01} [ … ]`. */
  readonly received: string;
  /** Path of the Location-Path options in that line. */
  readonly location: string;
  readonly sent: number;
}

/** Runs coap-client, which takes a new port each time. */
async function coapClient({ port }: Cloud, method: string, path: string, ...extra: string[]): Promise<ClientRun> {
  // -v 7 shows messages, also what is sent again; -B ends it when there is no answer.
  const parameters = ["-v", "7", "-B", "30", "-m", method, ...extra, `coap://127.0.0.1:${port}${path}`];
  const client = spawn(CLIENT ?? "", parameters, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  client.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  await new Promise((resolve) => client.once("close", resolve));
  const lines = output.split("\n").filter((line) => /v:1 t:/.test(line));
  const isRequest = (line: string): boolean => / c:(GET|POST|PUT|DELETE) /.test(line);
  const received = lines.filter((line) => !isRequest(line)).at(-1) ?? output;
  const location = [...received.matchAll(/Location-Path:([^,\s\]]+)/g)].map(([, segment]) => `/${segment}`).join("");
  return { received, location, sent: lines.filter(isRequest).length };
}

describe.skipIf(CLIENT === undefined)("coap-client at our server", () => {
  it("registers (2.01), updates (2.04), de-registers (2.02), and is then unknown (4.04)", async () => {
    const cloud = await startCloud();
    const registered = await coapClient(cloud, "post", REGISTER, ...LINK_FORMAT_BODY);
    expect(registered.received).toMatch(/t:ACK c:2\.01 .*\[ Location-Path:rd, Location-Path:\w+ \]/);
    expect(await cloud.connection()).toBe("connected");
    const { location } = registered;
    expect((await coapClient(cloud, "post", `${location}?lt=600`)).received).toMatch(/t:ACK c:2\.04 /);
    expect((await coapClient(cloud, "post", location, ...LINK_FORMAT_BODY)).received).toMatch(/t:ACK c:2\.04 /);
    expect((await coapClient(cloud, "delete", location)).received).toMatch(/t:ACK c:2\.02 /);
    expect(await cloud.connection()).toBe("disconnected");
    expect((await coapClient(cloud, "delete", location)).received).toMatch(/t:ACK c:4\.04 /);
  });

  it("registers although its first datagram is lost", async () => {
    const cloud = await startCloud();
    const registered = await coapClient(cloud, "post", REGISTER, ...LINK_FORMAT_BODY, "-l", "1");
    expect(registered.received).toMatch(/t:ACK c:2\.01 /);
    expect(registered.sent).toBeGreaterThan(1);
    expect(await cloud.connection()).toBe("connected");
  });

  it.each([16, 512])(
    "registers a list of 3000 bytes in blocks of %i, with a new token for each (RFC 7959)",
    async (size) => {
      const cloud = await startCloud();
      const list = Array.from({ length: 250 }, (_, instance) => `</3303/${1_000 + instance}>`).join(",");
      const registered = await coapClient(cloud, "post", REGISTER, "-t", "40", "-e", list, "-b", String(size));
      expect(registered.received).toMatch(/t:ACK c:2\.01 /);
      expect(registered.sent).toBeGreaterThanOrEqual(Math.ceil(list.length / size));
      expect(await cloud.connection()).toBe("connected");
    },
  );

  it("gets 4.00 with a diagnostic for a Register that is Non-confirmable, in a message of the same type", async () => {
    const cloud = await startCloud();
    const { received } = await coapClient(cloud, "post", REGISTER, ...LINK_FORMAT_BODY, "-N");
    expect(received).toMatch(/t:NON c:4\.00 .*'Register must be Confirmable'/);
  });

  it.each([
    ["an option that nobody knows and that is critical", ["-O", "65001,0x01"], "4.02"],
    ["an option that nobody knows and that may be ignored", ["-O", "65000,0x01"], "2.01"],
  ])("sends %s: %s %s", async (_, extra, code) => {
    const cloud = await startCloud();
    const { received } = await coapClient(cloud, "post", REGISTER, ...LINK_FORMAT_BODY, ...extra);
    expect(received).toContain(` c:${code} `);
  });

  it("does not keep a task from its queue when it does not answer", async () => {
    const cloud = await startCloud();
    const { location } = await coapClient(cloud, "post", REGISTER, ...LINK_FORMAT_BODY);
    const id = await cloud.createTask(write("timezone", "UTC"));
    // The client has ended: nobody is at its port. It is gone for good when it de-registers.
    await cloud.taskWhen(id, ({ statuses }) => statuses[0]?.status === "PROCESSING");
    await coapClient(cloud, "delete", location);
    const task = await cloud.taskWhen(id, ({ statuses }) => statuses[0]?.status === "QUEUED");
    expect(task.statuses[0]).toMatchObject({ did: DEVICE, status: "QUEUED", numAttempts: 1 });
  });
});

/** Starts coap-server on a port of its choice; it says which. */
async function startCoapServer(): Promise<Address> {
  const server = spawn(SERVER ?? "", ["-A", "127.0.0.1", "-p", "0", "-v", "7"], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => server.once("close", resolve));
  onTestFinished(async () => {
    server.kill();
    await ended;
  });
  let output = "";
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const port = await until("coap-server to listen", () => /created UDP +endpoint 127\.0\.0\.1:(\d+)/.exec(output)?.[1]);
  return address(`127.0.0.1:${port}`);
}

const request = (code: Code, path: readonly string[], query: readonly string[] = [], body?: string): CoapContent => ({
  code,
  options: sortOptions([
    ...path.map((segment) => stringOption(URI_PATH, segment)),
    ...query.map((parameter) => stringOption(URI_QUERY, parameter)),
    ...(body === undefined ? [] : [uintOption(CONTENT_FORMAT, 0)]),
  ]),
  payload: new TextEncoder().encode(body ?? ""),
});

const text = ({ payload }: CoapMessage): string => new TextDecoder().decode(payload);

describe.skipIf(SERVER === undefined)("our endpoint at coap-server", () => {
  it("reads /.well-known/core as links with their attributes", async () => {
    const server = await startCoapServer();
    const client = await openClient();
    const answer = await client.request(server, request("0.01", [".well-known", "core"]));
    expect([answer.code, uintValue(answer, CONTENT_FORMAT)]).toEqual(["2.05", 40]);
    const links = parseLinks(text(answer));
    const found = new Map(links.ok ? links.value.map((link) => [link.path, link.attributes]) : []);
    expect([...found.keys()]).toEqual(expect.arrayContaining(["/", "/time", "/async"]));
    expect(found.get("/time")?.get("if")).toBe("clock");
  });

  it("reads / and /time", async () => {
    const server = await startCoapServer();
    const client = await openClient();
    const root = await client.request(server, request("0.01", []));
    expect([root.type, root.code, text(root)]).toEqual(["ACK", "2.05", expect.stringContaining("libcoap")]);
    const time = await client.request(server, request("0.01", ["time"]));
    expect([time.code, text(time)]).toEqual(["2.05", expect.stringMatching(/\d\d:\d\d:\d\d/)]);
  });

  it("gets a separate response, one second after the empty ACK, and goes on with the next request", async () => {
    const server = await startCoapServer();
    const client = await openClient();
    const [separate, next] = await Promise.all([
      client.request(server, request("0.01", ["async"], ["1"])),
      client.request(server, request("0.01", [])),
    ]);
    expect([separate.type, separate.code, text(separate)]).toEqual(["CON", "2.05", "done"]);
    expect(next.code).toBe("2.05");
  });

  it("writes (2.01, then 2.04), reads back and deletes what it wrote", async () => {
    const server = await startCoapServer();
    const client = await openClient();
    expect((await client.request(server, request("0.03", ["example_data"], [], "héllo"))).code).toMatch(/^2\.0[14]$/);
    expect((await client.request(server, request("0.03", ["example_data"], [], "wörld"))).code).toBe("2.04");
    expect(text(await client.request(server, request("0.01", ["example_data"])))).toBe("wörld");
    expect((await client.request(server, request("0.01", ["nowhere"]))).code).toBe("4.04");
    expect((await client.request(server, request("0.04", ["async"]))).code).toBe("4.05");
  });

  it("writes 3000 bytes in blocks and reads them back in blocks (RFC 7959)", async () => {
    const server = await startCoapServer();
    const client = await openClient();
    const long = "Zürich/".repeat(375);
    expect((await client.request(server, request("0.03", ["example_data"], [], long))).code).toMatch(/^2\.0[14]$/);
    expect(text(await client.request(server, request("0.01", ["example_data"])))).toBe(long);
  });
});
