/**
 * Randomness is keyed, never drawn from a shared stream: `random("mid/192.0.2.1:5683")` is a stream of its own,
 * so adding a draw in one place shifts nothing elsewhere. The streams are made in `platform/random.ts`.
 */

/** One stream: each call gives the next unsigned 32-bit integer. */
export type RandomStream = () => number;
/** Opens the stream of that name. The same key gives the same stream from its beginning. */
export type RandomSource = (key: string) => RandomStream;
