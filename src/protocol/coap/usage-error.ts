/**
 * A wrong use of this folder by our own code: a bug of ours, never a peer's doing.
 *
 * Whatever a peer can cause is a `Result` or no effect at all; nobody catches this error.
 */
export class CoapUsageError extends Error {
  override readonly name = "CoapUsageError";
}
