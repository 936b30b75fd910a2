/**
 * Runs a load: a fleet, tasks for its devices, and the judgement of both.
 *
 * The devices are provisioned, register, and are asked for by tasks for a while; what is left then gets some time; the
 * devices de-register. Spans count from the intended time. A sample of the devices is watched by the oracle.
 */
import { now } from "../../platform/clock.ts";
import { uniqueName } from "../../platform/hash.ts";
import type { Profile } from "../../protocol/profile.ts";
import { after, type Instant, millis } from "../../protocol/time.ts";
import { REQUIREMENTS } from "../../scenarios/requirements.ts";
import type { Fleet } from "../../simulator/fleet/types.ts";
import type { FleetRun } from "../fleet/fleet-run.ts";
import { type FleetOptions, runFleet } from "../fleet/run-fleet.ts";
import type { FleetSnapshot, FleetSummary } from "../fleet/snapshot.ts";
import { createAgenda } from "../live/agenda.ts";
import { createHttpClient } from "../live/http-client.ts";
import { type Probe, startProbe } from "../live/probe.ts";
import type { LiveTarget } from "../live/run-live.ts";
import { createSocketOpener } from "../live/sockets.ts";
import type { Tally } from "../record/finding.ts";
import { createTaskSource } from "./arrivals.ts";
import { judgeGenerator } from "./generator-lag.ts";
import { type CheckedRequirement, type LoadCheck, type LoadResult, loadOutcome } from "./load-result.ts";
import { provision } from "./provision.ts";
import { createSample, type Sample, type SampleVerdict } from "./sample.ts";
import { createSeries, type Series } from "./series.ts";
import { TaskDriver } from "./task-driver.ts";
import { beginTasks, type TaskPhase } from "./task-phase.ts";
import { judgeThreshold } from "./thresholds.ts";
import type { Workload } from "./workload.ts";

export interface LoadOptions
  extends Pick<FleetOptions, "coap" | "devices" | "places" | "leaveWithin" | "signal" | "onSilence"> {
  readonly target: LiveTarget;
  /** How the target is called in records. */
  readonly targetName: string;
  readonly fleet: Fleet;
  readonly workload: Workload;
  readonly profile: Profile;
  /** Id of the device type of the tasks. */
  readonly deviceType: string;
  /** Whether the device type and the devices are made known to the server first. */
  readonly provisions: boolean;
  readonly onSecond?: (snapshot: FleetSnapshot, progress: LoadProgress) => void;
}

export interface LoadProgress {
  readonly phase: "registering" | "asking" | "settling";
  /** Tasks that were asked for, and that have not come to an end. */
  readonly asked: number;
  readonly underWay: number;
  readonly series: Series;
}

export interface FinishedLoad {
  readonly result: LoadResult;
  /** What the oracle saw; absent when nothing was watched. */
  readonly sample?: SampleVerdict;
}

/** @throws HarnessError `target-not-usable`: not provisioned, or nobody listens; `too-many-open-files` */
export async function runLoad(options: LoadOptions): Promise<FinishedLoad> {
  const { target, fleet, devices, signal } = options;
  const agenda = createAgenda();
  const http = createHttpClient({ base: target.http, agenda, token: target.token });
  const openSocket = createSocketOpener(uniqueName());
  let probe: Probe | undefined;
  const sample = createSample({ ...options, seed: fleet.seed });
  const stop = new AbortController();
  const load = new Load(options, agenda, http, sample, () => stop.abort());
  const interrupted = (): void => stop.abort();
  signal.addEventListener("abort", interrupted);
  try {
    if (options.provisions)
      await provision(
        http,
        options.deviceType,
        devices.map((index) => fleet.member(index).name),
        signal,
      );
    if (sample.size > 0) probe = startProbe(await openSocket(target.coap), target.coap, agenda);
    if (signal.aborted) stop.abort();
    const summary = await runFleet(fleet, {
      ...options,
      server: target.coap,
      signal: stop.signal,
      onRun: (run) => load.begin(run),
      onEvent: (event) => sample.onFleetEvent(event),
      onSecond: (snapshot) => options.onSecond?.(snapshot, load.progress),
    });
    return load.finish(summary, signal.aborted || summary.ended === "duration", (sent) => probe?.handledBy(sent));
  } finally {
    signal.removeEventListener("abort", interrupted);
    load.stop();
    await probe?.close();
    http.close();
    agenda.close();
  }
}

const LOOK = millis(100);

/** The state of one load; a class because its phases follow each other by callbacks. */
class Load {
  private readonly options: LoadOptions;
  private readonly agenda: ReturnType<typeof createAgenda>;
  private readonly http: ReturnType<typeof createHttpClient>;
  private readonly sample: Sample;
  private readonly endFleet: () => void;
  private readonly series = createSeries();
  private phase: LoadProgress["phase"] = "registering";
  private run: FleetRun | undefined;
  private driver: TaskDriver | undefined;
  private tasks: TaskPhase | undefined;
  private registered: number | undefined;
  private over = false;

  constructor(
    options: LoadOptions,
    agenda: ReturnType<typeof createAgenda>,
    http: ReturnType<typeof createHttpClient>,
    sample: Sample,
    endFleet: () => void,
  ) {
    this.options = options;
    this.agenda = agenda;
    this.http = http;
    this.sample = sample;
    this.endFleet = endFleet;
  }

