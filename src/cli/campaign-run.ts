/**
 * One campaign as commands run it: brings the target up, runs, writes the record, shows the result, takes the target
 * down. What is run and how it is judged is the harness's business.
 */
import path from "node:path";
import type { CampaignResult } from "../harness/campaign/campaign.ts";
import type { CampaignProgress } from "../harness/campaign/campaign-options.ts";
import { COVERAGE_NAMES } from "../harness/coverage/coverage-names.ts";
import type { Keep } from "../harness/execution/plan-runner.ts";
import type { Meeting } from "../harness/record/expectations.ts";
import type { FailureSummary, RunRecord } from "../harness/record/verdict.ts";
import {
  beginRecord,
  completeRecord,
  type SavedPlanOrigin,
  writeKept,
  writeMeeting,
  writeResult,
} from "../harness/saved/record-files.ts";
import { writeText } from "../platform/files.ts";
import type { Profile } from "../protocol/profile.ts";
import { seconds } from "../protocol/time.ts";
import { stateChart } from "../reports/charts/state-charts.ts";
import { coverageLine, renderCoverage } from "../reports/coverage-text.ts";
import { evidentEvents } from "../reports/evident-events.ts";
import { REPORT_FORMATS } from "../reports/formats.ts";
import { renderGithub } from "../reports/github.ts";
import type { ReportView } from "../reports/report-view.ts";
import { renderTerminal } from "../reports/terminal.ts";
import { count, labelled } from "../reports/text.ts";
import type { FamilyName } from "../scenarios/families/names.ts";
import { REQUIREMENTS } from "../scenarios/requirements.ts";
import { type DistributedRun, type DistributedSettings, REPEATABLE } from "./distributed/coordinator.ts";
import { distributedPlans } from "./distributed/plans.ts";
import { type ExitCode, exitCodeOf } from "./exit-codes.ts";
import { type ExpectationsFile, exitCodeWith, expectationsText, meetExpectations } from "./expectations.ts";
import type { CommandIo } from "./io.ts";
import { timesHint } from "./profiles.ts";
import { createProgressLine } from "./progress.ts";
import type { Services } from "./services.ts";
import { openTarget, refuseUnknownMutant, type TargetChoice, targetName, targetOptions } from "./targets.ts";

export interface CampaignSettings {
  readonly target: TargetChoice;
  readonly profile: Profile;
  readonly token?: string | undefined;
  readonly seed: string;
  /** Absent: all. */
  readonly families?: readonly FamilyName[] | undefined;
  readonly runs?: number | undefined;
  /** Milliseconds. */
  readonly time?: number | undefined;
  readonly only: readonly string[];
  readonly require: readonly string[];
  readonly strict: boolean;
  /** Milliseconds. */
  readonly shrinkBudget: number;
  /** Threads, in simulation; absent: as many as the machine can run. */
  readonly jobs?: number | undefined;
  /** The most plans at the same time, live; absent: 200. */
  readonly atOnce?: number | undefined;
  /** Absent: this process does it all. */
  readonly distributed?: DistributedSettings | undefined;
  readonly keep: Keep;
  /** Absent: nothing is expected but that all is kept. */
  readonly expectations?: ExpectationsFile | undefined;
  readonly directory: string;
  readonly json: boolean;
  /** For which CI system failures are printed so that it shows them; absent: none. */
  readonly annotations?: AnnotationStyle | undefined;
  /** For the record: the command line. */
  readonly commandLine: readonly string[];
}

/** CI systems that read annotations from the output of a job, and how. */
const ANNOTATIONS = { github: renderGithub } as const;
export type AnnotationStyle = keyof typeof ANNOTATIONS;
export const ANNOTATION_STYLES = ["github"] as const satisfies readonly AnnotationStyle[];

