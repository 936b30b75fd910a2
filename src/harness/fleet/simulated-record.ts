/**
 * The record of a fleet in virtual time: measured by the meter of live fleets, in the form of theirs. What only virtual time
 * knows stands beside it. Nothing in it depends on the machine: equal runs have equal records, byte for byte.
 */
import type { CoapParams } from "../../protocol/coap/params.ts";
import { after, millis, SIMULATION_START, toUnixMillis } from "../../protocol/time.ts";
import type { Fleet } from "../../simulator/fleet/types.ts";
import type { HistoryEvent } from "../history/history.ts";
import { createLatencies } from "../load/latencies.ts";
import type { FleetResult, FleetSummary, VirtualFleet } from "../record/fleet-result.ts";
import { failingDevices } from "../record/measured.ts";
import type { Shard } from "../record/shards.ts";
import { TimelineRecorder } from "../record/timeline.ts";
import { fleetResult } from "./fleet-outcome.ts";
import { timelineValues } from "./fleet-timeline.ts";
import { createFleetMeter } from "./meter.ts";
import type { SimulatedMoment } from "./simulated-fleet.ts";
import type { SimulatedFleetSummary } from "./simulated-tally.ts";

export interface SimulatedRecordOptions {
  /** Version of Fleetproof. */
  readonly fleetproof: string;
  readonly fleet: Fleet;
  /** Numbers of the devices that take part. */
  readonly devices: readonly number[];
  readonly coap: CoapParams;
  readonly shard: Shard;
}

/** The target of fleets in virtual time: the reference server. */
const SIMULATED_TARGET = "sim";

/** Listens to one simulation; its functions are for the options of `simulateFleet`. */
export class SimulatedRecord {
  private readonly options: SimulatedRecordOptions;
  private readonly meter = createFleetMeter();
  private readonly timeline = new TimelineRecorder();
  private last: SimulatedMoment = { at: 0, started: 0, registered: 0, asleep: 0 };

  constructor(options: SimulatedRecordOptions) {
    this.options = options;
    for (const device of options.devices) this.intend(device);
    this.onMoment(this.last);
  }

  readonly onEvent = (event: HistoryEvent): void => {
    this.meter.step(event);
  };

  readonly onMoment = (moment: SimulatedMoment): void => {
    this.last = moment;
    this.timeline.add(moment.at / 1_000, timelineValues({ ...moment, waiting: 0, counts: this.meter.counts }));
  };

  /** @param interrupted the simulation was ended before its time was over */
  result(summary: SimulatedFleetSummary, interrupted: boolean): FleetResult {
    const { duration, digest } = summary;
    const [from, until] = [SIMULATION_START, after(SIMULATION_START, millis(duration))].map(toUnixMillis);
    const measured = this.summary(duration, interrupted);
    const result = fleetResult(
      { ...this.options, target: SIMULATED_TARGET, from: from ?? 0, until: until ?? 0 },
      measured,
    );
    return { ...result, parts: result.parts.map((part) => ({ ...part, digest })), virtual: virtualOf(summary) };
  }

  private intend(device: number): void {
    const { registersAt } = this.options.fleet.member(device);
    if (registersAt < this.options.fleet.duration) this.meter.intend(device, millis(registersAt));
  }

  private summary(duration: number, interrupted: boolean): FleetSummary {
    const { counts, responses, failing } = this.meter;
    const { started, registered, asleep } = this.last;
    const sorted = [...responses].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      at: millis(duration),
      phase: "running",
      devices: this.options.devices.length,
      started,
      registered,
      asleep,
      waiting: 0,
      inFlight: 0,
      counts,
      responses: Object.fromEntries(sorted.map(([key, { count }]) => [key, count])),
      worstLateness: 0,
      refusals: 0,
      ended: interrupted ? "interrupted" : "duration",
      registeredAtEnd: registered,
      // In virtual time nobody says goodbye.
      deregistered: 0,
      leftBehind: registered,
      placeWaits: createLatencies().counts(),
      latencies: Object.fromEntries(sorted.map(([key, spans]) => [key, spans.counts()])),
      failing: failingDevices(failing),
      timeline: this.timeline.saved(),
    };
  }
}

function virtualOf(summary: SimulatedFleetSummary): VirtualFleet {
  const { events, registrations, updates, deregistrations, refusals, duplicated, corrupted, missed } = summary;
  const { lost, offline, sleeps, happenings } = summary;
  const answers = { registrations, updates, deregistrations, refused: refusals };
  return { events, ...answers, duplicated, corrupted, missed, lost: { ...lost }, offline, sleeps, happenings };
}
