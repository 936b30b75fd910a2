/** Tasks as a whole: the state machine, completion, counts, cancelling, and who may do what. */
import type { RequirementRow } from "./row.ts";

export const TASK_REQUIREMENTS = [
  {
    id: "A-01",
    level: "DECLARED",
    subject: "server",
    sentence:
      "Only the owner of a device type creates, cancels and reads its tasks; anybody else is refused and nothing is stored.",
    source: "task page: introduction; choice 30, docs/semantics.md",
    families: [],
    live: "yes",
    checked: { notChecked: "needs a second token in the profile, which has no field for it yet" },
  },
  {
    id: "T-01",
    level: "MUST",
    subject: "server",
    sentence: "A device task moves only along the state machine, and a terminal state never changes.",
    source: "docs/semantics.md, States",
    families: ["queue", "retry", "expiry", "mapping"],
    live: "yes",
    checked: true,
  },
  {
    id: "T-02",
    level: "MUST",
    subject: "server",
    sentence: "A task is COMPLETE only when every device is terminal, and then becomes so soon.",
    source: "docs/semantics.md, States",
    families: ["queue", "retry", "expiry", "mapping"],
    live: "yes",
    checked: true,
  },
  {
    id: "T-03",
    level: "MUST",
    subject: "server",
    sentence: "The counts of a task agree with the statuses of its devices.",
    source: "task API: statusCounts; choice 21, docs/semantics.md",
    families: ["queue", "retry", "expiry", "mapping"],
    live: "yes",
    checked: true,
  },
  {
    id: "T-04",
    level: "MUST",
    subject: "server",
    sentence: "Cancelling a task or a device task touches exactly the devices that are not terminal.",
    source: "docs/semantics.md, States",
    families: ["queue"],
    live: "yes",
    checked: true,
  },
] as const satisfies readonly RequirementRow[];
