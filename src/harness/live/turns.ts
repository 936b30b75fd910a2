/**
 * Which live runs may go on at the same time: those that share a server, and those that kill one.
 */
import type { RestartableServers } from "./restartable-server.ts";

export interface Turns {
  /** Runs with all others that share the server. */
  together<T>(task: () => Promise<T>): Promise<T>;
  /** Runs when its server hits nobody else. */
  apart<T>(task: () => Promise<T>): Promise<T>;
}

type Kind = keyof Turns;

/** Each server of its own is a process: so many at once leave the machine some time for measuring. */
export const SERVERS_AT_ONCE = 2;

/** @param serves `undefined`: nothing is killed, and every run goes on at once */
export function createTurns(serves: RestartableServers["serves"] | undefined): Turns {
  const running: Record<Kind, number> = { together: 0, apart: 0 };
  const waiting: { readonly kind: Kind; readonly begin: () => void }[] = [];

  const may = (kind: Kind): boolean => {
    if (serves === "all-plans") return running.apart === 0 && (kind === "together" || running.together === 0);
    return serves === undefined || kind === "together" || running.apart < SERVERS_AT_ONCE;
  };

  const admit = (): void => {
    for (const next of [...waiting]) {
      if (!may(next.kind)) continue;
      waiting.splice(waiting.indexOf(next), 1);
      running[next.kind]++;
      next.begin();
    }
  };

  const take = async <T>(kind: Kind, task: () => Promise<T>): Promise<T> => {
    await new Promise<void>((begin) => {
      waiting.push({ kind, begin });
      admit();
    });
    try {
      return await task();
    } finally {
      running[kind]--;
      admit();
    }
  };

  return { together: (task) => take("together", task), apart: (task) => take("apart", task) };
}
