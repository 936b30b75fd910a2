/**
 * Correctness during a load: the history of a sample of its devices, judged by the checkers that `verify` uses.
 *
 * The oracle has to see everything that the server may do to a device. So a sample is possible where each task is for
 * one device, or where all devices are in it and no task has more of them than a page of statuses shows. Datagrams that
 * arrive with a wrong bit have no place in its model: a fleet whose links corrupt is not judged.
 *
 * It is judged as it goes, so that a long load needs no more memory for its history than a short one; the history itself
 * is kept only for somebody who wants it.
 */

import { Fifo } from "../../protocol/coap/fifo.ts";
import type { Profile } from "../../protocol/profile.ts";
import type { Instant } from "../../protocol/time.ts";
import type { Plan } from "../../scenarios/plan.ts";
import type { Fleet } from "../../simulator/fleet/types.ts";
import type { History, HistoryEvent, HistoryHeader } from "../history/history.ts";
import { createOracle } from "../oracle/oracle.ts";
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
  /** Whether the verdict has the history. Default: it has not. */
  readonly keepHistory?: boolean;
}

export interface Sample {
  /** How many devices are watched. */
  readonly size: number;
  /** Why none is. */
  readonly reason?: string;
  onFleetEvent(event: HistoryEvent): void;
  onTaskEvent(task: LoadTask, event: HistoryEvent): void;
  /** Judges as far as it is known when the server had what it was sent. To be called again and again. */
  advance(known: KnownSoFar): void;
  judge(end: SampleEnd): SampleVerdict;
}

export interface KnownSoFar {
  readonly startedAt: Instant;
  /**
   * When the server had read what was sent at that run time, at the latest.
   *
   * @returns `not yet`: it may become known; `undefined`: it never will
   */
  handledBy(sent: number): number | "not yet" | undefined;
}

export interface SampleEnd extends KnownSoFar {
  readonly at: number;
  /** All tasks came to an end. */
  readonly complete: boolean;
}

export interface SampleVerdict {
  readonly tallies: readonly Tally[];
  /** Numbers in the fleet of the watched devices, in the order of the plan. */
  readonly devices: readonly number[];
  /** Number in the fleet of the device that the event with that number is about; `undefined`: it is about none. */
  deviceOf(event: number): number | undefined;
  /** Absent unless it was to be kept. */
  readonly kept?: KeptSample;
}

export interface KeptSample {
  readonly plan: Plan;
  readonly history: History;
}

/** Seconds that a server under load may take before it is blamed for not acting: load is not a broken promise. */
const PATIENCE = 20;
const PAGE = 100;

export function createSample(settings: SampleSettings): Sample {
  const reason = whyNot(settings);
  const chosen = reason === undefined ? watched(settings) : [];
  const places = new Map(chosen.map((device, place) => [device, place]));
  const waiting = new Fifo<HistoryEvent>();
  let judging: Judging | undefined;
  const advance = (known: KnownSoFar, isEnd: boolean): Judging => {
    judging ??= beginJudging(settings, chosen, known.startedAt);
    for (let event = waiting.peek(); event !== undefined; event = waiting.peek()) {
      const sent = sentAt(event);
      const handled = sent === undefined ? undefined : known.handledBy(sent);
      if (handled === "not yet" && !isEnd) break;
      waiting.shift();
      judging.step(handled === "not yet" ? event : bounded(event, handled));
    }
    return judging;
  };
  return {
    size: chosen.length,
    ...(reason === undefined ? {} : { reason }),
    onFleetEvent(event) {
      if (!("device" in event) || event.device === undefined) return;
      const device = places.get(event.device);
      if (device !== undefined) waiting.push({ ...event, device } as HistoryEvent);
    },
    onTaskEvent(task, event) {
      if (chosen.length === 0 || !task.devices.every((device) => places.has(device))) return;
      waiting.push(withPlaces(event, places));
    },
    advance(known) {
      if (chosen.length > 0) advance(known, false);
    },
    judge: (end) => advance(end, true).end(end),
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

interface Judging {
  step(event: HistoryEvent): void;
  end(end: SampleEnd): SampleVerdict;
}

function beginJudging(settings: SampleSettings, chosen: readonly number[], startedAt: Instant): Judging {
  const plan = planOf(settings, chosen);
  const header: HistoryHeader = {
    formatVersion: 1,
    plan: plan.id,
    mode: "live",
    startedAt: Math.floor(startedAt / 1_000),
    devices: chosen.map((device) => settings.fleet.member(device).name),
    deviceTypes: [settings.deviceType],
  };
  const oracle = createOracle(plan, header);
  const events: HistoryEvent[] = [];
  /** Of each event the place of its device; -1: it is about none. */
  const places: number[] = [];
  const step = (event: HistoryEvent): void => {
    places.push("device" in event ? (event.device ?? -1) : -1);
    if (settings.keepHistory === true) events.push(event);
    oracle.step(event);
  };
  step({ kind: "mark", mark: "start", at: 0 });
  return {
    step,
    end({ at, complete }) {
      if (complete) step({ kind: "mark", mark: "end", at });
      else step({ kind: "mark", mark: "cut-off", reason: "tasks were under way", at });
      const kept = { plan: { ...plan, until: Math.ceil(at / 1_000) }, history: { header, events } };
      return {
        tallies: oracle.end().tallies,
        devices: chosen,
        deviceOf: (event) => chosen[places[event] ?? -1],
        ...(settings.keepHistory === true ? { kept } : {}),
      };
    },
  };
}

/** Its end is not known before it is over. */
function planOf({ fleet, profile, workload, seed }: SampleSettings, chosen: readonly number[]): Plan {
  return {
    formatVersion: 1,
    id: "load",
    family: "load",
    simSeed: seed.slice(0, 64),
    profile: { ...profile, reaction: Math.max(profile.reaction, PATIENCE) },
    deviceTypes: [{}],
    fleet: chosen.map((device) => {
      const { model, registersAt } = fleet.member(device);
      return { ...model, type: 0, registersAt };
    }),
    latency: 0,
    images: [...imagesOf(workload)],
    operations: [],
    faults: [],
    quietFrom: 0,
    until: 0,
  };
}

/** The earliest run time at which a datagram left for the server; `undefined`: the event is none. */
const sentAt = (event: HistoryEvent): number | undefined =>
  event.kind === "uplink" && event.lost !== true ? event.earliest : undefined;

/** An uplink reached the server when the server had read it: the probe knows that better than any estimate. */
function bounded(event: HistoryEvent, handled: number | undefined): HistoryEvent {
  const sent = sentAt(event);
  return sent === undefined || handled === undefined ? event : { ...event, at: Math.max(sent, handled) };
}
