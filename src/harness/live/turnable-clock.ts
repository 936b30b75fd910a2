/**
 * What a live target must offer so that plans may let days pass on it: somebody turns the clock of its server.
 *
 * A turn concerns all who talk to the server. So a plan that lets days pass runs on it alone.
 */
export interface TurnableClock {
  /**
   * Turns it on by so much, at once: as if the server had waited that long, and nothing had come.
   *
   * @param milliseconds whole ones, more than 0
   * @throws HarnessError when that does not work
   */
  turn(milliseconds: number): Promise<void>;
}
