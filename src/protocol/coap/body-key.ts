/**
 * Which requests are about the same body: same peer, same method, same options but for those that tell of blocks.
 *
 * Not the token: a peer may take a new one for every block.
 *
 * Spec: RFC 7959 §2.3, §2.5 (matching of blocks); RFC 7252 §5.4.2, §5.6 (cache key).
 */
import type { Address } from "../address.ts";
import { withoutBlocks } from "./block.ts";
import { hexFromBytes } from "./hex.ts";
import type { CoapMessage } from "./types.ts";

/** Equal for two requests exactly when they are about the same body. */
export const bodyKey = (from: Address, message: CoapMessage): string =>
  [from, message.code, ...withoutBlocks(message).filter(isPartOfKey).map(textOf)].join(" ");

/** Options with these bits say of themselves that they are none. RFC 7252 §5.4.6, NoCacheKey */
const isPartOfKey = ({ number }: { readonly number: number }): boolean => (number & 0x1e) !== 0x1c;

const textOf = ({ number, value }: CoapMessage["options"][number]): string =>
  `${number}:${hexFromBytes(value, 0, value.length)}`;
