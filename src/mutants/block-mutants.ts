/** Defects in the transfer of large values, block by block., O-08. */
import { blockSize } from "../protocol/coap/block.ts";
import { type Place, BLOCK_RULES as STANDARD } from "../protocol/coap/block-rules.ts";
import { hexFromBytes } from "../protocol/coap/hex.ts";
import { stringOptions, URI_PATH } from "../protocol/coap/options.ts";
import type { CoapContent, Code } from "../protocol/coap/types.ts";
import { REFERENCE_RULES } from "../reference-server/rules.ts";
import { differing } from "./defect.ts";
import type { Mutant, Note } from "./mutant.ts";

const bodyOf = ({ options, payload }: CoapContent): string =>
  `${stringOptions({ options }, URI_PATH).join("/")} ${hexFromBytes(payload, 0, payload.length)}`;

/** Takes 2.31 for a success like any other. */
const takesContinue = (note: Note) => ({
  isSuccess: (code: Code, taskType: Parameters<typeof REFERENCE_RULES.isSuccess>[1]) =>
    differing(
      note,
      REFERENCE_RULES.isSuccess(code, taskType),
      REFERENCE_RULES.isSuccess(code === "2.31" ? "2.04" : code, taskType),
    ),
});

const isImage = ({ options }: CoapContent): boolean => stringOptions({ options }, URI_PATH).join("/").endsWith("5/0/0");

/** The last block of what is concerned is never sent: the one before it is said to be the last. */
const withoutLastBlock = (note: Note, isConcerned: (content: CoapContent) => boolean) => {
  let concerned = false;
  const isEnd = ({ offset, szx }: Place, length: number): boolean =>
    concerned && length > blockSize(szx) && offset + 2 * blockSize(szx) >= length;
  return {
    firstBlock: (content: CoapContent, szx: number): Place => {
      concerned = isConcerned(content);
      return STANDARD.firstBlock(content, szx);
    },
    nextBlock: (sent: Place, wanted: number, content: CoapContent): Place => {
      concerned = isConcerned(content);
      return STANDARD.nextBlock(sent, wanted, content);
    },
    moreFollows: (place: Place, length: number) =>
      differing(
        note,
        STANDARD.moreFollows(place, length),
        !isEnd(place, length) && STANDARD.moreFollows(place, length),
      ),
    answersAll: (code: Code, isLast: boolean) => code !== "2.31" && (isLast || code === "2.04"),
  };
};

