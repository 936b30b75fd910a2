/**
 * Correctness during a load: the history of a sample of its devices, judged by the checkers that `verify` uses.
 *
 * The oracle has to see everything that the server may do to a device. So a sample is possible where each task is for
 * one device, or where all devices are in it and no task has more of them than a page of statuses shows. Datagrams that
 * arrive with a wrong bit have no place in its model: a fleet whose links corrupt is not judged.
 */
import type { Profile } from "../../protocol/profile.ts";
import type { Instant } from "../../protocol/time.ts";
import type { Plan } from "../../scenarios/plan.ts";
import type { Fleet } from "../../simulator/fleet/types.ts";
import type { History, HistoryEvent } from "../history/history.ts";
import { judge } from "../oracle/oracle.ts";
import type { Tally } from "../record/finding.ts";
import type { Shard } from "../record/shards.ts";
import type { LoadTask } from "./arrivals.ts";
import { imagesOf } from "./firmware-images.ts";
import type { Workload } from "./workload.ts";

export interface SampleSettings {
  readonly fleet: Fleet;
  /** Numbers of the devices that this process runs. */
  readonly devices: readonly number[];
  readonly shard: Shard;
  readonly workload: Workload;
  readonly profile: Profile;
  readonly deviceType: string;
  readonly seed: string;
}

export interface Sample {
  /** How many devices are watched. */
  readonly size: number;
  /** Why none is. */
  readonly reason?: string;
  onFleetEvent(event: HistoryEvent): void;
  onTaskEvent(task: LoadTask, event: HistoryEvent): void;
  /**
   * @param complete all tasks came to an end
   * @param handledBy when the server had read what was sent at that run time, at the latest; `undefined`: nobody knows
   */
  judge(end: SampleEnd): SampleVerdict;
}

export interface SampleEnd {
  readonly at: number;
  readonly startedAt: Instant;
  readonly complete: boolean;
  handledBy(sent: number): number | undefined;
}

export interface SampleVerdict {
  readonly tallies: readonly Tally[];
  readonly plan: Plan;
  readonly history: History;
  /** Numbers in the fleet of the devices of that history, in their order. */
  readonly devices: readonly number[];
}

/** Seconds that a server under load may take before it is blamed for not acting: load is not a broken promise. */
const PATIENCE = 20;
const PAGE = 100;

export function createSample(settings: SampleSettings): Sample {
  const reason = whyNot(settings);
  const chosen = reason === undefined ? watched(settings) : [];
  const places = new Map(chosen.map((device, place) => [device, place]));
  const events: HistoryEvent[] = [];
  return {
    size: chosen.length,
    ...(reason === undefined ? {} : { reason }),
    onFleetEvent(event) {
      if (!("device" in event) || event.device === undefined) return;
      const device = places.get(event.device);
      if (device !== undefined) events.push({ ...event, device } as HistoryEvent);
    },
    onTaskEvent(task, event) {
      if (chosen.length === 0 || !task.devices.every((device) => places.has(device))) return;
      events.push(withPlaces(event, places));
    },
    judge: (end) => judgeSample(settings, chosen, events, end),
  };
}

/** Evenly over the fleet, so that each of its groups has its part; of those each shard watches the ones that it runs. */
function watched({ workload, fleet, devices, shard }: SampleSettings): readonly number[] {
  const evenly = <T>(of: number, at: (place: number) => T): readonly T[] => {
    const size = Math.min(workload.check.devices, of);
    return Array.from({ length: size }, (_, place) => at(Math.floor((place * of) / size)));
  };
  if (shard.of === 1) return evenly(devices.length, (place) => devices[place] as number);
  return evenly(fleet.devices, (place) => place).filter((device) => device % shard.of === shard.index);
}

function whyNot({ workload, devices, fleet, shard }: SampleSettings): string | undefined {
  const all = shard.of === 1 ? devices.length : fleet.devices;
  const size = Math.min(workload.check.devices, all);
  if (size === 0) return "check.devices is 0";
  const corrupt = fleet.file.groups.find(({ link }) => link.corruption.up > 0 || link.corruption.down > 0);
  if (corrupt !== undefined) return `the links of group ${corrupt.name} corrupt datagrams`;
  if (workload.tasks.some(({ targets }) => targets.kind === "filter"))
    return "only the server knows which devices a filter means";
  const several = workload.tasks.find(({ targets }) => targets.kind !== "one");
  if (several === undefined) return undefined;
  if (size < all) return `a task for several devices can be judged only when all ${all} devices are watched`;
  return devices.length > PAGE ? `a task for more than ${PAGE} devices is not judged` : undefined;
}

function withPlaces(event: HistoryEvent, places: ReadonlyMap<number, number>): HistoryEvent {
  if (event.kind !== "rest-request" || event.purpose?.kind !== "create-task") return event;
  const devices = event.purpose.devices.flatMap((device) => places.get(device) ?? []);
  return { ...event, purpose: { ...event.purpose, devices } };
}

function judgeSample(
  settings: SampleSettings,
  chosen: readonly number[],
  events: readonly HistoryEvent[],
  end: SampleEnd,
): SampleVerdict {
  const { fleet, profile, deviceType, seed } = settings;
  const members = chosen.map((device) => fleet.member(device));
  const plan: Plan = {
    formatVersion: 1,
    id: "load",
    family: "load",
    simSeed: seed.slice(0, 64),
    profile: { ...profile, reaction: Math.max(profile.reaction, PATIENCE) },
    deviceTypes: [{}],
    fleet: members.map(({ model, registersAt }) => ({ ...model, type: 0, registersAt })),
    latency: 0,
    images: [...imagesOf(settings.workload)],
    operations: [],
    faults: [],
    quietFrom: 0,
    until: Math.ceil(end.at / 1_000),
  };
  const closing: HistoryEvent = end.complete
    ? { kind: "mark", mark: "end", at: end.at }
    : { kind: "mark", mark: "cut-off", reason: "tasks were under way", at: end.at };
  const history: History = {
    header: {
      formatVersion: 1,
      plan: plan.id,
      mode: "live",
      startedAt: Math.floor(end.startedAt / 1_000),
      devices: members.map(({ name }) => name),
      deviceTypes: [deviceType],
    },
    events: [{ kind: "mark", mark: "start", at: 0 }, ...events.map((event) => bounded(event, end)), closing],
  };
  return { tallies: judge(plan, history).tallies, plan, history, devices: chosen };
}

/** An uplink reached the server when the server had read it: the probe knows that better than any estimate. */
function bounded(event: HistoryEvent, end: SampleEnd): HistoryEvent {
  if (event.kind !== "uplink" || event.lost === true || event.earliest === undefined) return event;
  const handled = end.handledBy(event.earliest);
  return handled === undefined ? event : { ...event, at: Math.max(event.earliest, handled) };
}
