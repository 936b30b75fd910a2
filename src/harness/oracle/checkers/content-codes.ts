/** Error codes about content, of devices: M-11. */
import { decodeMessage } from "../../../protocol/coap/message.ts";
import { ACCEPT, CONTENT_FORMAT, uintValue } from "../../../protocol/coap/options.ts";
import type { CoapMessage } from "../../../protocol/coap/types.ts";
import type { Checker } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import type { Exchange } from "../views/exchange-view.ts";

interface ContentCode {
  readonly code: string;
  /** What it has to be an answer to, as the end of "a request …". */
  readonly to: string;
  readonly fits: (request: CoapMessage) => boolean;
  readonly spec: string;
}

const GET = "0.01";
const FETCH = "0.05";

const CONTENT_CODES: readonly ContentCode[] = [
  {
    code: "4.06",
    to: "that asks for content",
    fits: (request) => request.code === GET || request.code === FETCH || uintValue(request, ACCEPT) !== undefined,
    spec: "RFC 7252 §5.9.2.7, §5.10.4",
  },
  {
    code: "4.15",
    to: "that carries content",
    fits: (request) => request.payload.length > 0 || uintValue(request, CONTENT_FORMAT) !== undefined,
    spec: "RFC 7252 §5.9.2.10",
  },
];

/** A device says 4.06 and 4.15 only where they mean something. Subject: our own device. */
export const refusesContentWhereThereIsSome: Checker = {
  requirements: ["M-11"],
  on: {
    "exchange-ended": ({ exchange }, judge, context) => {
      const { response, bytes, device, end } = exchange;
      const row = CONTENT_CODES.find(({ code }) => code === response?.code);
      if (row === undefined) return;
      const request = decodeMessage(bytes);
      if (!request.ok) return;
      if (row.fits(request.value)) judge.pass("M-11");
      else if (!isCommanded(context, exchange, row.code)) {
        const expected = `device ${device.index} answers ${row.code} only to a request ${row.to}`;
        const events = [exchange.event, end?.event ?? exchange.event];
        judge.violate("M-11", expected, `${row.code} to: ${exchange.operation ?? request.value.code}`, events);
      }
    },
  },
};

/** The plan told the device to answer so to whatever it is asked: then it is not the device's doing. */
function isCommanded({ plan }: OracleContext, { device, operation }: Exchange, code: string): boolean {
  return plan.faults.some((fault) => {
    if (fault.kind !== "behaviour" || fault.behaviour.kind !== "error") return false;
    const named = fault.match.operation;
    const meant = named === undefined || operation === undefined || operation.startsWith(`${named} `);
    return fault.behaviour.code === code && fault.device % plan.fleet.length === device.index && meant;
  });
}
