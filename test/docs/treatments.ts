/**
 * What the test does with a documented command: it runs it, with small numbers, or it has it parsed and says why no more.
 *
 * A command that is not named here makes the test fail.
 */
import { existsSync, readFileSync } from "node:fs";

export interface Place {
  /** Addresses of the server that runs during the test. */
  readonly http: string;
  readonly coap: string;
  /** Numbers the directories that commands write. */
  readonly next: () => number;
}

export type Treatment =
  | { readonly kind: "run"; readonly argv: readonly string[]; readonly exits: readonly number[] }
  | { readonly kind: "parse"; readonly because: string };

type Argv = readonly string[];

interface TreatmentRow {
  /** Absent: any. */
  readonly command?: string;
  /** Absent: always. */
  readonly when?: (argv: Argv) => boolean;
  readonly treat: (argv: Argv, place: Place) => Treatment;
}

const parse = (because: string) => (): Treatment => ({ kind: "parse", because });
const run = (argv: Argv, ...exits: readonly number[]): Treatment => ({ kind: "run", argv, exits });

export function optionText(argv: Argv, name: string): string | undefined {
  const at = argv.indexOf(`--${name}`);
  const joined = argv.find((word) => word.startsWith(`--${name}=`));
  return joined?.slice(name.length + 3) ?? (at === -1 ? undefined : argv[at + 1]);
}

const has = (argv: Argv, name: string): boolean =>
  argv.some((word) => word === `--${name}` || word.startsWith(`--${name}=`));

/** @param values `undefined` takes the option with its value away */
function withOptions(argv: Argv, values: Readonly<Record<string, string | undefined>>): Argv {
  const kept = argv.filter((word, index) => {
    const named = (text: string | undefined): boolean =>
      Object.keys(values).some((name) => text === `--${name}` || text?.startsWith(`--${name}=`) === true);
    const before = argv[index - 1];
    return !named(word) && !(before !== undefined && !before.includes("=") && named(before));
  });
  const given = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
  return [...kept, ...given];
}

/** The file of a failure that was found by this test, instead of the one that the page found. */
const STAND_IN = { plan: "stand-in.json", record: "fleetproof-out" } as const;

/** A positional argument behind `report` for which there is no directory. */
const isMissingRecord = (argv: Argv, index: number): boolean =>
  index > 0 && /^\w/.test(argv[index] ?? "") && !argv[index - 1]?.startsWith("--") && !existsSync(argv[index] ?? "");

const orStandIn = (argv: Argv, standIn: string): Argv =>
  argv.map((word, index) => (index === 1 && !existsSync(word) ? standIn : word));

/** Whether the saved plan that is to run again was recorded on a live server, and no other is named. */
function wasLive(argv: Argv): boolean {
  const [, file = ""] = argv;
  if (optionText(argv, "target") !== undefined || !/\.json$/.test(file) || !existsSync(file)) return false;
  const { target } = JSON.parse(readFileSync(file, "utf8")) as { readonly target?: string };
  return target !== "sim";
}

const isLive = (argv: Argv): boolean => !["sim", undefined].includes(optionText(argv, "target"));
const namesOtherHost = (argv: Argv): boolean =>
  argv.some(
    (word) => /^(?:https?|coap):\/\//.test(word) && !/\/\/(?:127\.0\.0\.1|localhost):(?:8080|5683)\b/.test(word),
  );

const atServer = (argv: Argv, { http, coap }: Place): Argv =>
  argv.map((word) =>
    word
      .replace(/^http:\/\/(?:127\.0\.0\.1|localhost):8080\/v1\.1$/, http)
      .replace(/^coap:\/\/(?:127\.0\.0\.1|localhost):5683$/, coap),
  );

const smallCampaign = (argv: Argv, { next }: Place): Argv => {
  const out = optionText(argv, "out") ?? `record-${next()}`;
  const seed = optionText(argv, "seed") ?? "docs";
  return withOptions(argv, { seed, runs: "3", jobs: "1", "shrink-budget": "50ms", time: undefined, out });
};

