/**
 * Between a server and a durable store: performs the server's storage effects in their order, many in one transaction.
 *
 * What comes while a commit is under way waits and then goes to disk together (group commit), so that under load the
 * wait for the disk is shared. The server is told in order, and only after the commit; its outbox holds back every
 * answer and datagram until then. After a failure nothing is performed any more: the state in memory is ahead of the
 * disk, and nobody may hear of it.
 */
import { nextTurn } from "../../platform/timers.ts";
import type { ServerInput, StorageEffect, StoredChange } from "../../protocol/server-port.ts";
import type { RecordStore } from "./record-store.ts";

/** Bounds the memory and the length of a transaction; one effect is never split. */
const MOST_RECORDS = 20_000;

export interface CommitQueue {
  /** Effects that are not performed yet. */
  readonly waiting: number;
  perform(effect: StorageEffect): void;
  /** Settles when all that was asked for is done and answered, or has failed. */
  idle(): Promise<void>;
}

export interface CommitQueueOptions {
  readonly store: RecordStore;
  /** Gets `persisted` and `rows`, one for each effect. */
  readonly give: (input: ServerInput) => void;
  /** Called once; nothing is given afterwards. */
  readonly onFailure: (cause: unknown) => void;
  /** Records in one transaction, at most. Default 20,000. */
  readonly mostRecords?: number;
}

export function createCommitQueue(options: CommitQueueOptions): CommitQueue {
  const { store, give, onFailure, mostRecords = MOST_RECORDS } = options;
  let waiting: StorageEffect[] = [];
  let working: Promise<void> | undefined;
  let failed = false;

  const fail = (cause: unknown): void => {
    if (failed) return;
    failed = true;
    waiting = [];
    onFailure(cause);
  };
  store.onLost(fail);

  const work = async (): Promise<void> => {
    while (waiting.length > 0) {
      // Whatever else has arrived at the sockets joins this transaction.
      await nextTurn();
      const batch = waiting.splice(0, batchLength(waiting, mostRecords));
      const inputs = await performAll(store, batch);
      for (const input of inputs) if (!failed) give(input);
    }
  };

  const begin = (): void => {
    working = work()
      .catch(fail)
      .then(() => {
        working = undefined;
        if (waiting.length > 0) begin();
      });
  };

  return {
    get waiting() {
      return waiting.length;
    },
    perform(effect) {
      if (failed) return;
      waiting.push(effect);
      if (working === undefined) begin();
    },
    async idle() {
      while (working !== undefined) await working;
    },
  };
}

/** How many of the first effects go together: a query alone, else what fits. */
function batchLength(waiting: readonly StorageEffect[], mostRecords: number): number {
  let records = 0;
  let length = 0;
  for (const effect of waiting) {
    if (effect.kind === "query") return Math.max(1, length);
    records += effect.records.length;
    if (length > 0 && records > mostRecords) return length;
    length += 1;
  }
  return length;
}

async function performAll(store: RecordStore, batch: readonly StorageEffect[]): Promise<readonly ServerInput[]> {
  const [first] = batch;
  if (first?.kind === "query") return [{ kind: "rows", ticket: first.ticket, rows: await store.read(first.table) }];
  const changes: StoredChange[] = [];
  for (const effect of batch) if (effect.kind === "persist") for (const record of effect.records) changes.push(record);
  if (changes.length > 0) await store.commit(changes);
  return batch.map(({ ticket }) => ({ kind: "persisted", ticket }));
}
