/** What a fleet came to, live or in virtual time, as it stands in `fleet.json`, and in the `fleet` of `load.json`. */
import { z } from "zod";
import { Count, FailingDevices, Labels, LatencyCounts } from "./measured.ts";
import { Shard } from "./shards.ts";
import { Timeline } from "./timeline.ts";

export const FLEET_FORMAT_VERSION = 1;

export const FleetCounts = z.strictObject({
  /** Datagrams that left a device's socket. */
  sent: Count,
  /** Datagrams that came to one. */
  received: Count,
  /** Of those that a device sent, as it meant them: copies of Confirmable messages for want of an answer. */
  retransmissions: Count,
  /** Copies that the server sent, for the same reason. */
  serverRetransmissions: Count,
  /** Lost by the fleet's own links, on purpose. */
  lostUp: Count,
  lostDown: Count,
  /** Requests of devices that were given up, or replaced by another, without a response. */
  unanswered: Count,
  /** Requests that the server sent to devices, copies not counted. */
  serverRequests: Count,
  reads: Count,
  writes: Count,
  executions: Count,
  reboots: Count,
  moves: Count,
});
export type FleetCounts = z.infer<typeof FleetCounts>;

export const FleetSnapshot = z.strictObject({
  /** Microseconds from the start. */
  at: z.number(),
  phase: z.enum(["running", "leaving"]),
  /** Of this process. */
  devices: Count,
  /** Those that have tried to register. */
  started: Count,
  registered: Count,
  asleep: Count,
  /** Due to register, and waiting for a place. */
  waiting: Count,
  /** First Registers and De-registers under way. */
  inFlight: Count,
  counts: FleetCounts.readonly(),
  /** Responses by operation and code: `register 2.01`. */
  responses: z.record(z.string(), Count).readonly(),
  /** How late this process was at worst, microseconds. */
  worstLateness: z.number(),
  /** How often the system said that nobody listens at the server's port. */
  refusals: Count,
});
export type FleetSnapshot = Readonly<z.infer<typeof FleetSnapshot>>;

export const FleetSummary = FleetSnapshot.extend({
  /** Why it ended. */
  ended: z.enum(["duration", "interrupted"]),
  /** Registered devices when the leaving began. */
  registeredAtEnd: Count,
  deregistered: Count,
  /** Still registered with the server when the time to leave was over. */
  leftBehind: Count,
  /** Dropped by the kernel for want of receive buffer; absent where nobody knows. */
  kernelDrops: z.strictObject({ devices: Count, server: Count }).optional(),
  /** From when a device was due to when it had a place: a part of what its first Register took. */
  placeWaits: LatencyCounts,
  /** Response times in microseconds by operation and code. */
  latencies: z.record(z.string(), LatencyCounts).readonly(),
  /** Devices that were answered an error, or not at all. */
  failing: FailingDevices,
  /** How many devices were registered, asleep and so on, over time; absent: nobody looked. */
  timeline: Timeline.optional(),
});
export type FleetSummary = Readonly<z.infer<typeof FleetSummary>>;

/** What one process did of a fleet. */
export const FleetPart = z.strictObject({
  /** Of its shard. */
  index: Count,
  devices: Count,
  /** Milliseconds since the Unix epoch, by the clock of that machine; in virtual time, of the virtual clock. */
  from: z.number(),
  until: z.number(),
  /** By Ctrl-C, not by the end of its time. */
  interrupted: z.boolean(),
  /** In virtual time: of each datagram with its time and its fate. Equal digests, equal runs. */
  digest: z.string().optional(),
});
export type FleetPart = z.infer<typeof FleetPart>;

/** What is known of a fleet in virtual time besides. Shards have a world and a server each; these are their sums. */
export const VirtualFleet = z.strictObject({
  /** Events of the virtual worlds. */
  events: Count,
  /** Answers of the server, copies included: 2.01, 2.04 and 2.02, and its errors. */
  registrations: Count,
  updates: Count,
  deregistrations: Count,
  refused: Count,
  /** Datagrams that came twice, with a bit inverted, or where nobody listened. */
  duplicated: Count,
  corrupted: Count,
  missed: Count,
  /** Datagrams that the links lost, by the reason. */
  lost: z.record(z.string(), Count).readonly(),
  /** How often devices went offline and fell asleep. */
  offline: Count,
  sleeps: Count,
  /** What befell devices, by kind. */
  happenings: z.record(z.string(), Count).readonly(),
});
export type VirtualFleet = Readonly<z.infer<typeof VirtualFleet>>;

export const FleetResult = z.strictObject({
  formatVersion: z.literal(FLEET_FORMAT_VERSION),
  /** Version of Fleetproof that ran it. */
  fleetproof: z.string(),
  outcome: z.enum(["pass", "unheard", "interrupted"]).describe("unheard: nothing was ever heard of the server."),
  seed: z.string(),
  /** CoAP address of the server; `sim`: the reference server, in virtual time. */
  target: z.string(),
  /** Devices of the whole fleet. */
  devices: Count,
  /** SHA-256 of the fleet file and of the options that say what the devices do. */
  fleetDigest: z.string(),
  /** The main ones of these, in words, for people; absent in records of older versions. */
  fleetSettings: Labels.optional(),
  shard: Shard,
  parts: z.array(FleetPart).min(1).readonly(),
  fleet: FleetSummary,
  /** Absent: it was live. */
  virtual: VirtualFleet.optional(),
});
export type FleetResult = Readonly<z.infer<typeof FleetResult>>;
