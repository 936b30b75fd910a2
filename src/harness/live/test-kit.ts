/**
 * For the tests of this folder: a task server that is just enough to be talked to, on real loopback sockets.
 *
 * It provisions whatever it is asked to, registers whoever comes, and reads the time zone of the last device that
 * registered when a task is created. It keeps no promise.
 */
import http from "node:http";
import { pause } from "../../platform/timers.ts";
import { openUdp } from "../../platform/udp.ts";
import type { Address } from "../../protocol/address.ts";
import { decodeMessage, encodeEmpty, encodeMessage, NO_PAYLOAD } from "../../protocol/coap/message.ts";
import { LOCATION_PATH, stringOption, stringOptions, URI_PATH } from "../../protocol/coap/options.ts";
import type { CoapMessage } from "../../protocol/coap/types.ts";
import type { Micros } from "../../protocol/time.ts";
import type { LiveTarget } from "./run-live.ts";

export interface FakeServer {
  readonly target: LiveTarget;
  /** Of each HTTP request: `POST /v1.1/devices`. */
  readonly requests: readonly string[];
  /** The `Authorization` header of the last request. */
  readonly authorization: () => string | undefined;
  /** Without pings. */
  readonly datagrams: readonly { readonly from: Address; readonly message: CoapMessage }[];
  close(): Promise<void>;
}

export interface FakeServerOptions {
  /** Answers a request in another way; `undefined`: as usual. */
  readonly rest?: (line: string) => { readonly status: number; readonly body: unknown } | undefined;
  /** Before each answer. */
  readonly delay?: Micros;
  /** Default true. */
  readonly answersPings?: boolean;
}

export async function startFakeServer(options: FakeServerOptions = {}): Promise<FakeServer> {
  const udp = await openUdp({ host: "127.0.0.1" });
  const requests: string[] = [];
  const datagrams: { from: Address; message: CoapMessage }[] = [];
  let authorization: string | undefined;
  let device: Address | undefined;
  let messageId = 100;

  udp.onMessage((from, bytes) => {
    const decoded = decodeMessage(bytes);
    if (!decoded.ok) return;
    const message = decoded.value;
    if (message.code === "0.00" && message.type === "CON") {
      if (options.answersPings !== false) udp.send(from, encodeEmpty("RST", message.messageId));
      return;
    }
    datagrams.push({ from, message });
    if (message.type !== "CON") return;
    device = from;
    const isRegister = stringOptions(message, URI_PATH).join("/") === "rd";
    udp.send(
      from,
      encodeMessage({
        type: "ACK",
        code: isRegister ? "2.01" : "2.04",
        messageId: message.messageId,
        token: message.token,
        options: isRegister ? [stringOption(LOCATION_PATH, "rd"), stringOption(LOCATION_PATH, "1")] : [],
        payload: NO_PAYLOAD,
      }),
    );
  });

  const readTimezone = (): void => {
    if (device === undefined) return;
    const options = ["3", "0", "15"].map((segment) => stringOption(URI_PATH, segment));
    const message = {
      type: "CON",
      code: "0.01",
      messageId: messageId++,
      token: "aa",
      options,
      payload: NO_PAYLOAD,
    } as const;
    udp.send(device, encodeMessage(message));
  };

  const web = http.createServer((request, response) => {
    const line = `${request.method} ${request.url}`;
    requests.push(line);
    authorization = request.headers.authorization;
    request.resume().on("end", () => {
      const created = request.method === "POST" && request.url === "/v1.1/devicemgmt/tasks";
      const usual = { status: request.method === "POST" ? 201 : 200, body: { data: created ? { id: "task-1" } : {} } };
      const { status, body } = options.rest?.(line) ?? usual;
      response.writeHead(status, { "Content-Type": "application/json" });
      const answer = (): void => void response.end(JSON.stringify(body));
      // Whoever reads its sockets in the order in which they have something reads the whole answer first.
      if (created) response.flushHeaders();
      if (created) readTimezone();
      if (options.delay === undefined) answer();
      else void pause(options.delay).then(answer);
    });
  });
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  const at = web.address();

  return {
    target: { http: `http://127.0.0.1:${typeof at === "object" ? at?.port : ""}/v1.1`, coap: udp.address, token: "T" },
    requests,
    authorization: () => authorization,
    datagrams,
    async close() {
      const closed = new Promise((resolve) => web.close(resolve));
      web.closeAllConnections();
      await Promise.all([closed, udp.close()]);
    },
  };
}
