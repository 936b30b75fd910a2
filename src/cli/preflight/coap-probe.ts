/**
 * The CoAP side of `preflight`, spoken by an independent implementation: what it and the target agree on does not rest
 * on our own codec. Knows nothing about LwM2M.
 */
import { Agent, createServer, type IncomingMessage, type OutgoingMessage } from "coap";
import { pause } from "../../platform/timers.ts";
import { openPlainUdp } from "../../platform/udp.ts";
import { millis } from "../../protocol/time.ts";
import { type Answered, answerOf, type DeviceRequest } from "./device.ts";
import type { CoapProbeOutcome, CoapProbeRequest, PreflightProbes, PreflightTarget } from "./probes.ts";

/** Milliseconds, for one exchange with its retransmissions. */
const PATIENCE = 3_000;

export const openCoapProbe: PreflightProbes["openCoap"] = (target) => {
  const socket = openPlainUdp(target.coapHost.includes(":") ? 6 : 4);
  // One socket for both roles. Left to itself, the agent takes another port after each answer.
  const agent = new Agent({ socket });
  const device = createServer();
  const answered: Answered[] = [];
  device.on("request", (incoming: IncomingMessage, outgoing: OutgoingMessage) => {
    const request = requestIn(incoming);
    const { code, format, payload } = answerOf(request);
    answered.push({ request, code });
    outgoing.code = code;
    if (format !== undefined) outgoing.setOption("Content-Format", bytesOf(format));
    outgoing.end(Buffer.from(payload));
  });
  // What the system finds out later shows as an answer that does not come.
  for (const side of [agent, device]) side.on("error", () => undefined);
  device.listen(socket);
  return {
    send: (request) => exchange(agent, target, request),
    answered: () => answered,
    close() {
      agent.close();
      device.close();
      socket.close();
    },
  };
};

function exchange(
  agent: Agent,
  { coapHost, coapPort, patience = PATIENCE }: PreflightTarget,
  request: CoapProbeRequest,
): Promise<CoapProbeOutcome> {
  return new Promise((settle) => {
    const settled = new AbortController();
    const resolve = (outcome: CoapProbeOutcome): void => {
      settled.abort();
      settle(outcome);
    };
    const outgoing = agent.request({
      hostname: coapHost,
      port: coapPort,
      method: request.method,
      pathname: `/${request.path.join("/")}`,
      query: request.query.join("&"),
      confirmable: true,
      ...(request.payload === "" ? {} : { options: { "Content-Format": "application/link-format" } }),
    });
    outgoing.on("response", (incoming: IncomingMessage) => {
      resolve({ kind: "answer", code: incoming.code, location: locationOf(incoming) });
    });
    outgoing.on("error", (error: Error) => resolve({ kind: "failure", reason: error.message }));
    const late = `no answer within ${patience / 1_000} s (--patience gives it longer)`;
    void pause(millis(patience), settled.signal).then(() => resolve({ kind: "failure", reason: late }));
    outgoing.end(request.payload);
  });
}

/** Option by option: the library's own header would keep the last segment only. */
const valuesOf = (incoming: IncomingMessage, option: string): readonly unknown[] =>
  (incoming._packet.options ?? []).flatMap(({ name, value }) => (name === option ? [value] : []));

const locationOf = (incoming: IncomingMessage): readonly string[] => valuesOf(incoming, "Location-Path").map(String);

function requestIn(incoming: IncomingMessage): DeviceRequest {
  const [accept] = valuesOf(incoming, "Accept");
  return {
    method: incoming.method,
    path: `/${valuesOf(incoming, "Uri-Path").map(String).join("/")}`,
    ...(accept instanceof Uint8Array ? { accept: [...accept].reduce((sum, byte) => sum * 256 + byte, 0) } : {}),
  };
}

/** A number as an option has it: without zeros in front. Spec: RFC 7252 §3.2. */
function bytesOf(value: number): Buffer {
  if (value === 0) return Buffer.alloc(0);
  return Buffer.from(value > 0xff ? [value >> 8, value & 0xff] : [value]);
}
