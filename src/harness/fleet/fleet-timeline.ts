/** What of a fleet is kept over time, live and in virtual time alike. */
import type { FleetSnapshot } from "../record/fleet-result.ts";

export type TimelineMoment = Pick<FleetSnapshot, "started" | "registered" | "asleep" | "waiting"> & {
  readonly counts: Pick<FleetSnapshot["counts"], "sent" | "received" | "retransmissions">;
};

/** The last three are sums since the start; rates are made of them where they are shown. */
export const timelineValues = ({ started, registered, asleep, waiting, counts }: TimelineMoment) => ({
  started,
  registered,
  asleep,
  waiting,
  sent: counts.sent,
  received: counts.received,
  retransmissions: counts.retransmissions,
});
