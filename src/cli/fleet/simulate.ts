/** `fleet --target sim`: the fleet and the reference server in virtual time, in this process. */
import { simulateFleet } from "../../harness/fleet/simulated-fleet.ts";
import { SimulatedRecord } from "../../harness/fleet/simulated-record.ts";
import { ARTIK } from "../../protocol/profile.ts";
import { roughSpanText } from "../../reports/text.ts";
import { EXIT_INCONCLUSIVE, EXIT_PASS, type ExitCode } from "../exit-codes.ts";
import type { CommandIo } from "../io.ts";
import type { TimeValues } from "../profiles.ts";
import { createProgressLine } from "../progress.ts";
import type { Services } from "../services.ts";
import { coapOf, type OpenedFleet } from "./open-fleet.ts";
import { buildOpenServer } from "./open-server.ts";
import { simulatedLines } from "./simulated-text.ts";
import { writeFleet } from "./write-fleet.ts";

interface SimulateOptions extends TimeValues {
  readonly "json-lines": boolean;
  /** Directory of the record. */
  readonly out?: string | undefined;
}

/** @throws HarnessError `file-not-writable` */
export async function runSimulatedFleet(
  { fleet, devices, shard }: OpenedFleet,
  options: SimulateOptions,
  services: Pick<Services, "now" | "version">,
  io: CommandIo,
): Promise<ExitCode> {
  io.err(`seed ${fleet.seed}: ${devices.length} of ${fleet.devices} devices, in virtual time\n`);
  const progress = createProgressLine(io, services.now);
  const coap = coapOf(options);
  const measured = { fleetproof: services.version, fleet, devices, coap, shard };
  // Measuring what devices wait for takes its time: for a record only.
  const record = options.out === undefined ? undefined : new SimulatedRecord(measured);
  const summary = await simulateFleet(fleet, {
    build: buildOpenServer,
    profile: ARTIK,
    coap,
    devices: devices.length === fleet.devices ? undefined : devices,
    signal: io.signal,
    onEvent: record?.onEvent,
    onMoment: record?.onMoment,
    onProgress: (at, registered) =>
      progress.show(`${roughSpanText(at)} of ${roughSpanText(fleet.duration)}: ${registered} registered`),
  });
  progress.clear();
  const text = simulatedLines(summary).map((line) => `${line}\n`);
  io.out(options["json-lines"] ? `${JSON.stringify({ kind: "summary", ...summary })}\n` : text.join(""));
  const { aborted } = io.signal;
  if (record !== undefined && options.out !== undefined) await writeFleet(options.out, record.result(summary, aborted));
  // As of a live fleet: one that nobody answered was none.
  const unheard = devices.length > 0 && summary.datagrams.down === 0;
  return aborted || unheard ? EXIT_INCONCLUSIVE : EXIT_PASS;
}
