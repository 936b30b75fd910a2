/** An adapter that is an HTTP server, in any language: each question is a POST, its answer the body. */
import type { Micros } from "../../protocol/time.ts";
import { type Agenda, createAgenda } from "../live/agenda.ts";
import { createHttpClient } from "../live/http-client.ts";
import type { RestClient } from "../live/rest-client.ts";
import type { Adapter, VerbOutcome } from "./adapter.ts";
import { ADAPTER_PATIENCE, tooLate } from "./patience.ts";
import { type Asked, PROTOCOL_VERSION, question, readHello, readReply } from "./protocol.ts";

export interface HttpAdapterOptions {
  /** As messages call it. */
  readonly name: string;
  /** `http://127.0.0.1:9000/` */
  readonly url: string;
  /** For one answer. Default 10 s. */
  readonly patience?: Micros | undefined;
}

/** @throws HarnessError `target-not-usable`: nobody listens there, or it does not say what it is */
export async function openHttpAdapter(options: HttpAdapterOptions): Promise<Adapter> {
  const { name, url, patience = ADAPTER_PATIENCE } = options;
  const agenda: Agenda = createAgenda();
  const client = createHttpClient({ base: url, agenda, timeout: patience });
  let next = 1;
  const ask = (asked: Asked, parameters: Readonly<Record<string, unknown>>): Promise<VerbOutcome> =>
    post(client, next++, asked, parameters, patience);
  const end = (): void => {
    client.close();
    agenda.close();
  };
  try {
    const { closes, ...declaration } = readHello(name, await ask("hello", { protocol: PROTOCOL_VERSION }));
    let closed = false;
    return {
      name,
      ...declaration,
      patience: options.patience,
      call: ask,
      async close() {
        if (closed) return;
        closed = true;
        if (closes) await ask("close", {});
        end();
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}

function post(
  client: RestClient,
  id: number,
  asked: Asked,
  parameters: Readonly<Record<string, unknown>>,
  patience: Micros,
): Promise<VerbOutcome> {
  const request = { method: "POST", path: [], query: {}, body: question(id, asked, parameters) };
  return new Promise((resolve) =>
    client.send(request, (outcome) => {
      if (outcome.kind === "failure") {
        const reason = outcome.reason === "timeout" ? tooLate(patience) : `${outcome.reason}: ${outcome.detail}`;
        const failed = { kind: "failed", reason } as const;
        return resolve(outcome.reason === "refused" ? { ...failed, gone: true } : failed);
      }
      const { status, body } = outcome.response;
      const reply = status === 200 ? readReply(body) : undefined;
      if (reply === undefined) return resolve({ kind: "failed", reason: `HTTP ${status}; an answer comes with 200` });
      if (!reply.ok) return resolve({ kind: "failed", reason: reply.error });
      if (reply.value.id !== id) return resolve({ kind: "failed", reason: `it answered question ${reply.value.id}` });
      resolve(reply.value.outcome);
    }),
  );
}