  get progress(): LoadProgress {
    return {
      phase: this.phase,
      asked: this.tasks?.asked ?? 0,
      underWay: this.driver?.underWay ?? 0,
      series: this.series,
    };
  }

  begin(run: FleetRun): void {
    this.run = run;
    this.driver = new TaskDriver({
      http: this.http,
      agenda: this.agenda,
      series: this.series,
      deviceType: this.options.deviceType,
      nameOf: (device) => run.nameOf(device),
      runTime: run.runTime,
      lateness: run.lateness,
      observe: (task, event) => this.sample.onTaskEvent(task, event),
    });
    this.awaitFleet(after(now(), millis(this.options.workload.begin.atMost)));
  }

  stop(): void {
    this.over = true;
    this.tasks?.stop();
  }

  private awaitFleet(latest: Instant): void {
    this.agenda.once(after(now(), LOOK), (at) => {
      if (this.over) return;
      const enough = this.partRegistered() * 100 >= this.options.workload.begin.registered;
      if (enough || at >= latest) this.ask();
      else this.awaitFleet(latest);
    });
  }

  private partRegistered(): number {
    const { devices } = this.options;
    return devices.length === 0 ? 0 : (this.run?.snapshot().registered ?? 0) / devices.length;
  }

  private ask(): void {
    const { workload, fleet, devices } = this.options;
    const { run, driver } = this;
    if (run === undefined || driver === undefined) return;
    this.phase = "asking";
    const own = new Set(devices);
    const groups = new Map(
      fleet.groups.map(({ name, first, count }) => [
        name,
        Array.from({ length: count }, (_, place) => first + place).filter((device) => own.has(device)),
      ]),
    );
    this.tasks = beginTasks({
      workload,
      seed: fleet.seed,
      agenda: this.agenda,
      series: this.series,
      taskOf: createTaskSource(workload, fleet.seed, { devices, groups }),
      ask(task, intended, whenDone) {
        if (task.row.operation !== "update") return driver.ask(task, intended, whenDone);
        for (const device of task.devices) run.command(device, { kind: "update" });
        whenDone();
      },
      onEnd: () => this.settle(),
    });
  }

  private settle(): void {
    this.phase = "settling";
    this.registered = this.partRegistered();
    this.awaitTasks(after(now(), millis(this.options.workload.settle)));
  }

  private awaitTasks(latest: Instant): void {
    if (this.over) return;
    if (this.driver?.underWay === 0 || now() >= latest) this.endFleet();
    else this.agenda.once(after(now(), LOOK), () => this.awaitTasks(latest));
  }

  finish(fleet: FleetSummary, interrupted: boolean, handledBy: (sent: Instant) => Instant | undefined): FinishedLoad {
    this.stop();
    const complete = this.driver?.underWay === 0;
    this.driver?.end();
    this.addFleet(fleet);
    const { workload, devices, targetName } = this.options;
    const start = this.run?.started ?? now();
    const judged =
      this.sample.size === 0
        ? undefined
        : this.sample.judge({
            at: fleet.at,
            startedAt: start,
            complete,
            handledBy(sent) {
              const handled = handledBy((start + sent) as Instant);
              return handled === undefined ? undefined : handled - start;
            },
          });
    const parts = {
      generator: judgeGenerator(this.series.spans("generator.lag", {}), workload.generator.maxLag * 1_000),
      thresholds: workload.thresholds.map((each) => judgeThreshold(each, this.series, this.registered)),
      check: checkOf(this.sample, devices.length, judged?.tallies ?? []),
    };
    const result: LoadResult = {
      formatVersion: 1,
      outcome: loadOutcome({ ...parts, interrupted }),
      seed: this.options.fleet.seed,
      target: targetName,
      ...parts,
      ...(this.registered === undefined ? {} : { registered: this.registered }),
      tasks: this.tasks?.asked ?? 0,
      series: this.series.saved(),
      fleet,
    };
    return judged === undefined ? { result } : { result, sample: judged };
  }

  /** What the devices waited for becomes part of what thresholds can name. */
  private addFleet({ latencies }: FleetSummary): void {
    for (const [key, counts] of Object.entries(latencies)) {
      const [operation = "", code = ""] = key.split(" ");
      if (operation === "register" || operation === "update" || operation === "deregister")
        this.series.add(operation, { code }, counts);
    }
  }
}

function checkOf(sample: Sample, of: number, tallies: readonly Tally[]): LoadCheck {
  const requirements = tallies.flatMap((tally): readonly CheckedRequirement[] => {
    const row = REQUIREMENTS.find(({ id }) => id === tally.requirement);
    // Our own devices are the instrument: what they do wrong is nothing that a server could be blamed for.
    if (row === undefined || row.subject !== "server") return [];
    const { requirement: id, examined, undecided, findings } = tally;
    const broken = findings.length > 0;
    const outcome = broken ? (row.level === "SHOULD" ? "warn" : "fail") : examined > 0 ? "pass" : "undecided";
    return [{ id, outcome, examined, undecided, findings }];
  });
  const { size, reason } = sample;
  return { devices: size, of, ...(reason === undefined ? {} : { reason }), requirements };
}
