/**
 * Conditions of values that do not fit into one message: what went in blocks, in which sizes, and what got in the way.
 * Spec: RFC 7959 §2.3 to §2.5, §2.8, §2.9.
 */

import { presentBlock } from "../../oracle/exchanges/block-transfers.ts";
import type { BlockHappening } from "../../oracle/views/block-transfer-view.ts";
import type { Exchange } from "../../oracle/views/exchange-view.ts";
import { conditionsOf } from "../condition.ts";
import { ended } from "../exchange-questions.ts";

const SMALLEST = 16;

const saw = ({ transfer }: Exchange, happening: BlockHappening): boolean => transfer?.seen.includes(happening) === true;
const isImage = ({ operation }: Exchange): boolean => operation?.startsWith("write 5/0/0") === true;
const writes = ({ transfer, response, operation }: Exchange): boolean =>
  operation?.startsWith("write ") === true && response?.code === "2.04" && (transfer?.sent.length ?? 0) > 1;
const reads = ({ transfer, response }: Exchange): boolean =>
  response?.code === "2.05" && (transfer?.parts.length ?? 0) > 1;

/** It ended between two blocks: some had come or gone, and not all. */
const brokeOff = (
  exchange: Exchange,
  ...how: Parameters<typeof ended> extends [Exchange, ...infer How] ? How : never
) =>
  ended(exchange, ...how) &&
  ((exchange.transfer?.parts.length ?? 0) > 0 || (presentBlock(exchange)?.block.num ?? 0) > 0);

/** A later attempt of the same task was answered. */
const succeededLater = (exchange: Exchange): boolean =>
  exchange.task?.attempts.some((other) => other.event > exchange.event && other.response !== undefined) === true;

export const BLOCK_TRANSFERS = conditionsOf("exchange", ({ transfer }) => transfer !== undefined, [
  ["block-wise-read", "live-too", "a value was read in several blocks", reads],
  [
    "block-wise-write-of-a-value",
    "live-too",
    "a value, other than a firmware image, was written in several blocks",
    (exchange) => writes(exchange) && !isImage(exchange),
  ],
  [
    "read-in-smallest-blocks",
    "live-too",
    "a value was read in blocks of 16 bytes",
    (exchange) => reads(exchange) && exchange.transfer?.parts[0]?.length === SMALLEST,
  ],
  [
    "smaller-blocks-asked",
    "live-too",
    "a device asked for smaller blocks of a value, and got the value",
    (exchange) => writes(exchange) && saw(exchange, "asked-for-smaller"),
  ],
  [
    "begun-anew-in-smaller-blocks",
    "live-too",
    "a value was too large for a device, and was sent once more in smaller blocks",
    (exchange) => saw(exchange, "too-large") && saw(exchange, "begun-anew"),
  ],
  [
    "block-repeated",
    "sim",
    "a block in the middle of a transfer, or its answer, was lost, and the transfer went on",
    (exchange) => saw(exchange, "block-repeated") && (reads(exchange) || writes(exchange)),
  ],
  [
    "block-lost",
    "sim",
    "a block in the middle of a transfer was lost, and the transfer began again",
    (exchange) => brokeOff(exchange, "no-acknowledgement") && succeededLater(exchange),
  ],
  [
    "transfer-forgotten",
    "live-too",
    "a device had not what it needed of a value: 4.08 in the middle of a transfer",
    (exchange) => saw(exchange, "incomplete"),
  ],
  [
    "value-changed-while-read",
    "live-too",
    "a value changed between two blocks of it",
    (exchange) => saw(exchange, "mixed"),
  ],
  [
    "block-refused",
    "live-too",
    "a block in the middle of a value was answered with an error, which ended the task",
    (exchange) => exchange.response?.code.startsWith("2.") === false && (presentBlock(exchange)?.block.num ?? 0) > 0,
  ],
  [
    "transfer-cut-by-register",
    "sim",
    "a device registered again between two blocks",
    (exchange) => brokeOff(exchange, "replaced"),
  ],
  [
    "transfer-cut-by-deregister",
    "sim",
    "a device left between two blocks",
    (exchange) => brokeOff(exchange, "removed"),
  ],
  [
    "transfer-cut-by-new-address",
    "sim",
    "a device said between two blocks that it has a new address",
    (exchange) => brokeOff(exchange, "moved"),
  ],
  [
    "transfer-cut-by-expiry",
    "sim",
    "the active period of a task ended between two blocks",
    (exchange) => brokeOff(exchange, "expired"),
  ],
  [
    "transfer-cancelled",
    "sim",
    "a task was cancelled between two blocks, and the transfer went on to its end",
    (exchange) => (reads(exchange) || writes(exchange)) && exchange.task?.cancelAsked !== undefined,
  ],
]);
