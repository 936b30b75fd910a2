/** Mirror: when the stored properties of a device change. */
import type { RequirementRow } from "./row.ts";

export const MIRROR_REQUIREMENTS = [
  {
    id: "D-01",
    level: "MUST",
    subject: "server",
    sentence: "After a successful Read the Device Mirror holds the value that was read.",
    source: "task page: introduction; choice 17, docs/semantics.md",
    families: ["mapping", "queue", "mirror"],
    live: "yes",
    checked: true,
  },
  {
    id: "D-02",
    level: "MUST",
    subject: "server",
    sentence: "After a successful Write the Device Mirror holds the value that was written.",
    source: "task page: introduction; choice 17, docs/semantics.md",
    families: ["mapping", "queue", "mirror"],
    live: "yes",
    checked: true,
  },
  {
    id: "D-03",
    level: "SHOULD",
    subject: "server",
    sentence:
      "The Device Mirror does not change before the success of a Read or Write, nor after a failure, an expiry or a failed attempt.",
    source: "task page: introduction; choice 17, docs/semantics.md",
    families: ["mapping", "retry", "expiry", "mirror"],
    live: "with scaled times",
    checked: true,
  },
  {
    id: "D-04",
    level: "MUST",
    subject: "server",
    sentence:
      "A write of a server property changes it for every target without any datagram, for devices that are offline too.",
    source: "task page: introduction; choice 18, docs/semantics.md",
    families: ["queue", "mirror"],
    live: "yes",
    checked: true,
  },
  {
    id: "D-05",
    level: "SHOULD",
    subject: "server",
    sentence: "An Execute by itself changes no value of the Device Mirror.",
    source: "task page: introduction; choice 17, docs/semantics.md",
    families: ["mapping", "mirror"],
    live: "yes",
    checked: true,
  },
  {
    id: "D-06",
    level: "DECLARED",
    subject: "server",
    sentence: "A response after a terminal status treats the Device Mirror as the profile declares.",
    source: "choice 10, docs/semantics.md",
    families: ["expiry"],
    live: "with scaled times",
    checked: true,
  },
] as const satisfies readonly RequirementRow[];
