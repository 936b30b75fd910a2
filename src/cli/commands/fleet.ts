/** `fleet`: virtual devices with real sockets against any LwM2M server of this machine. */
import { z } from "zod";
import { UsageError } from "../../platform/errors.ts";
import { defineCommand, Flag, PositiveDuration, Text } from "../command.ts";
import { runDistributedFleet } from "../distributed/distributed-fleet.ts";
import { DistributedSchemas, distributedOptions, RERUN_OPTION, readDistributed } from "../distributed/options.ts";
import { refuseOwnShare, refuseRerunAlone } from "../distributed/whole.ts";
import { EXIT_INCONCLUSIVE, EXIT_PASS, type ExitCode } from "../exit-codes.ts";
import { FleetSchemas, fleetOptions, readServer } from "../fleet/fleet-options.ts";
import { type OpenedFleet, openFleet } from "../fleet/open-fleet.ts";
import { runOpenedFleet } from "../fleet/run-opened.ts";
import { openFleetShow } from "../fleet/show-fleet.ts";
import { runSimulatedFleet } from "../fleet/simulate.ts";
import { refuseFarStart, waitForStart } from "../fleet/start-at.ts";
import { writeFleet } from "../fleet/write-fleet.ts";
import { readFleetFile } from "../fleet-file.ts";
import type { CommandIo } from "../io.ts";
import type { Services } from "../services.ts";

const FleetOptions = z.strictObject({
  target: z.enum(["live", "sim"]),
  server: Text,
  duration: PositiveDuration.optional(),
  out: Text.optional(),
  ...FleetSchemas,
  ...DistributedSchemas,
  "rerun-lost": Flag,
});

export const FLEET = defineCommand({
  name: "fleet",
  about:
    "Runs virtual devices against any LwM2M server of this machine: they register, sleep, move, reboot, lose datagrams, and answer. Ends when its time is over, or at Ctrl-C, and then de-registers them.",
  options: [
    {
      name: "target",
      value: "live|sim",
      about: "live: sockets to --server; sim: the reference server and the devices in virtual time, repeatable",
      preset: "live",
    },
    {
      name: "server",
      value: "URI",
      about: "CoAP address of the server, on loopback",
      preset: "coap://127.0.0.1:5683",
    },
    { name: "duration", value: "DURATION", about: "how long the fleet runs", presetText: "as the file says, else 10m" },
    {
      name: "out",
      value: "DIR",
      about: "write a record to this directory, for report and merge: fleet.json and report.html",
    },
    ...fleetOptions("a device"),
    ...distributedOptions("the devices are run"),
    RERUN_OPTION,
  ],
  examples: [
    "fleet --devices 1000 --ramp 20s",
    "fleet --server coap://127.0.0.1:5683 --devices 10000 --connectivity flaky-cellular --ramp 60s --duration 10m",
    "fleet --target sim --devices 100000 --duration 24h --connectivity flaky-cellular",
    "fleet --target sim --devices 1000 --duration 6h --connectivity nat-churn --out fleet-sim",
    "fleet --connectivity ./fleet.yaml --seed 4711 --shard 0/4 --json-lines",
    "fleet --connectivity ./fleet.yaml --seed 4711 --only-device 1234",
  ],
  schema: FleetOptions,
  async run(options, services, io) {
    const { host, port } = readServer("server", options.server);
    const file = await readFleetFile(options.connectivity);
    const seed = options.seed ?? services.randomSeed();
    const opened = openFleet(file, options, seed, options.duration);
    const distributed = readDistributed(options);
    refuseRerunAlone(options["rerun-lost"], distributed);
    if (distributed !== undefined) refuseOwnShare(options);
    if (options.target === "sim") return simulate(opened, options, services, io);
    refuseFarStart(options["start-at"], services.now());
    const { fleet, devices } = opened;
    const server = await services.resolveAddress(host, port);
    if (distributed !== undefined) {
      const whole = { settings: distributed, seed, server, devices: fleet.devices };
      return runDistributedFleet(options, whole, services, io);
    }
    io.err(`seed ${seed}: ${devices.length} of ${fleet.devices} devices, server ${server}\n`);
    const show = await openFleetShow(options, services, io);
    try {
      await waitForStart(options["start-at"], services, io);
      const result = await runOpenedFleet(
        opened,
        {
          values: options,
          server,
          signal: io.signal,
          onSecond: (snapshot) => show.second(snapshot),
          onSilence: () => io.err(`${server} does not answer a CoAP ping; going on all the same\n`),
        },
        services,
      );
      const summary = result.fleet;
      show.summary(summary);
      if (options.out !== undefined) await writeFleet(options.out, result);
      // Nobody heard of the server at all: whatever this was, it was no fleet.
      return devices.length > 0 && summary.counts.received === 0 ? EXIT_INCONCLUSIVE : EXIT_PASS;
    } finally {
      await show.close();
    }
  },
});

function simulate(
  opened: OpenedFleet,
  options: z.infer<typeof FleetOptions>,
  services: Services,
  io: CommandIo,
): Promise<ExitCode> {
  const live = (["start-at", "distributed"] as const).find((name) => options[name] !== undefined);
  if (live !== undefined) throw new UsageError("conflict", `--${live} goes with a live fleet only`);
  return runSimulatedFleet(opened, options, services, io);
}
