/** What makes loads or fleets hard to compare: other settings, and runs of which not all is known. Pure. */
import { letterOf } from "./comparison.ts";
import type { FleetResult } from "./fleet-result.ts";
import type { LoadResult } from "./load-result.ts";
import type { Labels } from "./measured.ts";
import { isWhole } from "./shards.ts";

type Result = LoadResult | FleetResult;

export const isLoad = (result: Result): result is LoadResult => "series" in result;

/** What was asked for, in words. */
export const settingsOf = (result: Result): Labels => ({
  ...(isLoad(result) ? result.workloadSettings : {}),
  ...result.fleetSettings,
});

/** Why numbers do not compare: what was asked for differs. Values in the order of the results. */
export function differencesOf(results: readonly Result[]): readonly string[] {
  const devices = differing("numbers of devices", results, (result) => String(result.devices));
  const told = [
    ...devices,
    ...differingSettings(results, ({ fleetSettings }) => fleetSettings),
    ...differingSettings(results, (result) => (isLoad(result) ? result.workloadSettings : undefined)),
  ];
  const hidden = (what: string, of: (result: Result) => string): readonly string[] =>
    told.length > 0 || new Set(results.map(of)).size < 2 ? [] : [`${what} differ, as their digests say`];
  const partOf = (result: Result): string =>
    isWhole(result) ? "the whole" : `${result.parts.length} of ${result.shard.of} shards`;
  return [
    ...differing("seeds", results, ({ seed }) => seed),
    ...told,
    ...hidden("workloads", (result) => (isLoad(result) ? result.workloadDigest : "")),
    ...hidden("fleets", ({ fleetDigest }) => fleetDigest),
    ...differing("clocks", results, (result) => (isVirtual(result) ? "virtual time" : "real time")),
    ...differing("parts", results, partOf),
  ];
}

const isVirtual = (result: Result): boolean => "virtual" in result && result.virtual !== undefined;

function differing<T>(what: string, results: readonly T[], of: (result: T) => string): readonly string[] {
  const values = results.map(of);
  if (new Set(values).size < 2) return [];
  return [`${what} differ: ${values.map((value, index) => `${letterOf(index)} ${value}`).join("; ")}`];
}

function differingSettings(results: readonly Result[], of: (result: Result) => Labels | undefined): readonly string[] {
  const settings = results.map((result) => of(result));
  // A record of an older version does not say what was asked for; then the digests alone are compared.
  if (settings.includes(undefined)) return [];
  const names = [...new Set(settings.flatMap((each) => Object.keys(each ?? {})))];
  return names.flatMap((name) => differing(`"${name}"`, settings, (each) => each?.[name] ?? "none").map(singular));
}

const singular = (text: string): string => text.replace('" differ:', '" differs:');

/** What else has to be known before a figure is believed. */
export function cautionsOf(records: readonly { readonly name: string; readonly result: Result }[]): readonly string[] {
  return [
    ...differing("versions of Fleetproof", records, ({ result }) => result.fleetproof),
    ...differing("numbers of processes", records, ({ result }) => String(result.parts.length)),
    ...records.flatMap(({ name, result }) => [
      ...(result.outcome === "interrupted" ? [`${name} was interrupted`] : []),
      ...(result.outcome === "unheard" ? [`${name} heard nothing of its server`] : []),
      ...(isLoad(result) && !result.generator.valid
        ? [`${name} measured its own lag: ${result.generator.sentence}`]
        : []),
    ]),
  ];
}
