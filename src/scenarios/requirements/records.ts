/** Lifetime of records: how long a task can be read. */
import type { RequirementRow } from "./row.ts";

export const RECORD_REQUIREMENTS = [
  {
    id: "L-01",
    level: "MUST",
    subject: "server",
    sentence: "A task can be read for 30 days from its creation, whatever its state.",
    source: "task page: Task lifetime; choice 11, docs/semantics.md",
    families: ["expiry", "lifetime"],
    live: { simulationOnly: "30 days do not fit a live run", orTurnedClock: true },
    checked: true,
  },
  {
    id: "L-02",
    level: "MUST",
    subject: "server",
    sentence: "After 30 days a task, its statuses and its history are gone.",
    source: "task page: Task lifetime; choice 11, docs/semantics.md",
    families: ["expiry", "lifetime"],
    live: { simulationOnly: "30 days do not fit a live run", orTurnedClock: true },
    checked: true,
  },
  {
    id: "L-03",
    level: "MUST",
    subject: "server",
    sentence: "The 30 days are counted from creation, not from completion.",
    source: "task page: Task lifetime; choice 11, docs/semantics.md",
    families: ["expiry", "lifetime"],
    live: { simulationOnly: "30 days do not fit a live run", orTurnedClock: true },
    checked: true,
  },
  {
    id: "L-04",
    level: "DECLARED",
    subject: "server",
    sentence:
      "An expiresAfter beyond 30 days, or a taskExpiresAfter beyond its bounds, is refused or shortened, as the profile declares.",
    source: "choice 8, docs/semantics.md",
    families: ["expiry", "queue"],
    live: "yes",
    checked: true,
  },
] as const satisfies readonly RequirementRow[];
