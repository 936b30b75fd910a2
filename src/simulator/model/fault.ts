/**
 * Faults, as data: each has a device, a window of time, and one thing that is wrong meanwhile. Part of a plan.
 *
 * A fault decision is keyed by (simSeed, device, direction, kind, index of the datagram on that link), never drawn in
 * order: removing one fault or one operation re-rolls no other. Two faults of one kind that overlap on a link decide
 * alike: what the smaller share chooses, the larger one chooses too.
 *
 * Times are milliseconds from the start of the plan; a window includes its start and excludes its end. On a link they
 * are compared with the time at which a datagram is sent.
 */
import { z } from "zod";
import { Behaviour, RequestMatch } from "./device.ts";

const Milliseconds = z.number().int().min(0);
const window = { device: z.number().int().min(0), from: Milliseconds, until: Milliseconds };
/** As the server sees it: `up` is from the device to the server. */
export const Direction = z.enum(["up", "down", "both"]);
/** Of 1000 datagrams. */
const Permille = z.number().int().min(0).max(1000);

/** The schema of one fault of a plan. `permille` of the datagrams, or requests, of the window are chosen. */
export const Fault = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("loss"), ...window, direction: Direction, permille: Permille }),
  /** Each chosen datagram arrives twice, the copy `delay` later. */
  z.strictObject({
    kind: z.literal("duplication"),
    ...window,
    direction: Direction,
    permille: Permille,
    delay: Milliseconds,
  }),
  /** Each chosen datagram is held back by `delay`, so that later ones overtake it. */
  z.strictObject({
    kind: z.literal("reordering"),
    ...window,
    direction: Direction,
    permille: Permille,
    delay: Milliseconds,
  }),
  /** Latency of the link instead of the plan's `latency`. The first of those that are on wins. */
  z.strictObject({ kind: z.literal("latency"), ...window, direction: Direction, delay: Milliseconds }),
  /** Neither sends nor receives; keeps its state, and sends an Update (or Register when its lifetime is over) afterwards. */
  z.strictObject({
    kind: z.literal("offline"),
    ...window,
    /**
     * The network tells the server: what it sends meanwhile does not arrive, and is answered by a report that the address
     * cannot be reached, after the plan's latency (as ICMP does). Simulation only; absent: nobody is told.
     */
    reported: z.literal(true).optional(),
  }),
  /** Answers matching requests in a wrong way. The first fault of a device that matches wins. */
  z.strictObject({ kind: z.literal("behaviour"), ...window, match: RequestMatch, behaviour: Behaviour }),
]);
export type Fault = z.infer<typeof Fault>;
export type Direction = z.infer<typeof Direction>;
