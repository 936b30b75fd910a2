/**
 * Runs a load: a fleet, tasks for its devices, and the judgement of both.
 *
 * The devices are provisioned, register, and are asked for by tasks for a while; what is left then gets some time; the
 * devices de-register. Spans count from the intended time. A sample of the devices is watched by the oracle.
 */
import { now } from "../../platform/clock.ts";
import { uniqueName } from "../../platform/hash.ts";
import type { Profile } from "../../protocol/profile.ts";
import { after, type Instant, millis, seconds } from "../../protocol/time.ts";
import type { Fleet } from "../../simulator/fleet/types.ts";
import { applicable } from "../adapter/applicable.ts";
import { limitsOf } from "../adapter/capabilities.ts";
import type { FleetRun } from "../fleet/fleet-run.ts";
import { type FleetOptions, runFleet } from "../fleet/run-fleet.ts";
import { type Agenda, createAgenda } from "../live/agenda.ts";
import { openRest } from "../live/open-rest.ts";
import { type Probe, startProbe } from "../live/probe.ts";
import type { RestClient } from "../live/rest-client.ts";
import type { LiveTarget } from "../live/run-live.ts";
import { createSocketOpener } from "../live/sockets.ts";
import type { FleetSnapshot, FleetSummary } from "../record/fleet-result.ts";
import type { LoadResult, RegisteredDevices } from "../record/load-result.ts";
import type { CountName } from "../record/measured.ts";
import type { Shard } from "../record/shards.ts";
import { TimelineRecorder } from "../record/timeline.ts";
import { createTaskSource } from "./arrivals.ts";
import { checkOf } from "./check-of.ts";
import { imagesOf, uploadImages } from "./firmware-images.ts";
import { loadResult } from "./load-of-process.ts";
import { type ProvisionedDevice, provision } from "./provision.ts";
import { createSample, type KeptSample, type KnownSoFar, type Sample, type SampleVerdict } from "./sample.ts";
import { createSeries, type Series } from "./series.ts";
import { TaskDriver } from "./task-driver.ts";
import { beginTasks, type TaskPhase } from "./task-phase.ts";
import type { Workload } from "./workload.ts";

export interface LoadOptions
  extends Pick<FleetOptions, "coap" | "devices" | "places" | "leaveWithin" | "signal" | "onSilence"> {
  readonly target: LiveTarget;
  /** How the target is called in records. */
  readonly targetName: string;
  readonly fleet: Fleet;
  /** The part of the fleet that the devices of this process are. */
  readonly shard: Shard;
  /** Version of Fleetproof. */
  readonly fleetproof: string;
  readonly workload: Workload;
  readonly profile: Profile;
  /** Id of the device type of the tasks. */
  readonly deviceType: string;
  /** Whether the device type and the devices are made known to the server first. */
  readonly provisions: boolean;
  /** Whether somebody wants the history of the watched devices, which grows with the time. Default: nobody does. */
  readonly keepHistory?: boolean;
  /** Waited for when everything is provisioned, before the first device begins. */
  readonly beforeStart?: () => Promise<void>;
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
  /** What the oracle saw; absent when nothing was watched, or nobody wanted it. */
  readonly sample?: KeptSample;
}

/** @throws HarnessError `target-not-usable`: not provisioned, or nobody listens; `too-many-open-files` */
export async function runLoad(options: LoadOptions): Promise<FinishedLoad> {
  const { target, fleet, devices, signal } = options;
  const agenda = createAgenda();
  const http = openRest(target, agenda);
  const openSocket = createSocketOpener(uniqueName());
  let probe: Probe | undefined;
  const sample = createSample({ ...options, seed: fleet.seed });
  const stop = new AbortController();
  const handledBy: Probe["handledBy"] = (sent) => probe?.handledBy(sent);
  const load = new Load({ options, agenda, http, sample, handledBy, endFleet: () => stop.abort() });
  const interrupted = (): void => stop.abort();
  signal.addEventListener("abort", interrupted);
  try {
    if (options.provisions)
      await provision(
        http,
        options.deviceType,
        devices.map((index) => provisioned(options, index)),
        signal,
      );
    load.imageIds = await uploadImages(http, options.deviceType, imagesOf(options.workload));
    await options.beforeStart?.();
    if (sample.size > 0) probe = startProbe(await openSocket(target.coap), target.coap, agenda);
    if (signal.aborted) stop.abort();
    const summary = await runFleet(fleet, {
      ...options,
      server: target.coap,
      signal: stop.signal,
      onRun: (run) => load.begin(run),
      onEvent: (event) => sample.onFleetEvent(event),
      onSecond(snapshot) {
        load.note(snapshot);
        options.onSecond?.(snapshot, load.progress);
      },
    });
    return load.finish(summary, signal.aborted || summary.ended === "duration");
  } finally {
    signal.removeEventListener("abort", interrupted);
    load.stop();
    await probe?.close();
    http.close();
    agenda.close();
  }
}

const LOOK = millis(100);
/** A server that has answered no ping by then ignores them. */
const SILENCE = seconds(10);

/** With what a filter can name. */
function provisioned({ fleet, workload }: LoadOptions, index: number): ProvisionedDevice {
  const { name, group } = fleet.member(index);
  const filters = workload.tasks.some(({ targets }) => targets.kind === "filter");
  return filters ? { name, serverProperties: { group } } : { name };
}

interface LoadParts {
  readonly options: LoadOptions;
  readonly agenda: Agenda;
  readonly http: RestClient;
  readonly sample: Sample;
  readonly handledBy: Probe["handledBy"];
  readonly endFleet: () => void;
}

