/**
 * The task API of a target that is reached through an adapter: each request becomes a verb, each answer of the adapter
 * one of the task API. So histories, checkers and replay know no adapters.
 *
 * Device types are ours alone: the adapter is told each device with its type, and each task with its devices by name.
 */
import type { RestRequest, RestResponse } from "../../protocol/server-port.ts";
import type { Instant, Micros } from "../../protocol/time.ts";
import type { Agenda } from "../live/agenda.ts";
import type { RestClient, RestOutcome } from "../live/rest-client.ts";
import { createUnderWay } from "../live/under-way.ts";
import type { Adapter, VerbOutcome } from "./adapter.ts";
import type { Capabilities } from "./capabilities.ts";
import { ADAPTER_PATIENCE, tooLate } from "./patience.ts";
import { type Call, callFor, lacks } from "./routes.ts";
import { shapeProblem, VERBS } from "./verbs.ts";

export interface AdapterClientOptions {
  readonly adapter: Adapter;
  readonly agenda: Agenda;
  /** For one call. Default: the adapter's own, else 10 s. */
  readonly timeout?: Micros;
  /** By which that is measured. Default: the machine's. */
  readonly clock?: (() => Instant) | undefined;
}

export function createAdapterClient(options: AdapterClientOptions): RestClient {
  const { adapter, agenda, timeout = adapter.patience ?? ADAPTER_PATIENCE } = options;
  const underWay = createUnderWay(agenda, timeout, options.clock);
  const types = new Map<string, string[]>();

  const perform = async (call: Call): Promise<RestOutcome> => {
    if (call.kind === "answer") return { kind: "answer", response: call.response };
    if (call.kind === "not-offered") return { kind: "answer", response: errorAnswer(501, call.why) };
    return outcomeOf(call, await adapter.call(call.verb, call.parameters), adapter.capabilities);
  };

  return {
    offers: (request) => callFor(request, adapter, types).kind !== "not-offered" || isSetUp(request),
    send(request, settle) {
      const call = callFor(request, adapter, types);
      const what = call.kind === "verb" ? call.verb : request.path.join("/");
      const late = `adapter ${adapter.name}: ${what}: ${tooLate(timeout)}`;
      const begun = underWay.begin((why) =>
        settle({ kind: "failure", reason: why, detail: why === "timeout" ? late : "the run is over" }),
      );
      const finish = (outcome: RestOutcome): void => {
        if (begun.end()) settle(outcome);
      };
      void perform(call).then((outcome) =>
        finish(outcome.kind === "failure" ? { ...outcome, detail: `${adapter.name}: ${outcome.detail}` } : outcome),
      );
    },
    close() {
      underWay.close();
    },
  };
}

/** A plan waits for the answer to these: it is answered that the server has no such thing. */
const isSetUp = ({ method, path: [first] }: RestRequest): boolean => method === "POST" && first === "updates";

function outcomeOf(
  call: Extract<Call, { kind: "verb" }>,
  outcome: VerbOutcome,
  capabilities: Capabilities,
): RestOutcome {
  if (outcome.kind === "refused") return { kind: "answer", response: errorAnswer(outcome.status, outcome.message) };
  if (outcome.kind === "failed")
    return {
      kind: "failure",
      reason: outcome.gone === true ? "refused" : "adapter",
      detail: `${call.verb}: ${outcome.reason}`,
    };
  const parsed = VERBS[call.verb].result.safeParse(outcome.value);
  const problem = parsed.success
    ? lacks(call.verb, parsed.data, capabilities)
    : shapeProblem(parsed.error, outcome.value);
  if (parsed.success && problem === undefined)
    return { kind: "answer", response: call.answer(parsed.data, capabilities) };
  return { kind: "failure", reason: "adapter", detail: `${call.verb}: its answer is wrong: ${problem}` };
}

const errorAnswer = (status: number, message: string): RestResponse => ({
  status,
  body: { error: { code: status, message } },
});
