/** Idempotence: what copies, late answers and repetitions may and may not do. */
import type { RequirementRow } from "./row.ts";

export const IDEMPOTENCE_REQUIREMENTS = [
  {
    id: "I-01",
    level: "MUST",
    subject: "device",
    sentence: "A request that arrives twice takes effect once and is answered alike.",
    source: "RFC 7252 \u00a74.5",
    families: ["retry", "idempotence"],
    live: "yes",
    checked: true,
  },
  {
    id: "I-02",
    level: "SHOULD",
    subject: "server",
    sentence:
      "A successful Execute happened between once and as often as it was attempted; an unsuccessful one at most that often.",
    source: "docs/semantics.md, Failed attempt, or answer?",
    families: ["retry", "idempotence"],
    live: "with scaled times",
    checked: true,
  },
  {
    id: "I-03",
    level: "SHOULD",
    subject: "server",
    sentence: "After a device task succeeded or failed no further request of it is sent.",
    source: "docs/semantics.md, Reading some requirements",
    families: ["retry", "mapping", "queue", "idempotence", "cancel"],
    live: "yes",
    checked: true,
  },
  {
    id: "I-04",
    level: "MUST",
    subject: "server",
    sentence: "A response that matches no exchange changes nothing, and is rejected by a Reset when it is confirmable.",
    source: "RFC 7252 \u00a75.3.2, \u00a74.2",
    families: ["retry", "idempotence", "mirror"],
    live: "yes",
    checked: true,
  },
  {
    id: "I-05",
    level: "DECLARED",
    subject: "server",
    sentence:
      "A reboot task whose answer was lost is repeated at most once per trigger, and each repetition counts as an attempt.",
    source: "docs/semantics.md, Failed attempt, or answer?",
    families: ["retry", "idempotence"],
    live: "with scaled times",
    checked: true,
  },
  {
    id: "I-06",
    level: "MUST",
    subject: "server",
    sentence: "Repeating a Write leaves the device with the value that the task carries.",
    source: "RFC 7252 \u00a75.1, \u00a75.8.3",
    families: ["retry", "idempotence"],
    live: "with scaled times",
    checked: true,
  },
] as const satisfies readonly RequirementRow[];
