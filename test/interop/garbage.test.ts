/**
 * What no client should send, to a live server: it goes on serving, says what is wrong where it can, and loses nothing.
 *
 * In each test a task waits for a device before the garbage comes; afterwards the device registers and the task is done.
 */
import dgram from "node:dgram";
import net from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { createRandomSource } from "../../src/platform/random.ts";
import { decodeMessage, encodeMessage, NO_OPTIONS, NO_PAYLOAD } from "../../src/protocol/coap/message.ts";
import type { CoapMessage } from "../../src/protocol/coap/types.ts";
import { registerContent } from "../../src/protocol/lwm2m/registration-requests.ts";
import { type Cloud, DEVICE, startCloud, TYPE, until, write } from "./kit.ts";

const REGISTER = registerContent({
  endpoint: DEVICE,
  lifetime: 300,
  version: "1.0",
  binding: "U",
  objects: [{ path: "/3/0", attributes: new Map() }],
});
const registerBytes = (messageId: number): Uint8Array =>
  encodeMessage({ ...REGISTER, type: "CON", messageId, token: "0a0b" });

/** A socket that keeps what comes back. */
async function openSocket({ port }: Cloud) {
  const socket = dgram.createSocket("udp4");
  const received: Uint8Array[] = [];
  socket.on("message", (bytes) => received.push(new Uint8Array(bytes)));
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => socket.close(() => resolve())));
  return {
    received,
    /** Settles when the datagram is with the system: more than its buffer holds would be lost without a word. */
    send: (bytes: Uint8Array) =>
      new Promise<void>((resolve, reject) =>
        socket.send(bytes, port, "127.0.0.1", (error) => (error === null ? resolve() : reject(error))),
      ),
  };
}

type Socket = Awaited<ReturnType<typeof openSocket>>;

const messages = (received: readonly Uint8Array[]): readonly CoapMessage[] =>
  received.flatMap((bytes) => {
    const decoded = decodeMessage(bytes);
    return decoded.ok ? [decoded.value] : [];
  });

/** A ping: the server answers datagrams in their order, so what came before it has been dealt with. RFC 7252 §4.3 */
async function ping({ send, received }: Socket, messageId: number): Promise<void> {
  await send(
    encodeMessage({ type: "CON", code: "0.00", messageId, token: "", options: NO_OPTIONS, payload: NO_PAYLOAD }),
  );
  await until("the RST", () => messages(received).find((m) => m.type === "RST" && m.messageId === messageId));
}

const pendingTask = (cloud: Cloud): Promise<string> => cloud.createTask(write("timezone", "UTC"));

/** The task that waited is carried out: the server has survived, and forgotten nothing. */
async function expectCompletion(cloud: Cloud, id: string): Promise<void> {
  const waiting = await cloud.taskWhen(id, () => true);
  expect(waiting).toMatchObject({
    status: "PROCESSING",
    statuses: [{ did: DEVICE, status: "QUEUED", numAttempts: 0 }],
  });
  const device = await openSocket(cloud);
  await device.send(registerBytes(1));
  const put = await until("the request", () => messages(device.received).find(({ code }) => code === "0.03"));
  const { messageId, token } = put;
  const changed = { type: "ACK", code: "2.04", messageId, token, options: NO_OPTIONS, payload: NO_PAYLOAD } as const;
  await device.send(encodeMessage(changed));
  const done = await cloud.taskWhen(id, ({ status }) => status === "COMPLETE");
  expect(done.statuses).toMatchObject([{ did: DEVICE, status: "SUCCEEDED", numAttempts: 1 }]);
}

