/**
 * Makes plans. Plan `index` of a campaign depends on the seed and its index alone, never on other plans.
 *
 * What can be chosen is described by fast-check arbitraries and drawn once per plan with a seed hashed from (seed,
 * index): first the swarm, then the building blocks. Putting them on time lines draws nothing more. The result is
 * pure JSON; nothing of the generator is in it.
 */
import * as fc from "fast-check";
import type { Profile } from "../protocol/profile.ts";
import type { Fault } from "../simulator/model/fault.ts";
import { ALL_BLOCKS, type BlockId } from "./blocks/all-blocks.ts";
import type { BlockLanes, BuildingBlock, Placement } from "./blocks/block.ts";
import { ALL_FAMILIES, familyByName } from "./families/all-families.ts";
import type { Family } from "./families/family.ts";
import type { FamilyName } from "./families/names.ts";
import { hash32, hashName } from "./hash.ts";
import { type PlanMode, paceOf, part } from "./pace.ts";
import { type Operation, PLAN_FORMAT_VERSION, type Plan, type PlannedDevice } from "./plan.ts";
import { addQuietPhase } from "./quiet-phase.ts";
import { copySketch, emptySketch, endOf, type Lane, type Sketch } from "./sketch.ts";
import { bootTime, latencyOf } from "./steps.ts";
import { type Swarm, swarmDraw, swarmOf } from "./swarm.ts";

export interface GenerateOptions {
  /** The campaign's seed: any text. */
  readonly seed: string;
  /** 0 for the first plan. */
  readonly index: number;
  readonly profile: Profile;
  readonly mode: PlanMode;
  /** Only these; all when absent or empty. */
  readonly families?: readonly FamilyName[] | undefined;
  /** Live: the clock of the server can be turned, so some plans wait for days. */
  readonly turnsClock?: boolean;
}

/** A plan, and the building blocks that it was made of: what it was meant to provoke. */
export interface ExplainedPlan {
  readonly plan: Plan;
  readonly blocks: readonly BlockId[];
}

export const generatePlan = (options: GenerateOptions): Plan => explainPlan(options).plan;

export function explainPlan(options: GenerateOptions): ExplainedPlan {
  const key = `${options.seed}/${options.index}`;
  const days = waitsForDays(key, options);
  const family = days ? familyByName(OF_DAYS) : drawFamily(key, options.families ?? [], options.mode);
  const swarm = drawSwarm(key, family, options.mode);
  const blocks: BlockId[] = [];
  let sketch = emptySketch(paceOf(options.profile, options.mode), swarm);
  const { placements, fallback } = drawPlacements(key, family, swarm, days ? { ...options, days } : options);
  const budget = days ? budgetOfDays(options.profile) : sketch.pace.budget;
  for (const placement of [...placements, fallback]) {
    if (placement === fallback && blocks.length > 0) break;
    // Live, the first one may wait until the server has surely noticed what happened.
    const most = blocks.length === 0 ? budget + sketch.pace.reaction : budget;
    const next = place(sketch, placement, family.overlaps ?? USUAL_OVERLAPS, most);
    if (next === undefined) continue;
    sketch = next.sketch;
    blocks.push(next.block);
  }
  return { plan: finishPlan(options, family, sketch), blocks };
}

function drawSwarm(key: string, family: Family, mode: PlanMode): Swarm {
  const drawn = draw(swarmDraw(mode === "live"), `${key}/swarm`);
  return swarmOf(drawn, typedPercent(family, mode), family.crowded === true && mode === "sim");
}

/** The smallest taskExpiresAfter is a minute (choice 8, docs/semantics.md), which no live plan waits for. */
const typedPercent = (family: Family, mode: PlanMode): number => (mode === "live" ? 0 : family.typedPercent);

// ── plans of days

/** Live, the family whose plans wait for days where the clock of the server can be turned, and of how many plans one does. */
const OF_DAYS = "expiry";
const PLANS_WITH_ONE_OF_DAYS = 6;

function waitsForDays(key: string, { mode, turnsClock, families = [] }: GenerateOptions): boolean {
  if (mode !== "live" || turnsClock !== true) return false;
  if (families.length > 0 && !families.includes(OF_DAYS)) return false;
  return draw(fc.nat(PLANS_WITH_ONE_OF_DAYS - 1), `${key}/days`) === 0;
}

/** By when its building block is over: in virtual time that costs nothing. */
const budgetOfDays = (profile: Profile): number => paceOf(profile, "sim").budget;

