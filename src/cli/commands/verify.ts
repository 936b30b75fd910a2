/** `verify`: the main job. Generates plans, runs them against the target, judges what was seen, writes a record. */
import { z } from "zod";
import { KEEP } from "../../harness/execution/plan-runner.ts";
import { UsageError } from "../../platform/errors.ts";
import { formatDuration } from "../../protocol/duration.ts";
import { FAMILY_NAMES } from "../../scenarios/families/names.ts";
import { ADAPTER_OPTIONS, AdapterSchemas } from "../adapters.ts";
import { checkFamilies, checkPrefixes } from "../campaign-options.ts";
import { ANNOTATION_STYLES, runAndReport } from "../campaign-run.ts";
import { Duration, defineCommand, Flag, integer, List, PositiveDuration, Seed, Text } from "../command.ts";
import { DistributedSchemas, distributedOptions, readDistributed } from "../distributed/options.ts";
import { withoutPassword } from "../distributed/redis-link.ts";
import { readExpectations } from "../expectations.ts";
import {
  JUDGED_TIME_OPTIONS,
  JudgedTimeSchemas,
  PROFILE_OPTION,
  ProfileName,
  readProfile,
  TIME_OPTIONS,
  TimeSchemas,
} from "../profiles.ts";
import { readTarget, type TargetChoice } from "../targets.ts";

/** Plans of a simulated campaign for which neither `--runs` nor `--time` is given. */
const SIMULATED_RUNS = 1_000;
/** Milliseconds of a live campaign for which neither is given. */
const LIVE_TIME = 60_000;

const Options = z.strictObject({
  target: Text,
  coap: Text.optional(),
  runs: integer(1, 10_000_000).optional(),
  time: PositiveDuration.optional(),
  seed: Seed.optional(),
  families: List.optional(),
  only: List.optional(),
  require: List.optional(),
  strict: Flag,
  profile: ProfileName,
  ...TimeSchemas,
  ...JudgedTimeSchemas,
  token: Text.optional(),
  ...AdapterSchemas,
  mutant: Text.optional(),
  "shrink-budget": Duration,
  jobs: integer(1, 256).optional(),
  "at-once": integer(1, 1_000).optional(),
  ...DistributedSchemas,
  keep: z.enum(KEEP),
  expectations: Text.optional(),
  "update-expectations": Flag,
  out: Text,
  json: Flag,
  annotations: z.enum(ANNOTATION_STYLES).optional(),
});

