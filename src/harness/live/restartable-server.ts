/**
 * What a live target must offer so that plans may kill its server and start it again.
 *
 * A restart hits all who talk to the server. So either each plan that restarts gets a server of its own, or there is one
 * server for all, and such a plan runs on it alone.
 */
import type { LiveTarget } from "./run-live.ts";

/** One server that can be killed and started again. */
export interface RestartableServer {
  /** Where it is reached; the same after each start. */
  readonly target: LiveTarget;
  /** Ends it as a power failure would, without giving it time for anything; settles when nothing of it is left. */
  kill(): Promise<void>;
  /**
   * Starts it again at the same addresses, with what it had stored; settles when it can be asked.
   *
   * @throws HarnessError when it does not come up
   */
  start(): Promise<void>;
  /** The plan is over. A server of its own is ended and removed; one for all is started, if it is down. May be called twice. */
  close(): Promise<void>;
}

/** How plans that restart the server get one. */
export interface RestartableServers {
  /** `each-plan`: `open` starts a new one. `all-plans`: `open` gives the one that all plans talk to. */
  readonly serves: "each-plan" | "all-plans";
  /** @throws HarnessError when there is none to be had */
  open(): Promise<RestartableServer>;
}
