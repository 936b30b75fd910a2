/**
 * Conditions of final answers: every error of the table, and those outside it, for each kind of task; diagnostics.
 * Rules: docs/semantics.md, choices 1 to 3, 25. Spec: RFC 7252 §5.5.2 (diagnostic payload), §5.9 (codes).
 */
import { codeClass } from "../../../protocol/coap/codes.ts";
import { TASK_TYPES, type TaskType } from "../../../protocol/task-api/states.ts";
import type { Exchange } from "../../oracle/views/exchange-view.ts";
import { type ConditionTable, conditionsOf } from "../condition.ts";
import { copiesSent } from "../exchange-questions.ts";

/** The CoAP codes that the task page maps to an error code of its own. */
const LISTED = ["4.00", "4.01", "4.03", "4.04", "4.05", "4.06", "4.15"] as const;
const NAMES: Readonly<Record<TaskType, string>> = { R: "Read", W: "Write", E: "Execute" };

const isListed = (code: string): boolean => (LISTED as readonly string[]).includes(code);
const isError = ({ response }: Exchange): boolean => response !== undefined && codeClass(response.code) >= 4;

interface AnswerRow {
  readonly id: string;
  readonly name: string;
  readonly is: (code: string) => boolean;
}

const ANSWERS: readonly AnswerRow[] = [
  { id: "success", name: "a 2.xx", is: (code) => code.startsWith("2.") },
  ...LISTED.map((code) => ({ id: code.replace(".", ""), name: code, is: (other: string) => other === code })),
  {
    id: "unlisted-4xx",
    name: "a 4.xx without an error code of its own",
    is: (code) => code.startsWith("4.") && !isListed(code),
  },
  { id: "5xx", name: "a 5.xx", is: (code) => code.startsWith("5.") },
];

/** `read-answered-404`: one condition for each kind of task and each answer. */
export const ANSWERED_WITH: readonly ConditionTable[] = TASK_TYPES.map((type) =>
  conditionsOf(
    "exchange",
    ({ task, response }) => response !== undefined && task?.task.taskType === type,
    ANSWERS.map(({ id, name, is }) => [
      `${NAMES[type].toLowerCase()}-answered-${id}`,
      "live-too",
      `${type === "E" ? "an" : "a"} ${NAMES[type]} was answered with ${name}`,
      ({ response }) => response !== undefined && is(response.code),
    ]),
  ),
);

const diagnosticBytes = ({ response }: Exchange): Uint8Array => response?.payload ?? new Uint8Array(0);

export const ERRORS = conditionsOf("exchange", isError, [
  [
    "bad-request-with-diagnostic",
    "live-too",
    "a 4.00 had a diagnostic payload",
    (exchange) => exchange.response?.code === "4.00" && diagnosticBytes(exchange).length > 0,
  ],
  [
    "bad-request-without-diagnostic",
    "live-too",
    "a 4.00 had no diagnostic payload",
    (exchange) => exchange.response?.code === "4.00" && diagnosticBytes(exchange).length === 0,
  ],
  [
    "other-error-with-diagnostic",
    "live-too",
    "an error other than 4.00 had a diagnostic payload",
    (exchange) => exchange.response?.code !== "4.00" && diagnosticBytes(exchange).length > 0,
  ],
  [
    "diagnostic-beyond-ascii",
    "live-too",
    "a diagnostic payload had letters beyond ASCII",
    (exchange) => diagnosticBytes(exchange).some((byte) => byte > 127),
  ],
  [
    "error-as-separate-response",
    "live-too",
    "an error came as a separate response",
    (exchange) => exchange.response?.type !== "ACK",
  ],
  [
    "error-after-retransmission",
    "live-too",
    "an error answered a request that had been retransmitted",
    (exchange, scene) => copiesSent(scene, exchange) > 1,
  ],
  [
    "error-with-empty-queue-behind",
    "live-too",
    "an error answered the only task of a device",
    (exchange) => exchange.device.tasks.length === 1,
  ],
]);

export const FINALITY = conditionsOf("device-task", ({ settled }) => settled?.how === "failed", [
  [
    "device-back-after-error",
    "live-too",
    "a device registered or updated after it had answered a task with an error",
    ({ device, triggersAtEnd }) => device.triggers > triggersAtEnd,
  ],
  [
    "error-then-next-task",
    "live-too",
    "an error answered one task, and the next one of the device was sent",
    ({ settled, device }) =>
      settled !== undefined &&
      device.tasks.some(({ attempts }) => attempts.some(({ started }) => started.latest >= settled.window.latest)),
  ],
  [
    "success-that-does-not-fit",
    "live-too",
    "a 2.xx answered a request that it does not fit, or its payload could not be decoded",
    ({ attempts }) => attempts.at(-1)?.response?.code.startsWith("2.") === true,
  ],
]);
