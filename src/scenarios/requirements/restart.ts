/** A server whose process is killed and started again: what it has acknowledged, it still knows. */
import type { RequirementRow } from "./row.ts";

const IF_IT_CAN_BE_RESTARTED = {
  needs: "restart",
  otherwise:
    "nobody can kill this target and start it again: give an adapter with `restart`, or verify --target reference-live",
} as const;

export const RESTART_REQUIREMENTS = [
  {
    id: "S-01",
    level: "MUST",
    subject: "server",
    sentence:
      "A task that was acknowledged survives a restart of the server: it is carried out, or expires, or stays as it ended, as if the server had only been deaf.",
    source: "choice 26, docs/semantics.md",
    families: ["restart"],
    live: IF_IT_CAN_BE_RESTARTED,
    checked: true,
  },
  {
    id: "S-02",
    level: "DECLARED",
    subject: "server",
    sentence: "Registrations survive a restart of the server, or are lost with it, as declared.",
    source: "choice 26, docs/semantics.md",
    families: ["restart"],
    live: IF_IT_CAN_BE_RESTARTED,
    checked: true,
  },
] as const satisfies readonly RequirementRow[];
