/** Servers that send and fetch large values otherwise, within RFC 7959. */
import { szxOf } from "../protocol/coap/block.ts";
import { BLOCK_RULES as STANDARD } from "../protocol/coap/block-rules.ts";
import { differing } from "./defect.ts";
import type { LegalVariant } from "./mutant.ts";

/** GET. */
const READ = "0.01";

export const LEGAL_BLOCKS: readonly LegalVariant[] = [
  {
    id: "new-token-for-each-block",
    sentence: "Each block of a large value goes out under a token of its own.",
    choice: "RFC 7959 §2; RFC 7252 §5.3.1: a token belongs to one request",
    coapRules: (note) => ({ tokenOfBlock: () => differing(note, STANDARD.tokenOfBlock(), "new") }),
  },
  ...([256, 64] as const).map(
    (size): LegalVariant => ({
      id: `blocks-of-${size}`,
      sentence: `Blocks that are sent, and asked for, have ${size} bytes.`,
      choice: "RFC 7959 §2.2: any size from 16 to 1024 bytes",
      coapRules: (note) => ({ largestBlock: () => differing(note, STANDARD.largestBlock(), szxOf(size)) }),
    }),
  ),
  {
    id: "never-tells-size",
    sentence: "No block tells the size of the whole value (Size1).",
    choice: "RFC 7959 §4: Size1 is optional",
    coapRules: (note) => ({ tellsSize: (place) => differing(note, STANDARD.tellsSize(place), false) }),
  },
  {
    id: "always-tells-size",
    sentence: "Every block tells the size of the whole value (Size1).",
    choice: "RFC 7959 §4: Size1 may stand in any block",
    coapRules: (note) => ({ tellsSize: (place) => differing(note, STANDARD.tellsSize(place), true) }),
  },
  {
    id: "negotiates-blocks-early",
    sentence: "A Read says in its first request that it would like blocks of 512 bytes.",
    choice: "RFC 7959 §2.4: early negotiation",
    coapRules: (note) => ({
      largestBlock: () => differing(note, STANDARD.largestBlock(), szxOf(512)),
      negotiatesEarly: ({ code }) => code === READ,
    }),
  },
  {
    id: "begins-anew-after-incomplete",
    sentence: "After 4.08 a large value is sent once more from its first block on, as part of the same attempt.",
    choice: "RFC 7959 §2.9.2; docs/semantics.md, Failed attempt, or answer?",
    coapRules: (note) => ({
      afterIncomplete: (content) => differing(note, STANDARD.afterIncomplete(content), "begins-anew"),
    }),
  },
  {
    id: "reads-anew-after-change",
    sentence: "A value that changes while it is read is read once more from its first block on, in the same attempt.",
    choice: "RFC 7959 §2.4, §2.8: what a client does then is its own affair",
    coapRules: (note) => ({
      afterOtherBody: () => differing(note, STANDARD.afterOtherBody(), "begins-anew"),
    }),
  },
];
