/** A server of our own in a process, with its data in a file, that can be killed and started again where it was. */
import path from "node:path";
import { HarnessError } from "../../platform/errors.ts";
import { makeTemporaryDirectory, remove } from "../../platform/files.ts";
import { pause } from "../../platform/timers.ts";
import { splitAddress } from "../../protocol/address.ts";
import { millis } from "../../protocol/time.ts";
import { type ServerProcess, startServerProcess } from "./reference-live.ts";
import type { RestartableServer } from "./restartable-server.ts";

/** Where a server is to listen, and where its data is. */
export interface ServerPlace {
  /** Ports; 0: free ones. */
  readonly http: number;
  readonly coap: number;
  /** A file, which need not exist; absent: nowhere, and gone with the process. */
  readonly data?: string;
}

/** A port that was just left may belong to somebody's outgoing connection for a moment. */
const STARTS = 5;
const BETWEEN_STARTS = millis(200);

/**
 * Starts one on free ports, with its data in a new file.
 *
 * @param args for Node: the entry, then `serve` and its options
 * @throws HarnessError `child-failed`: it does not start; `file-not-writable`
 */
export async function openRestartableProcess(
  args: (place: ServerPlace) => readonly string[],
): Promise<RestartableServer> {
  const directory = await makeTemporaryDirectory();
  const data = path.join(directory, "server.db");
  let server = await startServerProcess({ args: args({ http: 0, coap: 0, data }) }).catch(async (error: unknown) => {
    await remove(directory);
    throw error;
  });
  const { target } = server;
  const place = { http: Number(new URL(target.http).port), coap: splitAddress(target.coap).port, data };
  let starting: Promise<ServerProcess> = Promise.resolve(server);
  return {
    target,
    async kill() {
      await server.kill();
    },
    async start() {
      starting = startAgain(args(place));
      server = await starting;
    },
    async close() {
      const last = await starting.catch(() => server);
      await last.kill();
      await remove(directory);
    },
  };
}

async function startAgain(args: readonly string[]): Promise<ServerProcess> {
  for (let left = STARTS - 1; ; left--) {
    try {
      return await startServerProcess({ args });
    } catch (error) {
      if (left === 0 || !(error instanceof HarnessError) || !/is taken/.test(error.message)) throw error;
      await pause(BETWEEN_STARTS);
    }
  }
}
