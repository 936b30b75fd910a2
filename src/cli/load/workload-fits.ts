/** Whether a workload fits the fleet that it is for: what can be known before anything is asked for. */
import type { Workload } from "../../harness/load/workload.ts";
import { UsageError } from "../../platform/errors.ts";
import type { FleetFile } from "../../simulator/model/fleet.ts";

/** @throws UsageError `bad-file`: firmware updates for devices that all have no object 5 */
export function refuseWithoutFirmware(tasks: Workload["tasks"], { groups }: Pick<FleetFile, "groups">): void {
  tasks.forEach(({ operation, targets }, at) => {
    if (operation !== "firmware") return;
    const meant = targets.kind === "group" ? groups.filter(({ name }) => name === targets.group) : groups;
    if (meant.some(({ device }) => device.firmware !== undefined)) return;
    const whose = targets.kind === "group" ? `group ${targets.group}` : "no group";
    const has = targets.kind === "group" ? "has no" : "has";
    throw new UsageError(
      "bad-file",
      `--workload: tasks[${at}]: a firmware update, but ${whose} of the fleet file ${has} device.firmware, such as { version: "1.0" }`,
    );
  });
}
