/** Words for findings: short, with plan references instead of ids. */
import type { CoapMessage } from "../../protocol/coap/types.ts";
import type { RunTime } from "../history/history.ts";
import type { ExchangeEnd } from "./views/exchange-view.ts";
import type { DeviceTaskView, SeenStatus } from "./views/task-view.ts";

/** `task 3 (R deviceProperties.device.manufacturer) of device 0` */
export const name = ({ task, device }: DeviceTaskView): string =>
  `task ${task.ref} (${task.image === undefined ? `${task.taskType} ${task.property}` : `update to ${task.image.version}`}) of device ${device.index}`;

/** Microseconds from the start of the run as seconds: `1.500 s`. */
export const time = (at: RunTime): string => `${(at / 1_000_000).toFixed(3)} s`;

/** `FAILED with error 4040` */
export const status = (seen: SeenStatus): string =>
  seen.errorCode === undefined ? seen.status : `${seen.status} with error ${seen.errorCode}`;

/** How an attempt ended, as the end of a sentence. */
export const ENDED: Readonly<Record<ExchangeEnd, string>> = {
  answered: "was answered",
  "no-acknowledgement": "was never acknowledged",
  "no-response": "was acknowledged but not answered",
  reset: "was answered by RST",
  unreachable: "went to an address that the network could not reach",
  replaced: "was cut off by a new Register",
  removed: "was cut off by De-register",
  "lifetime-over": "was cut off by the end of the lifetime",
  moved: "was cut off by an Update from a new address",
  expired: "was cut off by expiry",
  restarted: "was cut off by the end of the server's process",
  superseded: "was overtaken by another exchange",
};

/** The diagnostic payload of an error response (RFC 7252 §5.5.2); empty when there is none. */
export const diagnostic = (message: CoapMessage): string => new TextDecoder().decode(message.payload);

/** Letters of a value that a finding shows; the history has all. */
const MOST_LETTERS = 160;

/** A value as JSON, or `nothing`; a long one with its begin, its end and its length. */
export function valueText(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  if (text.length <= MOST_LETTERS) return text;
  const half = MOST_LETTERS / 2;
  return `${text.slice(0, half)} … ${text.slice(-half)} (${text.length} letters)`;
}
