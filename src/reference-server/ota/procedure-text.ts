/** The procedure of a firmware update as a page of docs/. */
import { type Next, PROCEDURE, resumedAt, STEPS, type Step } from "./procedure.ts";

const REQUESTS: Readonly<Record<Step, string>> = {
  survey: "Read `/5/0`",
  reset: "Write an empty `/5/0/1`, or one zero byte to `/5/0/0`",
  offer: "Write the image to `/5/0/0`, or its URI to `/5/0/1`",
  state: "Read `/5/0/3`",
  result: "Read `/5/0/5`",
  again: "Read `/5/0/3` once more",
  execute: "Execute `/5/0/2`",
  "installed-state": "Read `/5/0/3`, after Execute",
  "installed-result": "Read `/5/0/5`, after Execute",
  version: "Read `/3/0/3`",
};

function nextText(next: Next): string {
  switch (next.kind) {
    case "step":
      return next.step;
    case "wait":
      return `${next.step}, after a while`;
    case "offer-again":
      return "offer; three offers at most";
    case "done":
      return "SUCCEEDED";
    case "failed":
      return "FAILED 5000";
  }
}

export const renderProcedurePage = (): string =>
  [
    "# The steps of a firmware update",
    "",
    "Made from `src/reference-server/ota/procedure.ts`; do not edit. [ota.md](ota.md) explains it.",
    "",
    "| step | request | goes on after a failed attempt at |",
    "|---|---|---|",
    ...STEPS.map((step) => `| ${step} | ${REQUESTS[step]} | ${resumedAt(step)} |`),
    "",
    '"After a while" is at the next poll, Register or Update. An answer that is not in the table is FAILED.',
    "",
    "| step | State before | answer | next | source |",
    "|---|---|---|---|---|",
    ...PROCEDURE.map(
      ({ step, state, event, next, source }) =>
        `| ${step} | ${state ?? ""} | ${event} | ${nextText(next)} | ${source} |`,
    ),
    "",
  ].join("\n");
