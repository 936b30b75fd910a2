/** A device in a few lines: registers over UDP, answers what it is asked with 2.04, or with nothing. */
import { openUdp } from "../../src/platform/udp.ts";
import { address } from "../../src/protocol/address.ts";
import { decodeMessage, encodeMessage } from "../../src/protocol/coap/message.ts";
import { stringOptions, URI_PATH } from "../../src/protocol/coap/options.ts";
import { registerContent } from "../../src/protocol/lwm2m/registration-requests.ts";

export interface UdpDevice {
  /** `0.03 /3/0/15`, in the order of arrival; a copy counts again. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/**
 * Settles when it is registered.
 *
 * @param coap `coap://127.0.0.1:5683`
 */
export async function registerDevice(coap: string, endpoint: string, answers = true): Promise<UdpDevice> {
  const peer = address(coap.slice("coap://".length));
  const socket = await openUdp({ peer });
  const requests: string[] = [];
  const none = { options: [], payload: new Uint8Array(0) };
  const registered = new Promise<void>((resolve, reject) => {
    socket.onMessage((_, bytes) => {
      const decoded = decodeMessage(bytes);
      if (!decoded.ok) return;
      const { type, code, messageId, token } = decoded.value;
      if (type === "ACK") return code === "2.01" ? resolve() : reject(new Error(`Register: ${code}`));
      requests.push(`${code} /${stringOptions(decoded.value, URI_PATH).join("/")}`);
      if (answers) socket.send(peer, encodeMessage({ type: "ACK", code: "2.04", messageId, token, ...none }));
    });
  });
  const objects = [{ path: "/3/0", attributes: new Map() }];
  const content = registerContent({ endpoint, lifetime: 300, version: "1.0", binding: "U", objects });
  socket.send(peer, encodeMessage({ ...content, type: "CON", messageId: 1, token: "01" }));
  await registered;
  return { requests, close: () => socket.close() };
}
