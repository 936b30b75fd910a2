/** What a report of a load or a fleet counts of its devices and datagrams: names with numbers. Pure. */
import type { FleetSummary, VirtualFleet } from "../harness/record/fleet-result.ts";

export type CountedRow = readonly [name: string, count: number];

/** Those of live fleets always have the same rows; what only virtual time knows is left out where it is 0. */
export function fleetRows(
  { counts, responses, kernelDrops }: FleetSummary,
  virtual?: VirtualFleet,
): readonly CountedRow[] {
  return [
    ...named(counts),
    ...Object.entries(responses).map(([name, count]): CountedRow => [`answers ${name}`, count]),
    ...(kernelDrops === undefined ? [] : named(kernelDrops, "dropped by the kernel, for want of buffer: ")),
    ...(virtual === undefined ? [] : virtualRows(virtual).filter(([, count]) => count > 0)),
  ];
}

/** Without the answers of the server: they are counted already, as devices heard them. */
function virtualRows(virtual: VirtualFleet): readonly CountedRow[] {
  const { events, duplicated, corrupted, missed, offline, sleeps, lost, happenings } = virtual;
  return [
    ...named({ duplicated, corrupted, "met no listener": missed }, "datagrams: "),
    ...named(lost, "datagrams lost: "),
    ...named(happenings, "befell devices: "),
    ...named({ "times offline": offline, "times asleep": sleeps, "events of the virtual world": events }),
  ];
}

const named = (counts: Readonly<Record<string, number>>, before = ""): readonly CountedRow[] =>
  Object.entries(counts).map(([name, count]) => [`${before}${countName(name)}`, count]);

/** Where the name in the record says too little. */
const NAMES: Readonly<Record<string, string>> = {
  sent: "datagrams sent by devices",
  received: "datagrams received by devices",
  retransmissions: "retransmissions by devices",
  serverRetransmissions: "retransmissions by the server",
  lostUp: "datagrams lost on purpose, up",
  lostDown: "datagrams lost on purpose, down",
  unanswered: "requests without response",
  serverRequests: "requests of the server",
  moves: "new addresses",
};

/** What people read instead of the name in the record. */
export const countName = (name: string): string => NAMES[name] ?? name;
