/** The main settings of a fleet in words, so that people see in what two fleets differ. */
import { formatDuration } from "../../protocol/duration.ts";
import type { Fleet } from "../../simulator/fleet/types.ts";
import type { Labels } from "../record/measured.ts";

/** Without its duration, which in a load follows from the workload. */
export const fleetSettings = ({ groups, ramp }: Fleet): Labels => ({
  groups: groups.map(({ name, count }) => `${count} ${name}`).join(", "),
  "start of the devices": ramp === undefined ? "as the fleet file says" : `within ${formatDuration(ramp)}`,
});
