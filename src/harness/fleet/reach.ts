/**
 * Whether anybody is there: a CoAP ping to the server, before ten thousand sockets are opened.
 *
 * A server should answer it with RST, but anything that comes back will do, and silence proves nothing: some servers
 * ignore pings. Only a closed port is certain. Spec: RFC 7252 §4.3 (CoAP ping).
 */
import { systemCode } from "../../platform/errors.ts";
import { pause } from "../../platform/timers.ts";
import { openUdp } from "../../platform/udp.ts";
import type { Address } from "../../protocol/address.ts";
import { type Micros, micros } from "../../protocol/time.ts";

export type Reached = "answers" | "refuses" | "silent";

const ATTEMPTS = 4;
/** An empty Confirmable message with an id of its own for each attempt. */
const ping = (attempt: number): Uint8Array => Uint8Array.of(0x40, 0x00, 0xf1, attempt);

/** @param within how long to wait for an answer in all */
export async function reach(server: Address, within: Micros): Promise<Reached> {
  const socket = await openUdp({ peer: server });
  const heard = new AbortController();
  let found: Reached = "silent";
  const conclude = (outcome: Reached): void => {
    if (found === "silent") found = outcome;
    heard.abort();
  };
  socket.onMessage(() => conclude("answers"));
  socket.onError((error) => {
    if (systemCode(error.cause) === "ECONNREFUSED") conclude("refuses");
  });
  for (let attempt = 0; attempt < ATTEMPTS && !heard.signal.aborted; attempt++) {
    socket.send(server, ping(attempt));
    await pause(micros(within / ATTEMPTS), heard.signal);
  }
  await socket.close();
  return found;
}
