/** `fleet --target sim`: the fleet and the reference server in virtual time, in this process. */
import { simulateFleet } from "../../harness/fleet/simulated-fleet.ts";
import { formatDuration } from "../../protocol/duration.ts";
import { ARTIK } from "../../protocol/profile.ts";
import { EXIT_INCONCLUSIVE, EXIT_PASS, type ExitCode } from "../exit-codes.ts";
import type { CommandIo } from "../io.ts";
import type { TimeValues } from "../profiles.ts";
import { createProgressLine } from "../progress.ts";
import type { Services } from "../services.ts";
import { coapOf, type OpenedFleet } from "./open-fleet.ts";
import { buildOpenServer } from "./open-server.ts";
import { simulatedLines } from "./simulated-text.ts";

export async function runSimulatedFleet(
  { fleet, devices }: OpenedFleet,
  options: TimeValues & { readonly "json-lines": boolean },
  services: Pick<Services, "now">,
  io: CommandIo,
): Promise<ExitCode> {
  io.err(`seed ${fleet.seed}: ${devices.length} of ${fleet.devices} devices, in virtual time\n`);
  const progress = createProgressLine(io, services.now);
  const summary = await simulateFleet(fleet, {
    build: buildOpenServer,
    profile: ARTIK,
    coap: coapOf(options),
    devices: devices.length === fleet.devices ? undefined : devices,
    signal: io.signal,
    onProgress: (at, registered) =>
      progress.show(`${formatDuration(at)} of ${formatDuration(fleet.duration)}: ${registered} registered`),
  });
  progress.clear();
  const text = simulatedLines(summary).map((line) => `${line}\n`);
  io.out(options["json-lines"] ? `${JSON.stringify({ kind: "summary", ...summary })}\n` : text.join(""));
  return io.signal.aborted ? EXIT_INCONCLUSIVE : EXIT_PASS;
}
