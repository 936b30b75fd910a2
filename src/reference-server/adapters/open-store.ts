/** Opens the store that `--data` names; its driver is loaded only then. */
import { UsageError } from "../../platform/errors.ts";
import type { RecordStore } from "./record-store.ts";

/**
 * @param data a file, or the URL of a PostgreSQL database
 * @throws UsageError `bad-value`: another kind of URL; `bad-file`
 * @throws HarnessError `store-in-use`, `store-not-usable`
 */
export async function openStore(data: string): Promise<RecordStore> {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(data)?.[1]?.toLowerCase();
  if (scheme === "postgres" || scheme === "postgresql") {
    return (await import("./postgres-store.ts")).openPostgresStore(data);
  }
  if (scheme !== undefined) {
    throw new UsageError(
      "bad-value",
      `--data: ${scheme}:// is no store; give a file, or postgres://user@host/database`,
    );
  }
  return (await import("./sqlite-store.ts")).openSqliteStore(data);
}
