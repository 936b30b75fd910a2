/** The HTTP side of `preflight`: the client of live runs, one request at a time. */
import { createAdapterClient } from "../../harness/adapter/adapter-client.ts";
import { createAgenda } from "../../harness/live/agenda.ts";
import { createHttpClient } from "../../harness/live/http-client.ts";
import { seconds } from "../../protocol/time.ts";
import type { PreflightProbes } from "./steps.ts";

const PATIENCE = seconds(2);

export const openRestProbe: PreflightProbes["openRest"] = ({ http, adapter }) => {
  const agenda = createAgenda();
  const client =
    adapter === undefined
      ? createHttpClient({ base: http, agenda, timeout: PATIENCE })
      : createAdapterClient({ adapter, agenda, timeout: PATIENCE });
  return {
    send: (request) =>
      new Promise((resolve) =>
        client.send(request, (outcome) =>
          resolve(
            outcome.kind === "answer"
              ? outcome
              : { kind: "failure", reason: `${REASONS[outcome.reason]} (${outcome.detail})` },
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
  timeout: "no answer",
  broken: "the connection broke",
  "not-json": "the answer is not JSON: is it the base URL of the task API?",
  adapter: "the adapter is wrong",
  cancelled: "given up",
} as const;
