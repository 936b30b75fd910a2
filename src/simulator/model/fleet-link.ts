/**
 * The network between a device of a fleet and its server, as data: the link, and the translator of addresses on it.
 */
import { z } from "zod";
import { FleetSpan, LongerThanNothing, Percent } from "./fleet-time.ts";

const EachWay = z.strictObject({
  up: Percent.default(0).describe("Percent of the datagrams from the device to the server; 0 to 100."),
  down: Percent.default(0).describe("Percent of the datagrams from the server to the device; 0 to 100."),
});

const Bursts = z.strictObject({
  begins: Percent.describe("Percent: how probably a datagram begins a burst on a good link; 0 to 100."),
  ends: Percent.min(0.001).describe(
    "Percent: how probably a datagram in a burst is its last; 0.001 to 100. 25: four on average.",
  ),
  loss: Percent.default(100).describe("Percent of the datagrams of a burst that are lost; 0 to 100."),
});

const Delayed = z.strictObject({
  percent: Percent.describe("Percent of the datagrams; 0 to 100."),
  delay: FleetSpan.prefault("200ms").describe("How much later than the datagram itself, or than it would have."),
});

/** The schema of `link` of a group. */
export const FleetLinkModel = z.strictObject({
  latency: FleetSpan.prefault("50ms").describe("One way, of each datagram by itself: a wide distribution reorders."),
  loss: EachWay.prefault({}).describe("Datagrams lost independently of each other."),
  bursts: Bursts.optional().describe("Loss in bursts, besides (Gilbert–Elliott), for each direction by itself."),
  duplication: Delayed.optional().describe("Datagrams that arrive twice."),
  reordering: Delayed.optional().describe("Datagrams that are held back, so that later ones overtake them."),
  corruption: EachWay.prefault({}).describe("Datagrams that arrive with one bit wrong."),
  mtu: z
    .number()
    .int()
    .min(64)
    .max(65_507)
    .optional()
    .describe("Bytes of UDP payload; what is longer is lost. 64 to 65,507; absent: no limit."),
});
export type FleetLinkModel = z.infer<typeof FleetLinkModel>;

/** The schema of `nat` of a group: what lies between its devices and the server. */
export const FleetNat = z.strictObject({
  bindingTimeout: LongerThanNothing.optional().describe(
    "Without a datagram for so long, the device's public address is given up: its next datagram comes from a new one. Absent: never.",
  ),
  refreshedBy: z
    .enum(["up", "both"])
    .default("up")
    .describe("Which datagrams keep the address: those of the device, or the server's too."),
  dropsUnsolicited: z
    .boolean()
    .default(true)
    .describe("Whether what the server sends to an address that was given up is dropped; false: it still arrives."),
  rebinding: FleetSpan.optional().describe(
    "Time between changes of the public address that have no reason; absent: none.",
  ),
});
export type FleetNat = z.infer<typeof FleetNat>;
