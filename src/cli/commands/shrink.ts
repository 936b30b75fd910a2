/** `shrink`: makes a failing saved plan small. */
import path from "node:path";
import { z } from "zod";
import { createExecutor, type Target } from "../../harness/execution/target.ts";
import { historyText } from "../../harness/history/history-file.ts";
import { readSavedPlan } from "../../harness/record/formats.ts";
import { historyBeside } from "../../harness/record/kept-histories.ts";
import type { SavedPlan } from "../../harness/record/verdict.ts";
import { savedPlan } from "../../harness/saved/record-files.ts";
import { type ShrinkProgress, type ShrinkSavedOutcome, shrinkSaved } from "../../harness/saved/shrink-saved.ts";
import { UsageError } from "../../platform/errors.ts";
import { writeJson, writeText } from "../../platform/files.ts";
import { planLines } from "../../reports/plan-text.ts";
import { count, labelled } from "../../reports/text.ts";
import type { Plan } from "../../scenarios/plan.ts";
import { requirementById } from "../../scenarios/requirements.ts";
import { defineCommand, PositiveDuration, Text } from "../command.ts";
import { EXIT_INCONCLUSIVE, EXIT_PASS, type ExitCode } from "../exit-codes.ts";
import type { CommandIo } from "../io.ts";
import { asUsage } from "../named-files.ts";
import { createProgressLine } from "../progress.ts";
import { chooseTarget, SAVED_TARGET_OPTIONS, SavedTargetSchemas } from "../saved-target.ts";
import type { Services } from "../services.ts";
import { openTarget, type TargetChoice, targetName } from "../targets.ts";

const Options = z.strictObject({
  file: Text,
  out: Text.optional(),
  "shrink-budget": PositiveDuration,
  requirement: Text.optional(),
  ...SavedTargetSchemas,
});
type Options = z.infer<typeof Options>;

export const SHRINK = defineCommand({
  name: "shrink",
  about: "Makes a failing saved plan small: the same requirement still fails, with fewer operations and faults.",
  positional: { name: "file", about: "plan.json of a failure in a record, or any other saved plan that fails" },
  options: [
    { name: "out", value: "FILE", about: "where the small plan is written", presetText: "shrunk.json beside the file" },
    {
      name: "shrink-budget",
      value: "DURATION",
      about: "wall time after which the smallest so far is written",
      preset: "30s",
    },
    { name: "requirement", value: "ID", about: "what must fail", presetText: "what the file names" },
    ...SAVED_TARGET_OPTIONS,
  ],
  examples: [
    "shrink fleetproof-out/failures/R-04-retry-17/plan.json --shrink-budget 2m",
    "shrink fleetproof-out/failures/R-04-retry-17/plan.json --requirement Q-01 --out q-01.json",
  ],
  schema: Options,
  async run(options, services, io) {
    refuseUnknownRequirement(options.requirement);
    const saved = await asUsage("", () => readSavedPlan(options.file));
    const out = outputFile(options, services.program);
    const choice = chooseTarget(options, saved, options.file);
    const { target, close } = await openTarget(choice, saved.plan.profile, options.token, services);
    try {
      const outcome = await shrinkWithProgress(saved, target, options, services, io);
      if (outcome.kind === "holds") return tellThatItHolds(outcome, target, io);
      await write(outcome, choice, out, services);
      tell(saved.plan, outcome, out, services, io);
      return EXIT_PASS;
    } finally {
      await close();
    }
  },
});

function refuseUnknownRequirement(id: string | undefined): void {
  if (id === undefined || requirementById(id) !== undefined) return;
  throw new UsageError("bad-value", `--requirement: there is no "${id}"; fleetproof requirements lists them`);
}

/** What of the command line goes into one that is to be copied. */
const REPEATED = ["requirement", "target", "coap", "mutant", "adapter", "adapter-command", "adapter-url"] as const;

