/**
 * A store that keeps everything in memory, and the wiring that answers a server's storage effects at once.
 *
 * It forgets everything with the process; within a simulation it outlives a restarted server.
 */
import type { ServerEffect, ServerInput, ServerPort, StorageEffect, StoredRecord } from "../protocol/server-port.ts";
import type { Instant } from "../protocol/time.ts";

export interface Store {
  /** Does what the effect asks and gives the input that answers it. */
  perform(effect: StorageEffect): ServerInput;
}

export function createMemoryStore(): Store {
  const tables = new Map<string, Map<string, unknown>>();

  const write = ({ table, key, value }: StoredRecord): void => {
    let records = tables.get(table);
    if (records === undefined) {
      records = new Map();
      tables.set(table, records);
    }
    if (value === undefined) records.delete(key);
    else records.set(key, value);
  };

  const read = (wanted: string): readonly StoredRecord[] => {
    const rows: StoredRecord[] = [];
    for (const [table, records] of tables) {
      if (wanted !== "*" && wanted !== table) continue;
      for (const [key, value] of records) rows.push({ table, key, value });
    }
    return rows;
  };

  return {
    perform(effect) {
      if (effect.kind === "query") return { kind: "rows", ticket: effect.ticket, rows: read(effect.table) };
      for (const record of effect.records) write(record);
      return { kind: "persisted", ticket: effect.ticket };
    },
  };
}

/** The server as its callers want to see it: only `send` and `answer` come out, storage is answered in the same step. */
export function withStore(server: ServerPort, store: Store): ServerPort {
  const handle = (input: ServerInput, now: Instant): readonly ServerEffect[] => {
    const effects = server.handle(input, now);
    const first = effects[0];
    // Nearly every step is one of these two.
    if (effects.length === 1 && first !== undefined && isStorage(first)) return handle(store.perform(first), now);
    if (!effects.some(isStorage)) return effects;
    return effects.flatMap((effect) => (isStorage(effect) ? handle(store.perform(effect), now) : [effect]));
  };
  return {
    get deadline() {
      return server.deadline;
    },
    handle,
  };
}

const isStorage = (effect: ServerEffect): effect is StorageEffect =>
  effect.kind === "persist" || effect.kind === "query";
