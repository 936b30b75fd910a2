/** Responses in messages of their own, before or without the acknowledgement: R-12. */
import type { Checker } from "../checker.ts";
import { name, status } from "../text.ts";
import type { Exchange } from "../views/exchange-view.ts";

/** A separate response whose empty ACK was lost completes the attempt all the same, and ends retransmission. */
export const takesUnacknowledgedResponses: Checker = {
  requirements: ["R-12"],
  on: {
    retransmission: ({ exchange, event }, judge, context) => {
      const { end } = exchange;
      if (end === undefined || !answeredAlone(exchange)) return;
      if (exchange.lastSent.earliest <= (exchange.lastAnswer ?? end.window).latest + context.slack) return;
      const expected = `message ${exchange.messageId} is not repeated: a separate response has answered it`;
      judge.violate("R-12", expected, "it was sent again", [end.event ?? exchange.event, event]);
    },
    "status-seen": ({ deviceTask, seen, possible, decided, fits }, judge) => {
      const exchange = deviceTask.attempts.at(-1);
      const last = possible.at(-1);
      if (exchange === undefined || last === undefined || !answeredAlone(exchange)) return;
      if (last.kind !== "succeeded" && last.kind !== "failed") return;
      if (!fits) {
        const expected = `${name(deviceTask)} has ${last.kind}: a separate response came, though no acknowledgement`;
        judge.violate("R-12", expected, status(seen), [exchange.end?.event ?? exchange.event, seen.event]);
      } else if (decided === last) judge.pass("R-12");
      else judge.undecided("R-12");
    },
  },
};

/** Answered by a message of its own, and not acknowledged before, as far as the server saw. */
const answeredAlone = ({ end, response, acknowledged }: Exchange): boolean =>
  end?.how === "answered" && response !== undefined && response.type !== "ACK" && acknowledged === undefined;
