/**
 * Results of parts of a run, and joining them: which parts belong together, and whether they are all there.
 *
 * A part knows its shard; what was joined keeps a row for each of its parts. So results can be joined in any order and
 * in several steps, and what is said about the whole depends on the parts alone.
 */
import { z } from "zod";
import { UsageError } from "../../platform/errors.ts";

/** One part of a run: of the devices, those whose number leaves `index` when divided by `of`. */
export const Shard = z.strictObject({
  /** From 0; of a joined result the lowest of its parts. */
  index: z.number().int().min(0),
  of: z.number().int().min(1),
});
export type Shard = Readonly<z.infer<typeof Shard>>;

/** All of a run in one process. */
export const WHOLE: Shard = { index: 0, of: 1 };

export interface Sharded {
  readonly shard: Shard;
  readonly parts: readonly { readonly index: number }[];
}

/** A result, and what to call it in messages: its file. */
export interface Named<T> {
  readonly name: string;
  readonly result: T;
}

/** What has to be equal in all parts, and how a difference is told. */
export type SameRow<T> = readonly [words: string, of: (result: T) => string | number];

export const isWhole = ({ shard, parts }: Sharded): boolean => parts.length === shard.of;

export const shardText = ({ shard, parts }: Sharded): string => {
  const indices = parts.map(({ index }) => index);
  return `shard${indices.length === 1 ? "" : "s"} ${indices.join(", ")} of ${shard.of}`;
};

/**
 * Puts results in the order of their shards.
 *
 * @throws UsageError `bad-file`: none at all, of different runs, or one shard twice; names file and shard
 */
export function inOrderOfShards<T extends Sharded>(
  results: readonly Named<T>[],
  same: readonly SameRow<T>[],
): readonly [Named<T>, ...Named<T>[]] {
  const [first, ...others] = [...results].sort((a, b) => lowest(a.result) - lowest(b.result));
  if (first === undefined) throw new UsageError("bad-file", "there is no result to merge");
  for (const other of others) {
    refuseDifference(first, other, [["number of shards", ({ shard }) => shard.of], ...same]);
  }
  refuseDoubled([first, ...others]);
  return [first, ...others];
}

/** @throws UsageError `bad-file`, naming the shards that are missing */
export function refuseMissing({ shard, parts }: Sharded): void {
  const there = new Set(parts.map(({ index }) => index));
  const missing = Array.from({ length: shard.of }, (_, index) => index).filter((index) => !there.has(index));
  if (missing.length === 0) return;
  const [first = 0, ...more] = missing;
  const text = more.length === 0 ? `shard ${first} of ${shard.of} is` : `shards ${list(missing)} of ${shard.of} are`;
  throw new UsageError("bad-file", `${text} missing: a run is judged as a whole, give the results of all its shards`);
}

const lowest = ({ parts }: Sharded): number => Math.min(...parts.map(({ index }) => index));

function refuseDifference<T extends Sharded>(first: Named<T>, other: Named<T>, same: readonly SameRow<T>[]): void {
  const row = same.find(([, of]) => of(first.result) !== of(other.result));
  if (row === undefined) return;
  const [words, of] = row;
  throw new UsageError(
    "bad-file",
    `${other.name} (${shardText(other.result)}) is of another run than ${first.name} (${shardText(first.result)}): ` +
      `its ${words} is ${of(other.result)}, not ${of(first.result)}`,
  );
}

function refuseDoubled<T extends Sharded>(results: readonly Named<T>[]): void {
  const holders = new Map<number, string>();
  for (const { name, result } of results) {
    for (const { index } of result.parts) {
      const holder = holders.get(index);
      if (holder !== undefined)
        throw new UsageError("bad-file", `shard ${index} of ${result.shard.of} is there twice: ${holder} and ${name}`);
      holders.set(index, name);
    }
  }
}

/** So many numbers are named; of a thousand missing shards the first are enough. */
const NAMED = 10;

const list = (numbers: readonly number[]): string =>
  numbers.length <= NAMED
    ? numbers.join(", ")
    : `${numbers.slice(0, NAMED).join(", ")} and ${numbers.length - NAMED} more`;
