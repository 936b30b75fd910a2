/**
 * Passes over what faults carry.
 *
 * A fault that chooses some datagrams chooses by their numbers: leave out an operation, and the datagrams after it get
 * other numbers and other luck. As long as a failure needs luck, much is needed only to keep it.
 */
import type { Plan } from "../../scenarios/plan.ts";
import type { Fault } from "../../simulator/model/fault.ts";
import type { Search } from "./search.ts";

type LuckyFault = Extract<Fault, { permille: number }>;

/** Each fault does what it does to every datagram, if need be in one direction or for a shorter time only. */
export async function takeLuckOut(search: Search): Promise<void> {
  for (const index of search.best.faults.keys()) {
    if (await surely(search, index)) continue;
    await oneDirection(search, index);
    while (await halfTheTime(search, index)) await surely(search, index);
  }
}

/** The fault, if it is one of those that choose datagrams and leaves some out. */
function lucky(plan: Plan, index: number): LuckyFault | undefined {
  const fault = plan.faults[index];
  return fault !== undefined && "permille" in fault && fault.permille < 1_000 ? fault : undefined;
}

async function surely(search: Search, index: number): Promise<boolean> {
  const fault = lucky(search.best, index);
  return fault !== undefined && attemptFault(search, index, { ...fault, permille: 1_000 });
}

async function oneDirection(search: Search, index: number): Promise<void> {
  const fault = lucky(search.best, index);
  if (fault?.direction !== "both") return;
  for (const permille of [1_000, fault.permille])
    for (const direction of ["down", "up"] as const)
      if (await attemptFault(search, index, { ...fault, direction, permille })) return;
}

async function halfTheTime(search: Search, index: number): Promise<boolean> {
  const fault = lucky(search.best, index);
  if (fault === undefined) return false;
  const middle = Math.floor((fault.from + fault.until) / 2);
  if (middle - fault.from <= (search.leastWait ?? 0)) return false;
  for (const window of [{ until: middle }, { from: middle }])
    for (const permille of [fault.permille, 1_000])
      if (await attemptFault(search, index, { ...fault, ...window, permille })) return true;
  return false;
}

const attemptFault = (search: Search, index: number, fault: Fault): Promise<boolean> =>
  search.attempt({ ...search.best, faults: search.best.faults.with(index, fault) });

/** Wrong answers to every request, and without words. */
export async function makeFaultsPlain(search: Search): Promise<void> {
  for (const index of search.best.faults.keys()) {
    for (const change of [everyRequest, withoutDiagnostic]) {
      const fault = search.best.faults[index];
      if (fault !== undefined) await attemptFault(search, index, change(fault));
    }
  }
}

const everyRequest = (fault: Fault): Fault => (fault.kind === "behaviour" ? { ...fault, match: {} } : fault);

function withoutDiagnostic(fault: Fault): Fault {
  if (fault.kind !== "behaviour" || fault.behaviour.kind !== "error") return fault;
  const { diagnostic: _left, ...behaviour } = fault.behaviour;
  return { ...fault, behaviour };
}
