/** `fleet`: virtual devices with real sockets against any LwM2M server of this machine. */
import { z } from "zod";
import { address } from "../../protocol/address.ts";
import { millis } from "../../protocol/time.ts";
import { defineCommand, PositiveDuration, Text } from "../command.ts";
import { EXIT_INCONCLUSIVE, EXIT_PASS } from "../exit-codes.ts";
import { FleetSchemas, fleetOptions, readServer } from "../fleet/fleet-options.ts";
import { coapOf, openFleet } from "../fleet/open-fleet.ts";
import { openFleetShow } from "../fleet/show-fleet.ts";
import { runSimulatedFleet } from "../fleet/simulate.ts";
import { readFleetFile } from "../fleet-file.ts";

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
    ...fleetOptions("a device"),
  ],
  examples: [
    "fleet --devices 1000 --ramp 20s",
    "fleet --server coap://127.0.0.1:5683 --devices 10000 --connectivity flaky-cellular --ramp 60s --duration 10m",
    "fleet --target sim --devices 100000 --duration 24h --connectivity flaky-cellular",
    "fleet --connectivity ./fleet.yaml --seed 4711 --shard 0/4 --json-lines",
    "fleet --connectivity ./fleet.yaml --seed 4711 --only-device 1234",
  ],
  schema: z.strictObject({
    target: z.enum(["live", "sim"]),
    server: Text,
    duration: PositiveDuration.optional(),
    ...FleetSchemas,
  }),
  async run(options, services, io) {
    const { host, port } = readServer("server", options.server);
    const file = await readFleetFile(options.connectivity);
    const seed = options.seed ?? services.randomSeed();
    const opened = openFleet(file, options, seed, options.duration);
    if (options.target === "sim") return runSimulatedFleet(opened, options, services, io);
    const { fleet, devices } = opened;
    const server = await services.resolveAddress(host, port);
    io.err(`seed ${seed}: ${devices.length} of ${fleet.devices} devices, server ${server}\n`);
    const show = await openFleetShow(options, services, io);
    try {
      const summary = await services.runFleet(fleet, {
        server: address(server),
        coap: coapOf(options),
        devices,
        places: options["in-flight"],
        leaveWithin: millis(options["leave-within"]),
        signal: io.signal,
        onSecond: (snapshot) => show.second(snapshot),
        onSilence: () => io.err(`${server} does not answer a CoAP ping; going on all the same\n`),
      });
      show.summary(summary);
      // Nobody heard of the server at all: whatever this was, it was no fleet.
      return devices.length > 0 && summary.counts.received === 0 ? EXIT_INCONCLUSIVE : EXIT_PASS;
    } finally {
      await show.close();
    }
  },
});