interface DrawOptions extends GenerateOptions {
  /** It waits for days. */
  readonly days?: boolean;
}

// ── drawing

/** One value, by a seed of its own. All settings that a program could preset for fast-check are given here. */
function draw<T>(arbitrary: fc.Arbitrary<T>, key: string): T {
  const seed = hash32(key) | 0;
  const [value] = fc.sample(arbitrary, { seed, numRuns: 1, unbiased: true, randomType: "xorshift128plus", path: "" });
  return value as T;
}

const weightOf = ({ weight, liveWeight }: Family, mode: PlanMode): number =>
  mode === "live" ? (liveWeight ?? weight) : weight;

function drawFamily(key: string, only: readonly FamilyName[], mode: PlanMode): Family {
  const families = only.length === 0 ? ALL_FAMILIES : only.map(familyByName);
  return draw(
    fc.oneof(...families.map((family) => ({ weight: weightOf(family, mode), arbitrary: fc.constant(family) }))),
    `${key}/family`,
  );
}

const USUAL_MOST_BLOCKS = 3;
/** Of 20. */
const USUAL_OVERLAPS = 1;

interface DrawnPlacements {
  readonly placements: readonly Placement[];
  /** For a plan in which none of them fits. */
  readonly fallback: Placement;
}

const makesSense = ({ live, needs }: BuildingBlock, { mode, profile, days = false }: DrawOptions): boolean =>
  (mode === "sim" || live === (days ? "with a turned clock" : true)) &&
  (needs === undefined || profile[needs] !== undefined);

/** What a block weighs that suits the profile, among blocks that weigh some two hundred together. */
const SUITED = 60;

const weightOfBlock = (block: BuildingBlock<BlockId>, family: Family, { profile }: GenerateOptions): number =>
  (family.blocks[block.id] ?? 0) + (block.suits?.(profile) === true ? SUITED : 0);

function drawPlacements(key: string, family: Family, swarm: Swarm, options: DrawOptions): DrawnPlacements {
  const { mode } = options;
  const usable = ALL_BLOCKS.map((block, position) => {
    const base = makesSense(block, options) ? weightOfBlock(block, family, options) : 0;
    return { block, base, weight: base * (swarm.factors[position] ?? 0) };
  }).filter((row) => row.base > 0);
  const chosen = usable.filter((row) => row.weight > 0);
  const rows = chosen.length > 0 ? chosen : usable.map((row) => ({ ...row, weight: row.base }));
  const one = fc.oneof(...rows.map((row) => ({ weight: row.weight, arbitrary: row.block.placement })));
  // Each wait of days takes seconds, and the server is there for this plan alone meanwhile.
  const most =
    options.days === true ? 1 : mode === "live" ? USUAL_MOST_BLOCKS : (family.mostBlocks ?? USUAL_MOST_BLOCKS);
  const some = fc.record(
    { first: one, more: fc.array(one, { maxLength: most - 1, size: "max" }), fallback: FALLBACK.placement },
    { noNullPrototype: true },
  );
  const { first, more, fallback } = draw(some, `${key}/blocks`);
  return { placements: [first, ...more], fallback: { ...fallback, gap: 0 } };
}

// ── placing

const BLOCKS_BY_ID: ReadonlyMap<string, BuildingBlock<BlockId>> = new Map(ALL_BLOCKS.map((block) => [block.id, block]));

/** Fits everywhere: it waits for no deadline. */
const FALLBACK = requireBlock("ready-device");

function requireBlock(id: string): BuildingBlock<BlockId> {
  const block = BLOCKS_BY_ID.get(id);
  if (block === undefined) throw new RangeError(`no building block is called ${id}`);
  return block;
}

/** Lets the block write on a copy; `undefined` when there is no device for it or it would end too late. */
function place(
  sketch: Sketch,
  placement: Placement,
  overlaps: number,
  budget: number,
): { readonly sketch: Sketch; readonly block: BlockId } | undefined {
  const block = requireBlock(placement.block);
  const draft = copySketch(sketch);
  const lanes = lanesFor(draft, placement, block);
  if (lanes === undefined) return undefined;
  const start = startOf(draft, lanes, placement, overlaps);
  for (const lane of lanes) {
    lane.clock = start;
    lane.blockStart = start;
  }
  block.compose(draft, lanes, placement.choices);
  for (const lane of lanes) lane.touched = true;
  return endOf(draft) <= budget ? { sketch: draft, block: block.id } : undefined;
}

