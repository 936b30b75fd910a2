/** An outcome that a peer controls: data, never an exception. */
export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

/** The outcome that was asked for. */
export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
/** The outcome that it is not, and why. */
export const err = <E>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error });
