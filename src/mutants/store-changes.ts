/** What variants do to a store: records that are read back otherwise than they were written, or written too late. */
import type { StorageEffect, StoredRecord } from "../protocol/server-port.ts";
import type { Store } from "../reference-server/memory-store.ts";
import type { Note } from "./mutant.ts";

/** A record as it stands in the store; its fields by name. */
export type Fields = Readonly<Record<string, unknown>>;

/** Changes single records of a table as they are read back; `undefined` leaves one out. */
export const readingBack =
  (table: string, change: (fields: Fields) => Fields | undefined) =>
  (store: Store, note: Note): Store =>
    rowsChanged(store, (row) => {
      if (row.table !== table) return row;
      const changed = change(row.value as Fields);
      if (changed === row.value) return row;
      note();
      return changed === undefined ? undefined : { ...row, value: changed };
    });

function rowsChanged(store: Store, change: (row: StoredRecord) => StoredRecord | undefined): Store {
  return {
    perform(effect) {
      const input = store.perform(effect);
      if (input.kind !== "rows") return input;
      return { ...input, rows: input.rows.flatMap((row) => change(row) ?? []) };
    },
  };
}

/** Changes what is written: `undefined` leaves a record out. */
export const writing =
  (table: string, change: (record: StoredRecord, note: Note) => StoredRecord | undefined) =>
  (store: Store, note: Note): Store => ({
    perform(effect) {
      if (effect.kind === "query") return store.perform(effect);
      const records = effect.records.flatMap((record) =>
        record.table === table ? (change(record, note) ?? []) : [record],
      );
      return store.perform({ ...effect, records });
    },
  });

/** Says that everything is stored, and stores it with what comes next; whoever is killed meanwhile loses it. */
export function storingLate(store: Store, note: Note): Store {
  let late: Extract<StorageEffect, { kind: "persist" }> | undefined;
  return {
    perform(effect) {
      if (effect.kind === "query") {
        if (late !== undefined) note();
        late = undefined;
        return store.perform(effect);
      }
      if (late !== undefined) store.perform(late);
      late = effect;
      return { kind: "persisted", ticket: effect.ticket };
    },
  };
}
