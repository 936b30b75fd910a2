/**
 * The link of one device of a fleet: what becomes of each datagram, and when its public address is given up.
 *
 * A decision depends on (seed, device, direction, number of the datagram); only a burst depends on the datagrams
 * before it, and the address on the time since the last one.
 */
import type { Micros } from "../../protocol/time.ts";
import { micros, millis } from "../../protocol/time.ts";
import type { FleetGroup } from "../model/fleet.ts";
import { below, type Decide, PART, strikes } from "./decisions.ts";
import { drawMicros } from "./spans.ts";
import type { FleetLink, LinkFate } from "./types.ts";

/** Kinds of decisions about a datagram; numbers for life. */
const KIND = {
  loss: 1,
  duplication: 2,
  reordering: 3,
  corruption: 4,
  bit: 5,
  latency: 6,
  burst: 7,
  "burst-loss": 8,
  "duplication-delay": 9,
  "reordering-delay": 10,
  "burst-end": 11,
} as const;

type Direction = "up" | "down";

/** What links of a group have in common. */
export interface LinkPlan {
  readonly link: FleetGroup["link"];
  readonly nat: FleetGroup["nat"];
  /** Where nothing is left to chance: the fate of every datagram. */
  readonly always: LinkFate | undefined;
}

/** Made once per group: its links differ in nothing but their decisions. */
export function linkPlan({ link, nat }: FleetGroup): LinkPlan {
  const { latency, loss, bursts, duplication, reordering, corruption, mtu } = link;
  const shares = [loss.up, loss.down, corruption.up, corruption.down];
  const chance = [bursts, duplication, reordering, mtu].some((part) => part !== undefined) || shares.some((p) => p > 0);
  const sure = typeof latency === "number" && !chance && nat?.bindingTimeout === undefined;
  return { link, nat, always: sure ? Object.freeze({ delays: Object.freeze([millis(latency)]) }) : undefined };
}

const EMPTY: readonly Micros[] = Object.freeze([]);
const LOST = {
  loss: Object.freeze({ delays: EMPTY, lost: "loss" }),
  burst: Object.freeze({ delays: EMPTY, lost: "burst" }),
  "too-long": Object.freeze({ delays: EMPTY, lost: "too-long" }),
  "no-binding": Object.freeze({ delays: EMPTY, lost: "no-binding" }),
} as const satisfies Record<NonNullable<LinkFate["lost"]>, LinkFate>;

/** A link that leaves nothing to chance keeps nothing, so all devices of a group share it. */
export const sureLink = (fate: LinkFate): FleetLink => ({ fate: () => fate });

/** The link of one device, by its number in the fleet. */
export const createLink = (plan: LinkPlan, device: number, decide: Decide): FleetLink =>
  new DeviceLink(plan, device, decide);

/** A class: a fleet has one for each of its devices. */
class DeviceLink implements FleetLink {
  private readonly plan: LinkPlan;
  private readonly device: number;
  private readonly decide: Decide;
  private up = 0;
  private down = 0;
  private upBurst = false;
  private downBurst = false;
  /** When the last datagram passed that keeps the address; before the first there is no address to give up. */
  private refreshedAt = Number.POSITIVE_INFINITY;

  constructor(plan: LinkPlan, device: number, decide: Decide) {
    this.plan = plan;
    this.device = device;
    this.decide = decide;
  }

  fate(direction: Direction, length: number, now: number): LinkFate {
    const index = direction === "up" ? this.up++ : this.down++;
    const expired = this.expired(now);
    const { nat, link } = this.plan;
    if (direction === "down" && expired && nat?.dropsUnsolicited === true) return LOST["no-binding"];
    const reason = this.lossOf(direction, index, length);
    const refreshes = direction === "up" || (nat?.refreshedBy === "both" && reason === undefined);
    if (refreshes && !(direction === "down" && expired)) this.refreshedAt = now;
    const moves = direction === "up" && expired;
    if (reason !== undefined) return moves ? { ...LOST[reason], newAddress: true } : LOST[reason];
    const delays = this.delaysOf(direction, index);
    const corrupted = this.strikes(direction, "corruption", index, link.corruption[direction]);
    if (!moves && !corrupted) return { delays };
    return {
      delays,
      ...(moves ? { newAddress: true } : {}),
      ...(corrupted ? { invertedBit: below(this.hash(direction, "bit", index), length * 8) } : {}),
    };
  }

  private expired(now: number): boolean {
    const timeout = this.plan.nat?.bindingTimeout;
    return timeout !== undefined && now - this.refreshedAt >= timeout;
  }

  private lossOf(direction: Direction, index: number, length: number): keyof typeof LOST | undefined {
    const { mtu, loss, bursts } = this.plan.link;
    if (mtu !== undefined && length > mtu) return "too-long";
    if (
      bursts !== undefined &&
      this.inBurst(direction, index) &&
      this.strikes(direction, "burst-loss", index, bursts.loss)
    )
      return "burst";
    return this.strikes(direction, "loss", index, loss[direction]) ? "loss" : undefined;
  }

  /** Whether this datagram is part of a burst, and whether the next one will be. */
  private inBurst(direction: Direction, index: number): boolean {
    const { bursts } = this.plan.link;
    if (bursts === undefined) return false;
    const before = direction === "up" ? this.upBurst : this.downBurst;
    const inside = before || this.strikes(direction, "burst", index, bursts.begins);
    const after = inside && !this.strikes(direction, "burst-end", index, bursts.ends);
    if (direction === "up") this.upBurst = after;
    else this.downBurst = after;
    return inside;
  }

  private delaysOf(direction: Direction, index: number): readonly Micros[] {
    const { latency, duplication, reordering } = this.plan.link;
    let delay: number = drawMicros(latency, this.hash(direction, "latency", index));
    if (reordering !== undefined && this.strikes(direction, "reordering", index, reordering.percent))
      delay += drawMicros(reordering.delay, this.hash(direction, "reordering-delay", index));
    if (duplication === undefined || !this.strikes(direction, "duplication", index, duplication.percent))
      return [micros(delay)];
    const later = drawMicros(duplication.delay, this.hash(direction, "duplication-delay", index));
    return [micros(delay), micros(delay + later)];
  }

  private hash(direction: Direction, kind: keyof typeof KIND, index: number): number {
    return this.decide(this.device, PART[direction], KIND[kind], index);
  }

  private strikes(direction: Direction, kind: keyof typeof KIND, index: number, percent: number): boolean {
    return percent > 0 && strikes(this.hash(direction, kind, index), percent);
  }
}

/** A copy with one bit inverted, counted from the first bit of the first byte; the copy of nothing is nothing. */
export function invertBit(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = bit >>> 3;
  if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (0x80 >>> (bit & 7));
  return copy;
}
