/**
 * The workers of a distributed run, as its coordinator sees them: who offers itself while there is a place takes part
 * until it leaves or falls silent. Pure: messages and the time go in, the workers and the news come out.
 */
import { after, type Instant, type Micros } from "../../protocol/time.ts";
import type { WorkerMessage } from "./messages.ts";

export interface Member {
  readonly name: string;
  /** It takes jobs. */
  readonly ready: boolean;
  readonly seen: Instant;
}

export interface Members {
  /** How many may take part. */
  readonly wanted: number;
  /** Of the coordinator: no other may take part. */
  readonly version: string;
  /** A worker from which nothing was heard for so long does not take part any more. */
  readonly silence: Micros;
  /** By id. */
  readonly workers: ReadonlyMap<string, Member>;
  /** Ids of those of another version. */
  readonly refused: ReadonlySet<string>;
}

export type MembersInput =
  | { readonly kind: "message"; readonly message: WorkerMessage; readonly at: Instant }
  | { readonly kind: "tick"; readonly at: Instant };

export interface MembersNews {
  readonly kind: "joined" | "ready" | "left" | "silent" | "refused";
  readonly name: string;
  /** Of the worker. */
  readonly version: string;
}

export interface MembersStep {
  readonly members: Members;
  readonly news: readonly MembersNews[];
}

export const createMembers = (of: Pick<Members, "wanted" | "version" | "silence">): Members => ({
  ...of,
  workers: new Map(),
  refused: new Set(),
});

export const readyMembers = ({ workers }: Members): number => [...workers.values()].filter(({ ready }) => ready).length;

export function stepMembers(members: Members, input: MembersInput): MembersStep {
  return input.kind === "tick" ? expire(members, input.at) : hear(members, input.message, input.at);
}

function expire(members: Members, at: Instant): MembersStep {
  const silent = [...members.workers].filter(([, { seen }]) => after(seen, members.silence) < at);
  if (silent.length === 0) return { members, news: [] };
  const ids = silent.map(([id]) => id);
  return {
    members: { ...members, workers: new Map([...members.workers].filter(([id]) => !ids.includes(id))) },
    news: silent.map(([, { name }]) => ({ kind: "silent", name, version: members.version })),
  };
}

function hear(members: Members, message: WorkerMessage, at: Instant): MembersStep {
  const { worker, name, version, state } = message;
  const known = members.workers.get(worker);
  const news = (kind: MembersNews["kind"]): readonly MembersNews[] => [{ kind, name, version }];
  if (version !== members.version || state === "refuses") {
    if (members.refused.has(worker)) return { members, news: [] };
    return { members: { ...members, refused: new Set([...members.refused, worker]) }, news: news("refused") };
  }
  if (state === "leaves") {
    if (known === undefined) return { members, news: [] };
    const workers = new Map([...members.workers].filter(([id]) => id !== worker));
    return { members: { ...members, workers }, news: news("left") };
  }
  // Who fell silent and comes back finds its place, unless another has it.
  if (known === undefined && members.workers.size >= members.wanted) return { members, news: [] };
  const ready = state === "ready";
  const workers = new Map([...members.workers, [worker, { name, ready, seen: at }]]);
  const isNews = known === undefined ? "joined" : ready && !known.ready ? "ready" : undefined;
  return { members: { ...members, workers }, news: isNews === undefined ? [] : news(isNews) };
}