export const BLOCK_MUTANTS: readonly Mutant[] = [
  {
    id: "resumes-broken-transfer",
    sentence: "The attempt after a broken transfer begins with the block at which it broke off.",
    requirement: "R-11",
    source: "the offset is kept with the task instead of with the attempt",
    coapRules: (note) => {
      const brokeOff = new Map<string, Place>();
      return {
        firstBlock: (content, szx) => {
          const begin = STANDARD.firstBlock(content, szx);
          const place = brokeOff.get(bodyOf(content)) ?? begin;
          differing(note, begin.offset, place.offset);
          return place;
        },
        nextBlock: (sent, wanted, content) => {
          const place = STANDARD.nextBlock(sent, wanted, content);
          const isLast = place.offset + blockSize(place.szx) >= content.payload.length;
          if (isLast) brokeOff.delete(bodyOf(content));
          else brokeOff.set(bodyOf(content), place);
          return place;
        },
      };
    },
  },
  {
    id: "goes-on-after-incomplete",
    sentence: "After 4.08 the next block is sent as if nothing had happened.",
    requirement: "R-11",
    source: "4.08 taken for the time-out of a single block",
    coapRules: (note) => ({
      afterIncomplete: (content) =>
        differing(note, STANDARD.afterIncomplete(content), isImage(content) ? "fails" : "goes-on"),
    }),
  },
  {
    id: "ignores-smaller-blocks",
    sentence: "Blocks stay as large as the server likes them, whatever size the device asks for.",
    requirement: "R-15",
    source: "no late negotiation: the SZX of the answer is not read",
    coapRules: (note) => ({
      nextBlock: (sent, wanted, content) => {
        differing(note, wanted, sent.szx);
        return STANDARD.nextBlock(sent, sent.szx, content);
      },
    }),
  },
  {
    id: "block-numbers-not-rescaled",
    sentence:
      "When the device asks for smaller blocks the numbers go on by one, as if they counted blocks of one size.",
    requirement: "R-14",
    source: "NUM kept when SZX changes",
    coapRules: (note) => ({
      nextBlock: (sent, wanted, content) => {
        const { offset } = STANDARD.nextBlock(sent, wanted, content);
        const number = sent.offset / blockSize(sent.szx) + 1;
        return { offset: differing(note, offset, number * blockSize(wanted)), szx: wanted };
      },
    }),
  },
  {
    id: "skips-a-block",
    sentence: "The third block of a large value is left out.",
    requirement: "R-14",
    source: "an index that is advanced twice",
    coapRules: (note) => ({
      nextBlock: (sent, wanted, content) => {
        const place = STANDARD.nextBlock(sent, wanted, content);
        const isThird = sent.offset > 0 && sent.offset <= blockSize(STANDARD.largestBlock());
        const after = place.offset + blockSize(wanted);
        const leftOut = isThird && after < content.payload.length;
        return { offset: differing(note, place.offset, leftOut ? after : place.offset), szx: wanted };
      },
    }),
  },
  {
    id: "last-block-says-more",
    sentence: "The last block of a large value says that more follow, and its 2.31 is taken for the answer.",
    requirement: "R-14",
    source: "M set whenever a body is sent in blocks",
    rules: takesContinue,
    coapRules: (note) => ({
      moreFollows: (place, length) => differing(note, STANDARD.moreFollows(place, length), true),
      answersAll: (_code, isLast) => isLast,
    }),
  },
  {
    id: "continue-is-success",
    sentence: "The 2.31 to the first block of a large value is taken for the answer to the Write.",
    requirement: "T-01",
    source: "any 2.xx taken for success",
    rules: takesContinue,
    coapRules: (note) => ({
      answersAll: (code, isLast) => differing(note, STANDARD.answersAll(code, isLast), true),
    }),
  },
  {
    id: "value-without-its-end",
    sentence: "The last block of a large value is never sent; the one before it is said to be the last.",
    requirement: "I-06",
    source: "an index off by one",
    coapRules: (note) => withoutLastBlock(note, (content) => !isImage(content)),
  },
  {
    id: "image-without-its-end",
    sentence: "The last block of a firmware image is never sent; the one before it is said to be the last.",
    requirement: "O-08",
    source: "an index off by one",
    coapRules: (note) => withoutLastBlock(note, isImage),
  },
  {
    id: "image-goes-on-after-incomplete",
    sentence: "After 4.08 the next block of a firmware image is sent as if nothing had happened.",
    requirement: "O-08",
    source: "4.08 taken for the time-out of a single block",
    coapRules: (note) => ({
      afterIncomplete: (content) =>
        differing(note, STANDARD.afterIncomplete(content), isImage(content) ? "goes-on" : "fails"),
    }),
  },
  {
    id: "mirrors-first-block-alone",
    sentence: "The first block of a response is taken for all of it.",
    requirement: "D-03",
    source: "a client that knows nothing of Block2",
    coapRules: (note) => ({ fetchesRest: () => differing(note, STANDARD.fetchesRest(), false) }),
  },
  {
    id: "joins-two-representations",
    sentence: "Blocks are joined to one value although their ETags differ.",
    requirement: "R-16",
    source: "no comparison of ETags",
    coapRules: (note) => ({
      isSameBody: (first, later) => differing(note, STANDARD.isSameBody(first, later), true),
    }),
  },
  {
    id: "counts-blocks-as-attempts",
    sentence: "When an attempt to write a large value fails, each of its blocks counts as an attempt.",
    requirement: "R-08",
    source: "a counter in the message layer",
    rules: (note) => {
      let blocks = 1;
      return {
        requestOf: (operation, rootPath, attempt) => {
          const content = REFERENCE_RULES.requestOf(operation, rootPath, attempt);
          blocks = Math.max(1, Math.ceil((content?.payload.length ?? 0) / blockSize(STANDARD.largestBlock())));
          return content;
        },
        attemptsAfter: (attempts, event) =>
          differing(
            note,
            REFERENCE_RULES.attemptsAfter(attempts, event),
            REFERENCE_RULES.attemptsAfter(attempts, event) + (event === "failed-attempt" ? blocks - 1 : 0),
          ),
      };
    },
  },
];
