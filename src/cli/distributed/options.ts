/** The options of distributed runs, and reading them. */
import { UsageError } from "../../platform/errors.ts";
import { millis } from "../../protocol/time.ts";
import { integer, type OptionRow, PositiveDuration, Text } from "../command.ts";
import type { DistributedSettings } from "./coordinator.ts";
import { readRedisUrl } from "./redis-link.ts";

const GROUP = "Several processes";

/** @param what is shared by the workers */
export const distributedOptions = (what: string): readonly OptionRow[] => [
  {
    name: "distributed",
    value: "URL",
    about: `${what} by workers (fleetproof worker) that meet at this Redis, such as redis://127.0.0.1:6379`,
    presetText: "by this process",
    group: GROUP,
  },
  { name: "workers", value: "N", about: "how many workers take part; needed with --distributed", group: GROUP },
  {
    name: "wait-for-workers",
    value: "DURATION",
    about: "how long they may take to come",
    presetText: "60s",
    group: GROUP,
  },
];

/** Of `load` and `fleet`: what is measured cannot be given to another worker unseen. */
export const RERUN_OPTION: OptionRow = {
  name: "rerun-lost",
  about: "run a shard whose worker is gone again, after the others, instead of ending without a result",
  group: GROUP,
};

export const DistributedSchemas = {
  distributed: Text.optional(),
  workers: integer(1, 256).optional(),
  "wait-for-workers": PositiveDuration.optional(),
} as const;

/** Milliseconds. */
const WAIT_FOR = 60_000;

export interface DistributedValues {
  readonly distributed?: string | undefined;
  readonly workers?: number | undefined;
  readonly "wait-for-workers"?: number | undefined;
}

/**
 * @returns `undefined`: this process does it alone
 * @throws UsageError `missing-value`, `conflict`; `bad-value` for what is no address of a Redis
 */
export function readDistributed(values: DistributedValues): DistributedSettings | undefined {
  const { distributed, workers, "wait-for-workers": waitFor = WAIT_FOR } = values;
  if (distributed === undefined) {
    if (workers === undefined) return undefined;
    throw new UsageError("conflict", "--workers goes with --distributed only: the Redis at which they meet");
  }
  if (workers === undefined) throw new UsageError("missing-value", "--workers is missing: how many take part");
  return { redis: readRedisUrl("distributed", distributed), workers, waitFor: millis(waitFor) };
}