describe("datagrams that are no messages", () => {
  it("survives 2,000 of random bytes, 0 to 200 long, and a Register cut off at each of its bytes", async () => {
    const cloud = await startCloud();
    const id = await pendingTask(cloud);
    const attacker = await openSocket(cloud);
    const draw = createRandomSource("garbage")("bytes");
    for (let i = 0; i < 2_000; i++) {
      await attacker.send(Uint8Array.from({ length: draw() % 200 }, () => draw() & 0xff));
    }
    const whole = registerBytes(7);
    // None of its beginnings is a Register: the object list comes last, and is not closed before the last byte.
    for (let length = 0; length < whole.length; length++) await attacker.send(whole.subarray(0, length));
    await ping(attacker, 0xfffe);
    await expectCompletion(cloud, id);
  });

  it.each([
    ["nothing at all", [], "silence"],
    ["three bytes", [0x40, 0x01, 0x00], "silence"],
    ["version 0", [0x00, 0x01, 0x12, 0x34], "silence"],
    ["version 2", [0x80, 0x01, 0x12, 0x34], "silence"],
    ["version 3", [0xc0, 0x01, 0x12, 0x34], "silence"],
    ["a token of 9 bytes", [0x49, 0x01, 0x12, 0x34, 1, 2, 3, 4, 5, 6, 7, 8, 9], "RST"],
    ["a token of 15 bytes that is not there", [0x4f, 0x01, 0x12, 0x34], "RST"],
    ["a token that is cut off", [0x44, 0x01, 0x12, 0x34, 1, 2], "RST"],
    ["an option that is cut off", [0x40, 0x01, 0x12, 0x34, 0xb8, 0x72], "RST"],
    ["an option of length 15", [0x40, 0x01, 0x12, 0x34, 0xbf, 0x72], "RST"],
    ["a payload marker without a payload", [0x40, 0x01, 0x12, 0x34, 0xff], "RST"],
    ["an empty message with a token", [0x41, 0x00, 0x12, 0x34, 0x01], "RST"],
    ["a ping", [0x40, 0x00, 0x12, 0x34], "RST"],
    ["a code of a reserved class", [0x40, 0x20, 0x12, 0x34], "RST"],
    ["a response to nothing", [0x40, 0x45, 0x12, 0x34], "RST"],
    ["an acknowledgement of nothing", [0x60, 0x00, 0x12, 0x34], "silence"],
    ["a reset of nothing", [0x70, 0x00, 0x12, 0x34], "silence"],
    ["a malformed Non-confirmable message", [0x50, 0x01, 0x12, 0x34, 0xff], "silence"],
  ] as const)("answers %s as RFC 7252 §3, §4.2 and §4.3 say: %s → %s", async (_, bytes, answer) => {
    const cloud = await startCloud();
    const id = await pendingTask(cloud);
    const attacker = await openSocket(cloud);
    await attacker.send(Uint8Array.from(bytes));
    await ping(attacker, 0x4321);
    const answers = messages(attacker.received).filter(({ messageId }) => messageId !== 0x4321);
    expect(answers.map(({ type, code, messageId }) => `${type} ${code} ${messageId.toString(16)}`)).toEqual(
      answer === "RST" ? ["RST 0.00 1234"] : [],
    );
    await expectCompletion(cloud, id);
  });

  it("survives the largest datagrams that UDP can carry, of zeros, of ones, and with a payload of 65,000 bytes", async () => {
    const cloud = await startCloud();
    const id = await pendingTask(cloud);
    const attacker = await openSocket(cloud);
    const largest = 65_507;
    for (const byte of [0x00, 0x40, 0xff]) await attacker.send(new Uint8Array(largest).fill(byte));
    await ping(attacker, 1);
    const huge = { ...REGISTER, payload: new TextEncoder().encode("</3/0>,".repeat(9_285)) };
    await attacker.send(encodeMessage({ ...huge, type: "CON", messageId: 2, token: "" }));
    await ping(attacker, 3);
    const answer = messages(attacker.received).find(({ type, messageId }) => type === "ACK" && messageId === 2);
    expect(answer?.code).toMatch(/^4\./);
    await expectCompletion(cloud, id);
  });
});

const JSON_TYPE = { "Content-Type": "application/json" };

