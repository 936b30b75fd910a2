/**
 * Gathers what one step of the server does, and holds it back until what the step changed is on disk.
 *
 * All changes of a step go to the store in one `persist`; its datagrams and answers leave when that is `persisted`.
 * Steps leave in the order in which they were taken, also those that changed nothing: nobody is told of a state that
 * a crash could take back. Row 26 and the last sentence below the table of docs/semantics.md.
 */
import type { Address } from "../protocol/address.ts";
import type { RestResponse, ServerEffect, StoredChange } from "../protocol/server-port.ts";

export interface Outbox {
  send(to: Address, bytes: Uint8Array): void;
  answer(ticket: number, response: RestResponse): void;
  /** Stores what `value` gives at the end of the step; the last call for a record counts. */
  store(table: string, key: string, value: () => unknown): void;
  remove(table: string, key: string): void;
  /** Asks the store for everything; not held back. */
  queryAll(): void;
  /** Ends the step: what the caller is to perform now. */
  endStep(): readonly ServerEffect[];
  /** Ends a step that broke: nothing of it is stored or leaves. @returns whether something was to be stored */
  abandonStep(): boolean;
  /** The store has performed that `persist`. */
  persisted(ticket: number): readonly ServerEffect[];
}

interface Held {
  /** `undefined`: waits only for those before it. */
  readonly ticket: number | undefined;
  readonly effects: readonly ServerEffect[];
  isPersisted: boolean;
}

interface Change {
  readonly table: string;
  readonly key: string;
  /** `undefined`: to be removed. */
  readonly value: (() => unknown) | undefined;
}

export function createOutbox(): Outbox {
  let effects: ServerEffect[] = [];
  let queries: ServerEffect[] = [];
  let changes: Change[] = [];
  const held: Held[] = [];
  let ticket = 0;

  const noteChange = (table: string, key: string, value: Change["value"]): void => {
    changes.push({ table, key, value });
  };

  const takeChanges = (): readonly StoredChange[] => {
    const records = lastOfEach(changes).map(({ table, key, value }) => ({ table, key, value: value?.() }));
    changes = [];
    return records;
  };

  return {
    send: (to, bytes) => void effects.push({ kind: "send", to, bytes }),
    answer: (restTicket, response) => void effects.push({ kind: "answer", ticket: restTicket, response }),
    store: noteChange,
    remove: (table, key) => noteChange(table, key, undefined),
    queryAll: () => void queries.push({ kind: "query", ticket: ++ticket, table: "*" }),
    endStep() {
      const step = effects;
      const now = queries;
      effects = [];
      queries = [];
      if (changes.length === 0) {
        if (held.length === 0) return now.length === 0 ? step : [...now, ...step];
        if (step.length > 0) held.push({ ticket: undefined, effects: step, isPersisted: true });
        return now;
      }
      held.push({ ticket: ++ticket, effects: step, isPersisted: false });
      return [...now, { kind: "persist", ticket, records: takeChanges() }];
    },
    abandonStep() {
      const hadChanges = changes.length > 0;
      effects = [];
      queries = [];
      changes = [];
      return hadChanges;
    },
    persisted(done) {
      for (const step of held) if (step.ticket === done) step.isPersisted = true;
      if (held.length === 1 && held[0]?.isPersisted === true) return held.pop()?.effects ?? [];
      let count = 0;
      while (held[count]?.isPersisted === true) count += 1;
      return held.splice(0, count).flatMap((step) => step.effects);
    },
  };
}

/** The last change of each record, at the place of the first one; the records of one table together. */
function lastOfEach(changes: readonly Change[]): readonly Change[] {
  if (changes.length === 1) return changes;
  const byTable = new Map<string, Map<string, Change>>();
  for (const change of changes) {
    let ofTable = byTable.get(change.table);
    if (ofTable === undefined) {
      ofTable = new Map();
      byTable.set(change.table, ofTable);
    }
    ofTable.set(change.key, change);
  }
  return [...byTable.values()].flatMap((ofTable) => [...ofTable.values()]);
}
