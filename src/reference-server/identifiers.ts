/**
 * Ids that the server gives: 32 lower-case hex digits for tasks, types and devices, 16 for registration locations.
 *
 * They come from keyed streams, so a simulated run has the same ids each time. A stream begins anew at each start of
 * the process, so its key has the number of the start in it: nothing given out before is given out again.
 */
import type { RandomSource, RandomStream } from "../protocol/random.ts";

export interface Identifiers {
  /** @param isTaken whether that id is in use */
  next(purpose: keyof typeof WORDS, isTaken: (id: string) => boolean): string;
}

const WORDS = {
  task: 4,
  device: 4,
  "device-type": 4,
  "bearer-token": 4,
  update: 4,
  "update-file": 4,
  location: 2,
} as const;

/** @param start how often this server was started before */
export function createIdentifiers(random: RandomSource, start: number): Identifiers {
  const streams = new Map<string, RandomStream>();
  return {
    next(purpose, isTaken) {
      let stream = streams.get(purpose);
      if (stream === undefined) {
        stream = random(startKey(start, purpose));
        streams.set(purpose, stream);
      }
      for (;;) {
        let id = "";
        for (let word = 0; word < WORDS[purpose]; word += 1) id += stream().toString(16).padStart(8, "0");
        if (!isTaken(id)) return id;
      }
    },
  };
}

/** The key of a stream within one start of the server. */
export const startKey = (start: number, purpose: string): string => `server/${start}/${purpose}`;