/** @throws HarnessError when nothing can be said: the target cannot be brought up, the record cannot be written */
export async function runAndReport(settings: CampaignSettings, services: Services, io: CommandIo): Promise<ExitCode> {
  if (settings.target.kind === "sim") refuseUnknownMutant(settings.target.mutant, services);
  (settings.json ? io.err : io.out)(`seed ${settings.seed}\n`);
  const run = runRecord(settings, services);
  const { target, close } = await openTarget(settings.target, settings.profile, settings.token, services);
  let shared: DistributedRun | undefined;
  try {
    shared = await openShared(settings, services, io);
    await beginRecord(settings.directory, run);
    const result = await runWithProgress(settings, target, shared, services, io);
    const meeting = await meetExpectations(settings.expectations, result.verdict);
    const view = await writeRecord(settings, run, result, meeting, services, io);
    if (settings.json) io.out(`${JSON.stringify(result.verdict, null, 2)}\n`);
    else showResult(settings, result, meeting, services, io);
    // A line that begins with :: is read by the CI system wherever it stands.
    if (settings.annotations !== undefined) (settings.json ? io.err : io.out)(ANNOTATIONS[settings.annotations](view));
    if (meeting === undefined) return exitCodeOf(result.verdict.outcome);
    (settings.json ? io.err : io.out)(expectationsText(meeting, settings.expectations?.file ?? ""));
    return exitCodeWith(meeting, result.verdict.outcome);
  } finally {
    await shared?.close();
    await close();
  }
}

/** How long workers may take for the rest of the runs that they are at. */
const STOP_WITHIN = seconds(10);

async function openShared(
  { distributed }: CampaignSettings,
  services: Services,
  io: CommandIo,
): Promise<DistributedRun | undefined> {
  if (distributed === undefined) return undefined;
  return services.openDistributedRun({
    ...distributed,
    version: services.version,
    program: services.program,
    work: "verify",
    locks: REPEATABLE,
    stopWithin: STOP_WITHIN,
    signal: io.signal,
    say: (line) => io.err(`${line}\n`),
  });
}

async function runWithProgress(
  settings: CampaignSettings,
  target: Parameters<Services["runCampaign"]>[0]["target"],
  shared: DistributedRun | undefined,
  services: Services,
  io: CommandIo,
): Promise<CampaignResult> {
  const line = createProgressLine(io, services.now);
  const { runs, time, families, atOnce } = settings;
  try {
    return await services.runCampaign({
      target,
      profile: settings.profile,
      seed: settings.seed,
      ...(families === undefined ? {} : { families }),
      ...(runs === undefined ? {} : { runs }),
      ...(time === undefined ? {} : { timeLimit: time }),
      ...(atOnce === undefined ? {} : { atOnce }),
      only: settings.only,
      strict: settings.strict,
      require: settings.require,
      shrinkBudget: settings.shrinkBudget,
      signal: shared === undefined ? io.signal : AbortSignal.any([io.signal, shared.lost]),
      ...(shared === undefined || target.kind !== "sim" || target.recipe === undefined
        ? {}
        : { runner: distributedPlans(shared, target.recipe) }),
      onProgress: (progress) => line.show(progressText(progress, time)),
      version: services.version,
      threads: { most: settings.jobs ?? services.processors(), open: services.openPlanRunner },
      keep: settings.keep,
      onKept: (kept) => writeKept(settings.directory, kept, originOf(settings, services)),
    });
  } finally {
    line.clear();
  }
}

function progressText(progress: CampaignProgress, timeLimit: number | undefined): string {
  const elapsed = Math.round(progress.elapsed / 1_000);
  if (progress.phase === "shrinking") return `making ${count(progress.failures, "failure")} small, ${elapsed} s`;
  const { runs, requestedRuns } = progress;
  const plans = requestedRuns === undefined ? count(runs, "plan") : `${runs} of ${count(requestedRuns, "plan")}`;
  const done = `${plans} done, ${count(progress.failures, "failure")}`;
  if (timeLimit === undefined) return `${done}, ${elapsed} s`;
  const limit = Math.round(timeLimit / 1_000);
  // A live plan that has begun is brought to its end.
  if (elapsed > limit) return `${done}, ${limit} s are over: ${elapsed - limit} s more so far for the plans under way`;
  return `${done}, ${elapsed} of at most ${limit} s`;
}