/** In the order in which they are asked; the first that fits decides. */
const ROWS: readonly TreatmentRow[] = [
  { when: (argv) => argv.includes("…"), treat: parse("is shown in part") },
  { when: (argv) => has(argv, "distributed"), treat: parse("needs Redis and workers") },
  {
    when: (argv) => argv.some((word) => word.startsWith("--adapter")),
    treat: parse("needs an adapter and its server; the shipped ones have tests of their own"),
  },
  { command: "verify", when: isLive, treat: parse("a live campaign takes its time; live.test.ts runs one") },
  {
    command: "verify",
    when: (argv) => has(argv, "mutant"),
    treat: (argv, place) => run(smallCampaign(argv, place), 0, 1),
  },
  {
    command: "verify",
    // Three plans need not bring it about.
    when: (argv) => has(argv, "require") || has(argv, "only"),
    treat: (argv, place) => run(smallCampaign(argv, place), 0, 2),
  },
  { command: "verify", treat: (argv, place) => run(smallCampaign(argv, place), 0) },
  { command: "replay", when: (argv) => isLive(argv) || wasLive(argv), treat: parse("needs the reader's server") },
  { command: "replay", treat: (argv) => run(orStandIn(argv, STAND_IN.plan), 0, 1) },
  { command: "shrink", when: (argv) => isLive(argv) || wasLive(argv), treat: parse("needs the reader's server") },
  {
    command: "shrink",
    treat: (argv, { next }) =>
      run(
        withOptions(orStandIn(argv, STAND_IN.plan), {
          "shrink-budget": "200ms",
          requirement: undefined,
          out: `small-${next()}.json`,
        }),
        0,
        1,
      ),
  },
  {
    command: "report",
    treat: (argv) =>
      run(
        argv.map((word, index) => (isMissingRecord(argv, index) ? STAND_IN.record : word)),
        0,
      ),
  },
  { command: "recheck", treat: (argv) => run(orStandIn(argv, STAND_IN.record), 0, 1) },
  { command: "requirements", treat: (argv) => run(argv, 0) },
  { command: "explain", treat: (argv) => run(argv, 0) },
  { command: "selftest", treat: parse("takes minutes; CI runs it, and selftest.test.ts a part of it") },
  { command: "demo", treat: parse("CI runs it as npm start") },
  { command: "preflight", when: namesOtherHost, treat: parse("needs the reader's server") },
  { command: "preflight", treat: (argv, place) => run(atServer(argv, place), 0) },
  {
    command: "serve",
    when: (argv) => optionText(argv, "data")?.startsWith("postgres") === true,
    treat: parse("needs PostgreSQL"),
  },
  {
    command: "serve",
    treat: (argv) => run(withOptions(argv, { http: "0", coap: "0", host: "127.0.0.1", "log-level": "silent" }), 0),
  },
  { command: "fleet", when: namesOtherHost, treat: parse("needs the reader's server") },
  {
    command: "fleet",
    when: (argv) => optionText(argv, "target") === "sim",
    treat: (argv) => run(withOptions(argv, { devices: "20", duration: "10m" }), 0),
  },
  {
    command: "fleet",
    treat: (argv, place) =>
      run(
        withOptions(atServer(argv, place), {
          server: place.coap,
          devices: "4",
          duration: "300ms",
          ramp: "100ms",
          metrics: undefined,
          "start-at": undefined,
        }),
        0,
      ),
  },
  { command: "load", treat: parse("takes as long as its workload says; fleet-and-load.test.ts runs one") },
  { command: "merge", treat: parse("needs the results of all shards") },
  { command: "worker", treat: parse("needs Redis") },
];

/** @throws Error when no row speaks of the command */
export function treatmentOf(argv: Argv, place: Place): Treatment {
  if (argv[0] === undefined || argv.includes("--help") || argv[0].startsWith("--")) return run(argv, 0);
  const row = ROWS.find(({ command, when }) => (command ?? argv[0]) === argv[0] && (when?.(argv) ?? true));
  if (row === undefined) throw new Error(`say in test/docs/treatments.ts how "fleetproof ${argv.join(" ")}" is tested`);
  return row.treat(argv, place);
}