/** The plan that is made small stays: it is the evidence. */
function outputFile(options: Options, program: string): string {
  const { file, out } = options;
  const chosen = out ?? path.join(path.dirname(file), "shrunk.json");
  if (path.resolve(chosen) !== path.resolve(file)) return chosen;
  const { dir, name } = path.parse(file);
  const given = REPEATED.flatMap((option) => {
    const text = options[option];
    return text === undefined ? [] : [` --${option} ${/\s/.test(text) ? JSON.stringify(text) : text}`];
  });
  const command = `${program} shrink ${file} --out ${path.join(dir, `${name}-smaller.json`)}${given.join("")}`;
  throw new UsageError("conflict", `the small plan would replace ${file}: name another place for it: ${command}`);
}

async function shrinkWithProgress(
  saved: SavedPlan,
  target: Target,
  options: Options,
  services: Services,
  io: CommandIo,
): Promise<ShrinkSavedOutcome> {
  const line = createProgressLine(io, services.now);
  const executor = createExecutor(target, io.signal);
  const end = services.now() + options["shrink-budget"];
  try {
    return await shrinkSaved(saved, {
      executor,
      requirement: options.requirement,
      hasTimeFor: (duration) => !io.signal.aborted && services.now() + duration < end,
      onProgress: (progress) => line.show(progressText(progress)),
    });
  } finally {
    line.clear();
    await executor.close();
  }
}

const progressText = ({ executions, operations, faults }: ShrinkProgress): string =>
  `${count(executions, "execution")}, ${count(operations, "operation")} and ${count(faults, "fault")} left`;

type Shrunk = Extract<ShrinkSavedOutcome, { kind: "shrunk" }>;

async function write(outcome: Shrunk, choice: TargetChoice, out: string, services: Services): Promise<void> {
  const { plan, history, finding } = outcome;
  const origin = {
    fleetproof: services.version,
    target: targetName(choice),
    mutant: choice.kind === "sim" ? choice.mutant : undefined,
    exact: choice.kind === "sim",
  };
  await writeJson(out, savedPlan(plan, finding, history, origin));
  await writeText(historyBeside(out), historyText(history));
}

function tell(before: Plan, outcome: Shrunk, out: string, services: Services, io: CommandIo): void {
  const { plan, finding, executions, minimal, repeats } = outcome;
  const sizeOf = ({ fleet, operations, faults }: Plan): string =>
    `${count(fleet.length, "device")}, ${count(operations.length, "operation")}, ${count(faults.length, "fault")}`;
  const cause = io.signal.aborted ? "interrupted" : "the time was up";
  const end = minimal ? "nothing more can be left out" : `${cause} before everything was tried`;
  const lines = [
    `${finding.requirement} still fails${repeats === undefined ? "." : `: failed ${repeats.failed} of ${count(repeats.of, "run")}.`}`,
    ...labelled("expected  ", finding.expected, io.columns),
    ...labelled("actual    ", finding.actual, io.columns),
    `before    ${sizeOf(before)}`,
    ...labelled("now       ", `${sizeOf(plan)}; ${count(executions, "execution")}, ${end}`, io.columns),
    ...planLines(plan, io.columns - 4).map((line) => `    ${line}`),
    `written   ${out}`,
    `replay    ${services.program} replay ${out}`,
  ];
  io.out(`${lines.join("\n")}\n`);
}

function tellThatItHolds(
  { requirement, findings }: Extract<ShrinkSavedOutcome, { kind: "holds" }>,
  target: Target,
  io: CommandIo,
): ExitCode {
  const others = [...new Set(findings.map((finding) => finding.requirement))];
  const instead =
    others.length === 0 ? "" : `; ${others.join(", ")} fails: --requirement ${others[0]} makes that one small`;
  io.err(
    `fleetproof: ${requirement === undefined ? "nothing fails" : `${requirement} does not fail`} on ${target.name}: nothing to make small${instead}\n`,
  );
  return EXIT_INCONCLUSIVE;
}
