/** For tests: a server whose clock is ahead of the machine's by what it was turned. */
import type { ServerPort } from "../src/protocol/server-port.ts";
import { after, before, type Micros, micros } from "../src/protocol/time.ts";

export interface TurnedServer extends ServerPort {
  turn(by: Micros): void;
}

export function withTurnedClock(server: ServerPort): TurnedServer {
  let ahead = micros(0);
  return {
    get deadline() {
      return before(server.deadline, ahead);
    },
    handle: (input, now) => server.handle(input, after(now, ahead)),
    turn(by) {
      ahead = micros(ahead + by);
    },
  };
}
