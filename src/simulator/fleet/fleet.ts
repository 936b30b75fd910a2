/**
 * A fleet: what a fleet file says about each of its devices, whichever of them a process runs.
 *
 * Everything about a device is keyed by the seed and its number. So shard i of N, the devices whose number leaves i
 * when divided by N, does what the same devices do in the whole fleet, and one device alone does it too.
 */
import type { DeviceModel } from "../model/device.ts";
import type { FleetFile, FleetGroup } from "../model/fleet.ts";
import { below, createDecisions, type Decide, PART } from "./decisions.ts";
import { fleetSize, groupSizes } from "./groups.ts";
import { createLink, linkPlan, sureLink } from "./link.ts";
import { createMisbehaviour } from "./misbehaviour.ts";
import { registrationTime } from "./start.ts";
import { createTimeline } from "./timeline.ts";
import type { Fleet, FleetLink } from "./types.ts";

/** Milliseconds, where neither the file nor the command line says how long. */
const DEFAULT_DURATION = 600_000;
/** Devices of a group differ in so many update times, so that those that agree can share a model. */
const JITTER_LEVELS = 64;

/** What a run says beside, or instead of, the fleet file. Times are milliseconds. */
export interface FleetOptions {
  readonly seed: string;
  /** Devices of the whole fleet; absent: as the file says. */
  readonly devices?: number | undefined;
  /** Milliseconds within which each group starts, instead of `over` of its start; absent: as the file says. */
  readonly ramp?: number | undefined;
  /** Milliseconds; absent: as the file says. */
  readonly duration?: number | undefined;
}

interface Group {
  readonly plan: FleetGroup;
  readonly name: string;
  readonly first: number;
  readonly count: number;
  /** By level of jitter, made when asked for. */
  readonly models: (DeviceModel | undefined)[];
  readonly link: ReturnType<typeof linkPlan>;
  readonly sure: FleetLink | undefined;
}

/** Makes the fleet of a file. */
export function createFleet(
  file: FleetFile,
  { seed, devices, ramp, duration = file.duration ?? DEFAULT_DURATION }: FleetOptions,
): Fleet {
  const size = fleetSize(file, devices);
  const decide = createDecisions(seed);
  const groups = groupsOf(ramp === undefined ? file : withRamp(file, ramp), size);
  const groupOf = (index: number): Group => {
    const group = groups.findLast(({ first, count }) => first <= index && index < first + count);
    if (group === undefined) throw new Error(`the fleet has no device ${index}`);
    return group;
  };
  const registersAt = (group: Group, index: number): number => {
    const place = { index, within: index - group.first, count: group.count };
    return registrationTime(file, group.plan, place, decide);
  };
  return {
    file,
    seed,
    devices: size,
    duration,
    ramp,
    groups: groups.map(({ name, first, count }) => ({ name, first, count })),
    member(index) {
      const group = groupOf(index);
      return {
        index,
        name: file.endpoint.replaceAll("{index}", String(index)).replaceAll("{group}", group.name),
        group: group.name,
        model: modelOf(group, index, decide),
        registersAt: registersAt(group, index),
      };
    },
    timeline(index) {
      const group = groupOf(index);
      const own = { group: group.plan, device: index, registersAt: registersAt(group, index) };
      return createTimeline({ file, decide, duration, ...own });
    },
    link(index) {
      const { link, sure } = groupOf(index);
      return sure ?? createLink(link, index, decide);
    },
    misbehaves: (index, start) => createMisbehaviour(groupOf(index).plan, index, start, decide),
  };
}

/** The numbers of the devices of a shard, in their order. */
export function* shardMembers(
  fleet: Fleet,
  shard: { readonly index: number; readonly count: number },
): Iterable<number> {
  for (let index = shard.index; index < fleet.devices; index += shard.count) yield index;
}

const withRamp = (file: FleetFile, ramp: number): FleetFile => ({
  ...file,
  groups: file.groups.map((group) => ({ ...group, start: { ...group.start, over: ramp } })),
});

function groupsOf(file: FleetFile, size: number): readonly Group[] {
  const sizes = groupSizes(file, size);
  let first = 0;
  return file.groups.map((plan, at) => {
    const count = sizes[at] ?? 0;
    const link = linkPlan(plan);
    const sure = link.always === undefined ? undefined : sureLink(link.always);
    const group = { plan, name: plan.name, first, count, models: [], link, sure };
    first += count;
    return group;
  });
}

function modelOf(group: Group, index: number, decide: Decide): DeviceModel {
  const level = below(decide(index, PART.updates, 0, 0), JITTER_LEVELS);
  group.models[level] ??= newModel(group.plan, level);
  return group.models[level] as DeviceModel;
}

function newModel({ device, updates }: FleetGroup, level: number): DeviceModel {
  const share = updates.share - (updates.jitter * level) / JITTER_LEVELS;
  return {
    ...device,
    lifetime: device.lifetime / 1_000,
    updateEvery: Math.max(1, Math.floor((device.lifetime * share) / 100)),
  };
}