function runRecord(settings: CampaignSettings, services: Services): RunRecord {
  return {
    formatVersion: 1,
    fleetproof: services.version,
    node: services.nodeVersion,
    status: "incomplete",
    target: targetName(settings.target),
    profile: settings.profile.name,
    seed: settings.seed,
    ...(settings.families === undefined ? {} : { families: [...settings.families] }),
    arguments: [...settings.commandLine],
    startedAt: services.timeOfDay(),
  };
}

async function writeRecord(
  settings: CampaignSettings,
  run: RunRecord,
  result: CampaignResult,
  expectations: Meeting | undefined,
  services: Services,
  io: CommandIo,
): Promise<ReportView> {
  const { directory } = settings;
  await writeResult(directory, result, originOf(settings, services));
  if (expectations !== undefined) await writeMeeting(directory, expectations);
  const chart = await writeChart(directory, result, services, io);
  const evidence = result.failures.map(
    (failure) =>
      [failure.id, { plan: failure.shrunk, history: failure.shrunkHistory, finding: failure.shrunkFinding }] as const,
  );
  const view: ReportView = {
    verdict: result.verdict,
    catalogue: REQUIREMENTS,
    evidence: new Map(evidence),
    replayCommand: replayCommand(directory, services.program),
    shrinkCommand: shrinkCommand(directory, services.program),
    coverage: renderCoverage(result.coverage, COVERAGE_NAMES, { live: settings.target.kind !== "sim" }),
    states: result.states,
    tasks: result.tasks,
    expectations,
    chart,
  };
  for (const { files } of REPORT_FORMATS.filter(({ always }) => always))
    for (const { path: file, content } of await files(view, services))
      await writeText(path.join(directory, file), content);
  await completeRecord(directory, run, services.timeOfDay());
  return view;
}

const originOf = ({ target }: CampaignSettings, services: Services): SavedPlanOrigin => ({
  fleetproof: services.version,
  target: targetName(target),
  mutant: target.kind === "sim" ? target.mutant : undefined,
  exact: target.kind === "sim",
});

/** A machine on which no canvas can be loaded loses the picture, nothing else. */
async function writeChart(
  directory: string,
  result: CampaignResult,
  services: Services,
  io: CommandIo,
): Promise<string | undefined> {
  if (result.states === undefined) return undefined;
  try {
    const bytes = await services.drawPng(stateChart(result.states));
    await writeText(path.join(directory, "states.png"), bytes);
    return "states.png";
  } catch (error) {
    io.err(`no chart: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

const replayCommand =
  (directory: string, program: string) =>
  (failure: FailureSummary): string =>
    `${program} replay ${path.join(directory, failure.shrunk)}`;

/** With more time than a campaign has for one failure. */
const shrinkCommand =
  (directory: string, program: string) =>
  (failure: FailureSummary): string =>
    `${program} shrink ${path.join(directory, failure.plan)} --shrink-budget 2m`;

function showResult(
  settings: CampaignSettings,
  result: CampaignResult,
  expectations: Meeting | undefined,
  services: Services,
  io: CommandIo,
): void {
  const view = {
    verdict: result.verdict,
    catalogue: REQUIREMENTS,
    shrunk: new Map(result.failures.map(({ id, shrunk }) => [id, shrunk])),
    evident: new Map(
      result.failures.map(({ id, shrunkHistory, shrunkFinding }) => [
        id,
        evidentEvents(shrunkHistory, shrunkFinding.events),
      ]),
    ),
    replayCommand: replayCommand(settings.directory, services.program),
    shrinkCommand: shrinkCommand(settings.directory, services.program),
    expectations,
  };
  io.out(`\n${renderTerminal(view, { columns: io.columns, colours: io.colours })}`);
  io.out(`      ${coverageLine(result.coverage, COVERAGE_NAMES, settings.target.kind !== "sim")}\n`);
  io.out(`      report ${path.join(settings.directory, "report.html")}\n`);
  const options = targetOptions(settings.target);
  const hint = options === undefined ? undefined : timesHint(settings.profile);
  if (hint !== undefined)
    io.out(
      labelled("      ", hint, io.columns)
        .map((line) => `${line}\n`)
        .join(""),
    );
  if (options === undefined || result.verdict.outcome !== "inconclusive") return;
  io.out(`      is the set-up right? ${services.program} preflight ${options}\n`);
}