/** The drawn lane and its neighbours of the same device type, as many as the block would like. */
function lanesFor(sketch: Sketch, placement: Placement, block: BuildingBlock): BlockLanes | undefined {
  const { lanes } = sketch;
  const from = placement.lane % lanes.length;
  const rotated = [...lanes.slice(from), ...lanes.slice(0, from)].filter((lane) => !lane.gone);
  const [first] = rotated;
  if (first === undefined) return undefined;
  const others = rotated.slice(1).filter((lane) => lane.type === first.type);
  return [first, ...others.slice(0, block.lanes - 1)];
}

/** After the blocks before it; sometimes in the midst of the last one. */
function startOf(sketch: Sketch, lanes: BlockLanes, placement: Placement, overlaps: number): number {
  const free = Math.max(...lanes.map((lane) => lane.clock));
  const begun = Math.max(...lanes.map((lane) => lane.blockStart));
  const overlapping = placement.overlap < overlaps && sketch.pace.mode === "sim";
  return overlapping ? begun + part(placement.gap, free - begun) : free + part(placement.gap, sketch.pace.gap);
}

// ── finishing

function finishPlan(options: GenerateOptions, family: Family, sketch: Sketch): Plan {
  const times = addQuietPhase(sketch);
  const used = sketch.lanes.filter((lane) => lane.touched);
  const operations = renumber(sketch.operations, used);
  return {
    formatVersion: PLAN_FORMAT_VERSION,
    id: `${family.name}-${options.index}`,
    family: family.name,
    simSeed: hashName(`${options.seed}/${options.index}`),
    profile: options.profile,
    deviceTypes: sketch.deviceTypes,
    fleet: used.map((lane) => plannedDevice(sketch, lane, times.until)),
    ...(sketch.images.length === 0 ? {} : { images: sketch.images }),
    latency: latencyOf(sketch),
    operations: operations.toSorted((a, b) => a.at - b.at),
    faults: renumber(sketch.faults, used),
    quietFrom: times.quietFrom,
    until: times.until,
  };
}

/** Devices that no block used are left out; the others close ranks. */
function renumber<T extends Operation | Fault>(rows: readonly T[], used: readonly Lane[]): T[] {
  const position = new Map(used.map((lane, index) => [lane.device, index]));
  const renamed = (device: number): number => position.get(device) ?? 0;
  return rows.map((row) => {
    if ("device" in row) return { ...row, device: renamed(row.device) };
    return "devices" in row && row.devices !== "all" ? { ...row, devices: row.devices.map(renamed) } : row;
  });
}

/** A device that speaks by itself does so at most this often in a plan, so that months do not fill with Updates. */
const MOST_HEARTBEATS = 40;
const LONGEST_WITH_HEARTBEAT = 6 * 3_600_000;

function plannedDevice(sketch: Sketch, lane: Lane, until: number): PlannedDevice {
  const { pace } = sketch;
  const nature = sketch.swarm.natures[lane.device];
  const lifetime = lane.model.lifetime ?? nature?.lifetime ?? -1;
  const heartbeat = nature?.heartbeat === true && until <= LONGEST_WITH_HEARTBEAT;
  const every = Math.max(Math.floor(until / MOST_HEARTBEATS), pace.mode === "live" ? 1_500 : 30_000);
  return {
    ...(lifetime < 0 ? {} : { lifetime }),
    lwm2m: nature?.lwm2m ?? "1.0",
    queueMode: lane.model.queueMode ?? nature?.queueMode ?? false,
    awakeFor: lane.model.awakeFor ?? pace.awakeWindow,
    ...(heartbeat ? { updateEvery: every } : {}),
    deduplicates: nature?.deduplicates ?? true,
    bootTime: bootTime(sketch, lane),
    thinkTime: Math.floor(((nature?.thinkTime ?? 0) * pace.ackTimeout) / 100),
    ...(lane.model.rootPath === undefined ? {} : { rootPath: lane.model.rootPath }),
    ...(lane.model.blockSize === undefined ? {} : { blockSize: lane.model.blockSize }),
    ...(lane.model.longTexts === undefined ? {} : { longTexts: lane.model.longTexts }),
    ...(lane.model.firmware === undefined ? {} : { firmware: lane.model.firmware }),
    type: lane.type,
    ...(lane.registersAt === undefined ? {} : { registersAt: lane.registersAt }),
  };
}
