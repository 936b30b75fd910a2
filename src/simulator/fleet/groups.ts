/**
 * How many devices each group of a fleet file has, and which: consecutive numbers in the order of the file.
 */
import type { FleetFile } from "../model/fleet.ts";

/** Where neither the file nor the command line says how many. */
const DEFAULT_DEVICES = 100;

/** How many devices have a `count`; those with a `share` are not among them. */
export const counted = (file: FleetFile): number => file.groups.reduce((sum, { count = 0 }) => sum + count, 0);

/** The number of devices of the whole fleet. */
export function fleetSize(file: FleetFile, asked: number | undefined): number {
  if (asked !== undefined) return asked;
  if (file.devices !== undefined) return file.devices;
  return file.groups.some(({ share }) => share !== undefined)
    ? Math.max(DEFAULT_DEVICES, counted(file))
    : counted(file);
}

/**
 * Devices of each group. Counts are taken as they are and shares divide the rest, by largest remainders. Counts that do
 * not add up to the fleet, and leave no share to fill it or to give way, are taken for shares.
 */
export function groupSizes(file: FleetFile, devices: number): readonly number[] {
  const { groups } = file;
  const fixed = counted(file);
  const shared = groups.some(({ share }) => share !== undefined);
  if (fixed > devices || (!shared && fixed !== devices)) {
    return divide(
      devices,
      groups.map(({ count = 0 }) => count),
    );
  }
  const parts = divide(
    devices - fixed,
    groups.map(({ share = 0 }) => share),
  );
  return groups.map(({ count }, at) => count ?? parts[at] ?? 0);
}

/** Whole numbers in proportion to the weights that add up to `total`; the earlier group gets what is left over. */
function divide(total: number, weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((whole, weight) => whole + weight, 0);
  if (sum === 0) return weights.map((_, at) => (at === 0 ? total : 0));
  const parts = weights.map((weight) => Math.floor((total * weight) / sum));
  const missing = total - parts.reduce((whole, part) => whole + part, 0);
  const byRemainder = weights
    .map((weight, at) => ({ at, remainder: (total * weight) % sum }))
    .sort((a, b) => b.remainder - a.remainder || a.at - b.at)
    .slice(0, missing);
  const favoured = new Set(byRemainder.map(({ at }) => at));
  return parts.map((part, at) => (favoured.has(at) ? part + 1 : part));
}
