/**
 * What kills the mutants of `npm run mutation`: simulated plans in which the oracle must find nothing wrong.
 *
 * No unit test takes part. A change of the server that survives this is one that the oracle or the generators miss, or
 * that makes no difference to an outsider.
 */
import { judge } from "../../src/harness/oracle/oracle.ts";
import { simulate } from "../../src/harness/simulation/simulate.ts";
import { buildServer } from "../../src/mutants/mutant.ts";
import type { Case } from "./cases.ts";
import { buildRestartingServer } from "./restarting-server.ts";

/** The generated plans need fewer by far; a server that babbles is not worth waiting for. */
const MOST_EVENTS = 30_000;

/** The first thing that is wrong with the server in this case, or `undefined`. */
export function complaintOf({ plan, restarts }: Case): string | undefined {
  const history = simulate(plan, restarts ? buildRestartingServer : buildServer(), { maxEvents: MOST_EVENTS });
  const { tallies, cutOff } = judge(plan, history);
  const finding = tallies.find(({ findings }) => findings.length > 0)?.findings[0];
  if (finding !== undefined) return `${plan.id}: ${finding.requirement}`;
  return cutOff ? `${plan.id}: cut off` : undefined;
}