/** The state of one load; a class because its phases follow each other by callbacks. */
class Load {
  /** Of the firmware images, on the server; known before it begins. */
  imageIds: readonly string[] = [];
  private readonly options: LoadOptions;
  private readonly parts: LoadParts;
  private readonly series = createSeries();
  private readonly timeline = new TimelineRecorder();
  private phase: LoadProgress["phase"] = "registering";
  private run: FleetRun | undefined;
  private driver: TaskDriver | undefined;
  private tasks: TaskPhase | undefined;
  private registered: RegisteredDevices | undefined;
  private asking: { readonly from: Instant; readonly until: Instant | undefined } | undefined;
  private answersPings = false;
  private over = false;

  constructor(parts: LoadParts) {
    this.options = parts.options;
    this.parts = parts;
  }

  get progress(): LoadProgress {
    return {
      phase: this.phase,
      asked: this.tasks?.asked ?? 0,
      underWay: this.driver?.underWay ?? 0,
      series: this.series,
    };
  }

  /** Once a second. */
  note({ at }: FleetSnapshot): void {
    this.timeline.add(at / 1_000_000, this.tasksSoFar());
  }

  private tasksSoFar(): Readonly<Record<string, number>> {
    const total = (name: CountName): number => this.series.total(name, {});
    return {
      asked: total("asked"),
      succeeded: total("succeeded"),
      failed: total("failed"),
      cancelled: total("cancelled"),
    };
  }

  begin(run: FleetRun): void {
    this.run = run;
    this.driver = new TaskDriver({
      http: this.parts.http,
      agenda: this.parts.agenda,
      series: this.series,
      deviceType: this.options.deviceType,
      typeIsOurs: this.options.provisions || this.options.devices.length === this.options.fleet.devices,
      imageIds: this.imageIds,
      nameOf: (device) => run.nameOf(device),
      runTime: run.runTime,
      lateness: run.lateness,
      observe: (task, event) => this.parts.sample.onTaskEvent(task, event),
    });
    this.awaitFleet(after(now(), millis(this.options.workload.begin.atMost)));
    this.judgeOnTheWay();
  }

  /** Often, so that it takes little time at once. */
  private judgeOnTheWay(): void {
    this.parts.agenda.once(after(now(), LOOK), () => {
      if (this.over) return;
      this.parts.sample.advance(this.known());
      this.judgeOnTheWay();
    });
  }

  /** A server that once answered pings is waited for: when it answers again, it is known what it had read. */
  private known(): KnownSoFar {
    const startedAt = this.run?.started ?? now();
    return {
      startedAt,
      handledBy: (sent) => {
        const at = (startedAt + sent) as Instant;
        const handled = this.parts.handledBy(at);
        this.answersPings ||= handled !== undefined;
        if (handled === undefined) return this.answersPings || now() < after(at, SILENCE) ? "not yet" : undefined;
        return handled === "not yet" ? handled : handled - startedAt;
      },
    };
  }

  stop(): void {
    this.over = true;
    this.endAsking();
    this.tasks?.stop();
  }

  private endAsking(): void {
    if (this.asking !== undefined) this.asking = { from: this.asking.from, until: this.asking.until ?? now() };
  }

  private awaitFleet(latest: Instant): void {
    this.parts.agenda.once(after(now(), LOOK), (at) => {
      if (this.over) return;
      const { devices, of } = this.countRegistered();
      const enough = devices * 100 >= this.options.workload.begin.registered * of;
      if (enough || at >= latest) this.ask();
      else this.awaitFleet(latest);
    });
  }

  private countRegistered(): RegisteredDevices {
    return { devices: this.run?.snapshot().registered ?? 0, of: this.options.devices.length };
  }

  private ask(): void {
    const { workload, fleet, devices, shard } = this.options;
    const { run, driver } = this;
    if (run === undefined || driver === undefined) return;
    this.phase = "asking";
    this.asking = { from: now(), until: undefined };
    this.tasks = beginTasks({
      workload,
      seed: fleet.seed,
      agenda: this.parts.agenda,
      series: this.series,
      shard,
      taskOf: createTaskSource(workload, fleet.seed, { fleet, own: devices }),
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
    this.registered = this.countRegistered();
    this.endAsking();
    this.awaitTasks(after(now(), millis(this.options.workload.settle)));
  }

  private awaitTasks(latest: Instant): void {
    if (this.over) return;
    if (this.driver?.underWay === 0 || now() >= latest) this.parts.endFleet();
    else this.parts.agenda.once(after(now(), LOOK), () => this.awaitTasks(latest));
  }

  finish(fleet: FleetSummary, interrupted: boolean): FinishedLoad {
    this.stop();
    const complete = this.driver?.underWay === 0;
    this.driver?.end();
    this.timeline.end(fleet.at / 1_000_000, this.tasksSoFar());
    this.addFleet(fleet);
    const { devices, shard } = this.options;
    const { sample } = this.parts;
    const judged = sample.size === 0 ? undefined : sample.judge({ ...this.known(), at: fleet.at, complete });
    const check = checkOf(sample, this.applying(judged), devices.length, shard.index);
    const result = loadResult(this.options, {
      interrupted,
      check,
      registered: this.registered,
      asking: this.asking,
      tasks: this.tasks?.asked ?? 0,
      failing: this.driver?.failing ?? new Set(),
      series: this.series,
      timeline: this.timeline.saved(),
      fleet,
    });
    return judged?.kept === undefined ? { result } : { result, sample: judged.kept };
  }

  private applying(verdict: SampleVerdict | undefined): SampleVerdict | undefined {
    const { adapter } = this.options.target;
    if (verdict === undefined || adapter === undefined) return verdict;
    return { ...verdict, tallies: applicable(verdict.tallies, limitsOf(adapter.capabilities, adapter.verbs)) };
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
