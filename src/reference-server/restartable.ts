/**
 * A server that keeps its records in a store of its own, and whose process can be killed and started again from them.
 *
 * Not a process: what a kill does to one is done to an object here, so that simulated runs can ask what is lost. Between
 * `persist` and `persisted` it can be killed on either side of the write, which is where a process gets caught that
 * answers too early or too late.
 *
 * Source: docs/semantics.md row 26.
 */
import type { Death, ServerEffect, ServerInput, ServerPort } from "../protocol/server-port.ts";
import { after, type Instant, type Micros, micros, NEVER } from "../protocol/time.ts";
import { type Store, withStore } from "./memory-store.ts";

/**
 * @param start makes a server that knows nothing; it is told to `start` with its first input
 * @param takesToStart how long a process that is started again is not there yet; default: it is there at once
 */
export function createRestartable(
  start: () => ServerPort,
  store: Store,
  takesToStart: () => Micros = () => micros(0),
): ServerPort {
  let life: ServerPort | undefined = begin();
  let death: Death | undefined;
  /** When the process that was started again is there. */
  let upAt: Instant = NEVER;

  function begin(): ServerPort {
    return withStore(start(), {
      perform(effect) {
        if (effect.kind === "query" || death === undefined) return store.perform(effect);
        if (death === "after-storing") store.perform(effect);
        // Whoever is dead does not hear that it is stored, and does nothing more.
        throw new Died();
      },
    });
  }

  function die(): void {
    life = undefined;
    death = undefined;
  }

  function step(server: ServerPort, input: ServerInput, now: Instant): readonly ServerEffect[] {
    try {
      return server.handle(input, now);
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      die();
      return [];
    }
  }

  return {
    get deadline() {
      return life?.deadline ?? upAt;
    },
    handle(input, now) {
      if (life !== undefined) return step(life, input, now);
      if (input.kind === "start") upAt = after(now, takesToStart());
      if (now < upAt) return [];
      upAt = NEVER;
      life = begin();
      return step(life, { kind: "start" }, now);
    },
    process: {
      get isDown() {
        return life === undefined;
      },
      die(how) {
        if (how === "at-once") die();
        else death = how;
      },
    },
  };
}

/** The process ended in the middle of a step. */
class Died extends Error {}
