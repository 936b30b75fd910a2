/**
 * The CoAP side of `preflight`, spoken by an independent implementation: what it and the target agree on does not rest
 * on our own codec. Knows nothing about LwM2M.
 */
import { Agent, type IncomingMessage } from "coap";
import { pause } from "../../platform/timers.ts";
import { seconds } from "../../protocol/time.ts";
import type { CoapProbeOutcome, CoapProbeRequest, PreflightProbes } from "./steps.ts";

/** For one exchange with its retransmissions. */
const PATIENCE = seconds(3);

export const openCoapProbe: PreflightProbes["openCoap"] = (host, port) => {
  const agent = new Agent({ type: host.includes(":") ? "udp6" : "udp4" });
  return { send: (request) => exchange(agent, host, port, request), close: () => void agent.close() };
};

function exchange(agent: Agent, host: string, port: number, request: CoapProbeRequest): Promise<CoapProbeOutcome> {
  return new Promise((resolve) => {
    const outgoing = agent.request({
      hostname: host,
      port,
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
    void pause(PATIENCE).then(() => resolve({ kind: "failure", reason: `no answer within ${PATIENCE / 1_000_000} s` }));
    outgoing.end(request.payload);
  });
}

/** Option by option: the library's own header would keep the last segment only. */
function locationOf(incoming: IncomingMessage): readonly string[] {
  const options = incoming._packet.options ?? [];
  return options.flatMap(({ name, value }) => (name === "Location-Path" ? [String(value)] : []));
}
