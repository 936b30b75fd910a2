/**
 * A 32-bit hash of a text: how seed and index become the seed of one draw. Not for secrets.
 *
 * FNV-1a over UTF-16 code units, then the finalizer of MurmurHash3, because FNV alone leaves the high bits of
 * similar texts alike.
 */

/** An unsigned 32-bit integer; equal texts give equal numbers on every machine. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Sixteen hexadecimal digits of hash: enough to tell the plans of any campaign apart. */
export const hashName = (text: string): string =>
  [hash32(`a/${text}`), hash32(`b/${text}`)].map((half) => half.toString(16).padStart(8, "0")).join("");