describe("requests that are no requests of the API", () => {
  it.each([
    ["half a body", "POST", "devicemgmt/tasks", '{"dtid":', 400, 4001],
    ["a body that is no JSON", "POST", "devicemgmt/tasks", "dtid=type", 400, 4001],
    ["a body that is no object", "POST", "devicemgmt/tasks", "[]", 400, 4001],
    ["null", "POST", "devicemgmt/tasks", "null", 400, 4001],
    ["no body", "POST", "devicemgmt/tasks", undefined, 400, 4001],
    ["numbers for ids", "POST", "devicemgmt/tasks", '{"dtid":1,"dids":[2],"taskType":"R","property":3}', 400, 4001],
    [
      "a body 10,000 deep",
      "POST",
      `devicemgmt/devices/${DEVICE}/serverproperties`,
      `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`,
      400,
      4001,
    ],
    ["a prototype", "POST", "devicemgmt/tasks", '{"__proto__":{"dtid":"type"},"constructor":1}', 400, 4001],
    ["5 MiB", "POST", "devicemgmt/tasks", `"${"x".repeat(5 << 20)}"`, 413, 413],
    ["DELETE of tasks", "DELETE", "devicemgmt/tasks", undefined, 405, 405],
    ["PATCH of a device type", "PATCH", `devicemgmt/devicetypes/${TYPE}`, "{}", 405, 405],
    ["a path that is not there", "GET", "devicemgmt/nothing", undefined, 404, 404],
    ["a path that is no UTF-8", "GET", "devicemgmt/tasks/%ff", undefined, 400, 4001],
    ["a path out of the base path", "GET", "../../etc/passwd", undefined, 404, 404],
    ["an id that is a property of objects", "GET", "devicemgmt/tasks/__proto__", undefined, 404, 404],
    ["an id of 8,000 characters", "GET", `devicemgmt/tasks/${"x".repeat(8_000)}`, undefined, 404, 404],
  ] as const)("answers %s with the envelope", async (_, method, path, body, status, code) => {
    const cloud = await startCloud();
    const id = await pendingTask(cloud);
    const answer = await fetch(`${cloud.http}/${path}`, {
      method,
      headers: JSON_TYPE,
      ...(body === undefined ? {} : { body }),
    });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({
      error: expect.objectContaining({ code, message: expect.stringMatching(/./) }),
    });
    await expectCompletion(cloud, id);
  });

  it("survives connections that say half of something, or nothing, and then hang or break off", async () => {
    const cloud = await startCloud();
    const id = await pendingTask(cloud);
    const head = "POST /v1.1/devicemgmt/tasks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    const says = [
      "",
      "GE",
      "\u0016\u0003\u0001\u0002\u0000 no TLS here",
      head,
      `${head}Content-Length: 1000\r\n\r\n{"dtid":`,
      `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
      `${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\n`,
      "GET / HTTP/9.9\r\n\r\n",
      "BREW /v1.1/devices HTTP/1.1\r\nHost: x\r\n\r\n",
      `GET /v1.1/${"x".repeat(100_000)} HTTP/1.1\r\n`,
    ];
    for (const breaksOff of [true, false]) {
      for (const said of says) {
        const connection = net.connect(Number(new URL(cloud.http).port), "127.0.0.1");
        connection.on("error", () => undefined);
        onTestFinished(() => void connection.destroy());
        await new Promise<void>((resolve) => connection.write(said === "" ? "\r\n" : said, () => resolve()));
        if (breaksOff) connection.resetAndDestroy();
      }
    }
    await expectCompletion(cloud, id);
  });

  it("stops although connections hang", async () => {
    const cloud = await startCloud();
    const connection = net.connect(Number(new URL(cloud.http).port), "127.0.0.1");
    connection.on("error", () => undefined);
    const closed = new Promise((resolve) => connection.once("close", resolve));
    const head =
      "POST /v1.1/devices HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nContent-Type: application/json\r\n\r\n";
    await new Promise<void>((resolve) => connection.write(head, () => resolve()));
    await cloud.stop();
    await closed;
  });
});

it("survives everything at once while tasks are carried out: 50 tasks, each done once", async () => {
  const cloud = await startCloud();
  const device = await openSocket(cloud);
  const attacker = await openSocket(cloud);
  const draw = createRandomSource("garbage")("mixed");
  const done = new Set<number>();
  let answered = 0;
  const answer = async (): Promise<void> => {
    for (const message of messages(device.received.slice(answered))) {
      if (message.code !== "0.03") continue;
      const { messageId, token } = message;
      done.add(messageId);
      const options = { options: NO_OPTIONS, payload: NO_PAYLOAD };
      await device.send(encodeMessage({ type: "ACK", code: "2.04", messageId, token, ...options }));
    }
    answered = device.received.length;
  };
  await device.send(registerBytes(1));
  await until("the registration", () => messages(device.received).find(({ code }) => code === "2.01"));
  const ids: string[] = [];
  for (let i = 0; i < 50; i++) {
    ids.push(await pendingTask(cloud));
    for (let j = 0; j < 20; j++) {
      const source = draw() % 2 === 0 ? attacker : device;
      // No Register can come out of this: the method is GET, or the version is wrong.
      await source.send(
        Uint8Array.from([0x40 | (draw() & 0x8f), 0x01, ...Array.from({ length: 20 }, () => draw() & 0xff)]),
      );
    }
    await fetch(`${cloud.http}/devicemgmt/tasks`, { method: "POST", headers: JSON_TYPE, body: "{" });
    await answer();
  }
  for (const id of ids) {
    const task = await until("the task", async () => {
      await answer();
      const now = await cloud.taskWhen(id, () => true);
      return now.status === "COMPLETE" ? now : undefined;
    });
    expect(task.statuses).toMatchObject([{ did: DEVICE, status: "SUCCEEDED", numAttempts: 1 }]);
  }
  // A copy of a request has the message id of the first; another attempt would have one of its own.
  expect(done.size).toBe(50);
});
