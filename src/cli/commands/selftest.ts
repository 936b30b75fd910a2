/** `selftest`: proves that the harness bites: every shipped mutant must be caught, every legal variant must pass. */
import { z } from "zod";
import { runSelfTest } from "../../harness/selftest/run.ts";
import { UsageError } from "../../platform/errors.ts";
import { writeText } from "../../platform/files.ts";
import { ARTIK } from "../../protocol/profile.ts";
import { renderSelfTest, renderSelfTestPage } from "../../reports/selftest-text.ts";
import { requirementById } from "../../scenarios/requirements.ts";
import { defineCommand, Flag, integer, List, Seed, Text } from "../command.ts";
import { exitCodeOf } from "../exit-codes.ts";
import { createProgressLine } from "../progress.ts";
import type { Services } from "../services.ts";

/** Different seeds give different plans: what one of them catches by luck, another does not. */
const SEEDS = 3;

const Options = z.strictObject({
  seed: Seed,
  only: List.optional(),
  jobs: integer(1, 256).optional(),
  plans: integer(1, 100_000),
  out: Text.optional(),
  json: Flag,
});

export const SELFTEST = defineCommand({
  name: "selftest",
  about: "Proves that the harness bites: every shipped mutant must be caught, every legal variant must pass.",
  options: [
    { name: "seed", value: "TEXT", about: "stem of the seeds of the plans", preset: "selftest" },
    {
      name: "only",
      value: "IDS",
      about: "mutants, legal variants or requirements, by id or the beginning of one",
      presetText: "all",
    },
    { name: "jobs", value: "N", about: "worker threads", presetText: "one per core" },
    { name: "plans", value: "N", about: "plans with one seed after which a mutant is not caught", preset: "1000" },
    {
      name: "out",
      value: "FILE",
      about: "where the page with the matrix is written",
      presetText: "docs/selftest.md when all are tested, else nowhere",
    },
    { name: "json", about: "print the result as one JSON document to stdout, all else to stderr" },
  ],
  examples: ["selftest", "selftest --only R- --out retry.md"],
  schema: Options,
  async run(options, services, io) {
    const { mutants, variants } = chosen(options.only ?? [], services);
    const out = options.out ?? (options.only === undefined ? "docs/selftest.md" : undefined);
    const line = createProgressLine(io, services.now);
    const runner = services.openSelfTest(options.jobs ?? services.processors(), io.signal);
    try {
      const report = await runSelfTest({
        mutants,
        variants,
        profile: ARTIK,
        seeds: Array.from({ length: SEEDS }, (_, index) => `${options.seed}-${index + 1}`),
        plansPerMutant: options.plans,
        plansPerVariant: PLANS_PER_VARIANT,
        plansOfReference: PLANS_OF_REFERENCE,
        runCase: (selfTest) => runner.run(selfTest),
        atOnce: runner.lanes,
        signal: io.signal,
        onProgress: ({ done, cases }) => line.show(`${done} of ${cases} cases`),
      });
      line.clear();
      // A part of it never takes the place of the page in the documentation.
      const file = report.interrupted ? options.out : out;
      if (file !== undefined) await writeText(file, renderSelfTestPage(report));
      if (options.json) io.out(`${JSON.stringify(report, null, 2)}\n`);
      else io.out(renderSelfTest(report));
      if (file !== undefined) (options.json ? io.err : io.out)(`matrix in ${file}\n`);
      return exitCodeOf(report.outcome);
    } finally {
      line.clear();
      await runner.close();
    }
  },
});

const PLANS_PER_VARIANT = 60;
const PLANS_OF_REFERENCE = 1_000;

function chosen(only: readonly string[], { mutants, variants }: Services) {
  const wanted = (id: string): boolean => only.length === 0 || only.some((prefix) => id.startsWith(prefix));
  const result = {
    mutants: mutants
      .filter(({ id, requirement }) => wanted(id) || wanted(requirement))
      .map((row) => ({
        ...row,
        level: requirementById(row.requirement)?.level ?? "MUST",
        profile: row.profile ?? ARTIK,
      })),
    variants: variants.filter(({ id }) => wanted(id)).map((row) => ({ ...row, profile: row.profile ?? ARTIK })),
  };
  if (result.mutants.length + result.variants.length > 0) return result;
  throw new UsageError("bad-value", `--only ${only.join(",")}: no mutant, legal variant or requirement begins so`);
}
