/** What loads and fleets have counted, side by side. Pure. */
import type { FleetResult, FleetSummary } from "./fleet-result.ts";
import type { LoadResult } from "./load-result.ts";
import { COUNTS } from "./measured.ts";
import { isLoad } from "./measured-differences.ts";

export interface ComparedNumber {
  readonly group: "Tasks" | "Fleet";
  /** As in the record, with its labels; of a fleet as in its counts, or words. */
  readonly name: string;
  /** `share`: 0 to 1. */
  readonly unit: "number" | "share";
  /** One for each record; `undefined`: nobody counted. */
  readonly values: readonly (number | undefined)[];
  /** Whether fewer are better. */
  readonly trouble: boolean;
}

type Result = LoadResult | FleetResult;

export const comparedNumbers = (results: readonly Result[]): readonly ComparedNumber[] => [
  ...taskNumbers(results),
  ...fleetNumbers(results),
];

const TROUBLE = /^(failed|unsettled|refused|unanswered)/;

function taskNumbers(results: readonly Result[]): readonly ComparedNumber[] {
  const loads = results.filter(isLoad);
  if (loads.length < results.length) return [];
  const rows = loads.map(({ series }) => series.counts);
  const named = rows.map((list) => new Map(list.map((row) => [nameOf(row), row])));
  const names = [...new Map(named.flatMap((each) => [...each])).values()].sort(
    (a, b) => placeOf(a.name) - placeOf(b.name),
  );
  return [
    { group: "Tasks", name: "asked for", unit: "number", values: loads.map(({ tasks }) => tasks), trouble: false },
    {
      group: "Tasks",
      name: "devices registered at the last one",
      unit: "share",
      values: loads.map(({ registered }) =>
        registered === undefined ? undefined : registered.devices / Math.max(1, registered.of),
      ),
      trouble: false,
    },
    ...names.flatMap((row): readonly ComparedNumber[] => {
      const name = nameOf(row);
      const trouble = TROUBLE.test(row.name);
      const values = named.map((each) => each.get(name)?.count ?? 0);
      const number = { group: "Tasks", name, unit: "number", values, trouble } as const;
      const of = COUNTS.find((each) => each.name === row.name)?.of ?? row.name;
      if (of === row.name || !trouble) return [number];
      const shares = rows.map((list, at) => shareOf(values[at] ?? 0, wholeOf(list, of, row.labels.operation)));
      return [number, { group: "Tasks", name: `${name} among ${of}`, unit: "share", values: shares, trouble }];
    }),
  ];
}

type CountRow = LoadResult["series"]["counts"][number];

const placeOf = (name: string): number => COUNTS.findIndex((row) => row.name === name);

function nameOf({ name, labels }: CountRow): string {
  const text = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  return text.length === 0 ? name : `${name}{${text.join(",")}}`;
}

const wholeOf = (rows: readonly CountRow[], name: string, operation: string | undefined): number =>
  rows
    .filter((row) => row.name === name && (operation === undefined || row.labels.operation === operation))
    .reduce((sum, { count }) => sum + count, 0);

const shareOf = (part: number, whole: number): number | undefined => (whole === 0 ? undefined : part / whole);

const FLEET_TROUBLE = new Set(["retransmissions", "serverRetransmissions", "unanswered"]);

function fleetNumbers(results: readonly Result[]): readonly ComparedNumber[] {
  const fleets = results.map(({ fleet }) => fleet);
  const [first] = fleets;
  const number = (name: string, of: (fleet: FleetSummary) => number, trouble = false): ComparedNumber => ({
    group: "Fleet",
    name,
    unit: "number",
    values: fleets.map(of),
    trouble,
  });
  const answers = [...new Set(fleets.flatMap(({ responses }) => Object.keys(responses)))].sort();
  return [
    number("devices registered at the end", ({ registeredAtEnd }) => registeredAtEnd),
    number("devices with an error or no answer", ({ failing }) => failing.count, true),
    ...Object.keys(first?.counts ?? {}).map((key) =>
      number(key, ({ counts }) => counts[key as keyof FleetSummary["counts"]], FLEET_TROUBLE.has(key)),
    ),
    ...answers.map((key) => number(`answers ${key}`, ({ responses }) => responses[key] ?? 0, / [45]\./.test(key))),
  ];
}