export const VERIFY = defineCommand({
  name: "verify",
  about: "Verifies a server: runs generated plans against it and judges every requirement.",
  options: [
    {
      name: "target",
      value: "TARGET",
      about:
        "sim (the reference server in simulation), reference-live (the same over UDP and HTTP), or the base URL of a server that speaks the task API",
      preset: "sim",
    },
    { name: "coap", value: "URL", about: "CoAP address of an http target, such as coap://127.0.0.1:5683" },
    ...ADAPTER_OPTIONS,
    {
      name: "runs",
      value: "N",
      about: "number of plans",
      presetText: "1000 in simulation, live as many as fit into --time",
    },
    {
      name: "time",
      value: "DURATION",
      about: "wall time after which no more plans are started",
      presetText: "none in simulation, 60s live",
    },
    {
      name: "seed",
      value: "TEXT",
      about: "same seed, --runs and --families in simulation: same plans, same result",
      presetText: "random",
    },
    {
      name: "families",
      value: "NAMES",
      about: `only plans of these scenario families: ${FAMILY_NAMES.join(", ")}`,
      presetText: "all",
    },
    {
      name: "only",
      value: "IDS",
      about: "judge only these requirements: ids or their beginnings, such as Q-,R-04",
      presetText: "all",
    },
    {
      name: "require",
      value: "IDS",
      about: "inconclusive unless these were exercised: ids or their beginnings",
      presetText: "none",
    },
    { name: "strict", about: "a SHOULD that is not kept fails the campaign" },
    PROFILE_OPTION,
    ...TIME_OPTIONS,
    ...JUDGED_TIME_OPTIONS,
    { name: "token", value: "TEXT", about: "bearer token for the task API of an http target" },
    {
      name: "mutant",
      value: "ID",
      about: "simulate this shipped defective server instead of the correct one, to see a failure; several: a,b,c",
    },
    {
      name: "shrink-budget",
      value: "DURATION",
      about: "wall time for making failing plans small, over all failures",
      preset: "30s",
    },
    {
      name: "jobs",
      value: "N",
      about: "threads for simulated plans; the result is the same for any number",
      presetText: "as many as the machine can run",
    },
    {
      name: "at-once",
      value: "N",
      about: "the most plans at the same time on a live target; fewer while it, or this machine, cannot keep up",
      presetText: "200",
    },
    {
      name: "keep",
      value: "WHICH",
      about: "histories to write beside those of failures: failures (none), sample (one passing plan in ten), all",
      preset: "sample",
    },
    {
      name: "expectations",
      value: "FILE",
      about: "requirements that are known to be broken: they do not fail the campaign, but an entry that is kept does",
    },
    { name: "update-expectations", about: "write that file anew, so that the result meets it; notes in it are kept" },
    { name: "out", value: "DIR", about: "directory of the record", preset: "./fleetproof-out" },
    ...distributedOptions("simulated plans are run"),
    { name: "json", about: "print the verdict as one JSON document to stdout, all else to stderr" },
    {
      name: "annotations",
      value: ANNOTATION_STYLES.join("|"),
      about: "print failures so that this CI system shows them at the run: ::error lines of GitHub Actions",
      presetText: "none",
    },
  ],
  examples: [
    "verify --runs 200 --seed 4711",
    "verify --target http://127.0.0.1:8080/v1.1 --coap coap://127.0.0.1:5683 --time 2m",
    "verify --families expiry,cancel --only E-,T- --runs 500",
    "verify --only Q-,R-04 --strict --json",
    "verify --mutant retry-by-timer --runs 200 --out broken",
    "verify --expectations expected.json --update-expectations",
    "verify --adapter ./my-server.js --time 2m",
  ],
  schema: Options,
  async run(options, services, io) {
    const target = readTarget(options);
    const isLive = target.kind !== "sim";
    const distributed = readDistributed(options);
    if (distributed !== undefined) refuseUnshared(target.kind, options.jobs);
    if (!isLive && options["at-once"] !== undefined)
      throw new UsageError("conflict", "--at-once is for live targets; simulated plans share threads: --jobs");
    const unlimited = options.runs === undefined && options.time === undefined;
    const profile = await readProfile(options.profile, target.kind, options);
    const settings = {
      target,
      profile,
      token: options.token,
      seed: options.seed ?? services.randomSeed(),
      runs: unlimited && !isLive ? SIMULATED_RUNS : options.runs,
      time: unlimited && isLive ? LIVE_TIME : options.time,
      families: checkFamilies(options.families),
      only: checkPrefixes("only", options.only ?? []),
      require: checkPrefixes("require", options.require ?? []),
      strict: options.strict,
      shrinkBudget: options["shrink-budget"],
      jobs: options.jobs,
      atOnce: options["at-once"],
      distributed,
      keep: options.keep,
      expectations: await readExpectations(options.expectations, options["update-expectations"]),
      directory: options.out,
      json: options.json,
      annotations: options.annotations,
      commandLine: commandLine(options),
    };
    return runAndReport(settings, services, io);
  },
});

/** @throws UsageError for what several processes cannot share */
function refuseUnshared(target: TargetChoice["kind"], jobs: number | undefined): void {
  if (jobs !== undefined)
    throw new UsageError("conflict", "--jobs are threads of this process; with --distributed the workers do the work");
  if (target === "sim") return;
  throw new UsageError(
    "conflict",
    "--distributed: verify shares simulated plans only. Live plans run against one server and are judged by the clock " +
      "of the process that saw every datagram; several processes see it late by unknown times. " +
      "For more devices than one process can drive use load --distributed",
  );
}

const DURATIONS: readonly string[] = [
  "time",
  "shrink-budget",
  "wait-for-workers",
  "ack-timeout",
  "response-timeout",
  "awake-window",
  "reaction",
];

/** What was asked for, for the record; a token stays out of it. */
function commandLine(options: z.infer<typeof Options>): readonly string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    if (value === true) return [`--${name}`];
    if (name === "token") return ["--token=…"];
    if (name === "distributed") return [`--distributed=${withoutPassword(new URL(String(value)))}`];
    return [`--${name}=${DURATIONS.includes(name) ? formatDuration(Number(value)) : String(value)}`];
  });
}
