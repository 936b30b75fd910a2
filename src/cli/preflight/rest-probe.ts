/** The HTTP side of `preflight`: the client of live runs, one request at a time. */
import { createAdapterClient } from "../../harness/adapter/adapter-client.ts";
import { createAgenda } from "../../harness/live/agenda.ts";
import { createHttpClient } from "../../harness/live/http-client.ts";
import { millis } from "../../protocol/time.ts";
import type { PreflightProbes } from "./probes.ts";

/** Milliseconds. */
const PATIENCE = 2_000;

export const openRestProbe: PreflightProbes["openRest"] = ({ http, adapter, patience }) => {
  const agenda = createAgenda();
  const timeout = adapter?.patience ?? millis(patience ?? PATIENCE);
  const reasons = adapter === undefined ? REASONS : { ...REASONS, refused: "the adapter is gone", timeout: "too late" };
  const client =
    adapter === undefined
      ? createHttpClient({ base: http, agenda, timeout })
      : createAdapterClient({ adapter, agenda, timeout });
  return {
    send: (request) =>
      new Promise((resolve) =>
        client.send(request, (outcome) =>
          resolve(
            outcome.kind === "answer"
              ? outcome
              : { kind: "failure", reason: `${reasons[outcome.reason]} (${outcome.detail})` },
          ),
        ),
      ),
    close() {
      client.close();
      agenda.close();
    },
  };
};

const REASONS = {
  refused: "nobody listens there",
  timeout: "--patience gives it longer",
  broken: "the connection broke",
  "not-json": "the answer is not JSON: is it the base URL of the task API?",
  adapter: "the adapter failed",
  cancelled: "given up",
} as const;
