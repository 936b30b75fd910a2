/** `load`: a fleet, tasks for its devices, and thresholds. */
import path from "node:path";
import { z } from "zod";
import { historyText } from "../../harness/history-file.ts";
import type { LoadResult } from "../../harness/load/load-result.ts";
import type { FinishedLoad } from "../../harness/load/run-load.ts";
import { UsageError } from "../../platform/errors.ts";
import { writeJson, writeText } from "../../platform/files.ts";
import { isLoopback } from "../../platform/udp.ts";
import { address, splitAddress } from "../../protocol/address.ts";
import { millis } from "../../protocol/time.ts";
import { defineCommand, Flag, Text } from "../command.ts";
import { EXIT_FAIL, EXIT_INCONCLUSIVE, EXIT_PASS, EXIT_THRESHOLD, type ExitCode } from "../exit-codes.ts";
import { FleetSchemas, fleetOptions } from "../fleet/fleet-options.ts";
import { coapOf, openFleet } from "../fleet/open-fleet.ts";
import { openFleetShow } from "../fleet/show-fleet.ts";
import { readFleetFile } from "../fleet-file.ts";
import type { CommandIo } from "../io.ts";
import { loadJunit } from "../load/load-junit.ts";
import { createLoadMetrics } from "../load/load-metrics.ts";
import { loadLines, progressText } from "../load/load-text.ts";
import { readWorkloadFile } from "../load/workload-file.ts";
import { PROFILE_OPTION, ProfileName, readProfile } from "../profiles.ts";
import { openTarget, readTarget } from "../targets.ts";

/** Milliseconds beyond all phases of a load: its own end comes first. */
const MARGIN = 3_600_000;

export const LOAD = defineCommand({
  name: "load",
  about:
    "Runs a fleet and asks for tasks on its devices, measures from the intended times, checks a sample of the devices, and judges thresholds. Exit code 99 when one is crossed; 2 when this process was too slow to measure.",
  options: [
    { name: "workload", value: "FILE", about: "which tasks, how often, and what has to hold: YAML or JSON" },
    {
      name: "target",
      value: "TARGET",
      about: "reference-live (the reference server in a process of its own), or the base URL of a task API",
      preset: "reference-live",
    },
    { name: "coap", value: "URI", about: "CoAP address of an http target, on loopback" },
    { name: "token", value: "TEXT", about: "bearer token for the task API", presetText: "none" },
    {
      name: "device-type",
      value: "ID",
      about: "the devices and their device type are known to the server already, under the names of the fleet",
      presetText: "they are provisioned under names of their own",
    },
    { ...PROFILE_OPTION, presetText: "live for reference-live, empty for other targets" },
    { name: "out", value: "DIR", about: "write load.json, junit.xml and the watched sample to this directory" },
    { name: "json", about: "print one JSON document with the result to standard output" },
    ...fleetOptions("a device, and the target,"),
  ],
  examples: [
    "load --workload examples/load.yaml --devices 500",
    "load --workload ./load.yaml --target http://127.0.0.1:8080/v1.1 --coap coap://127.0.0.1:5683 --devices 2000 --connectivity flaky-cellular --out ./load-1",
  ],
  schema: z.strictObject({
    workload: z.string("is missing: the file that says which tasks are asked for").min(1, "must not be empty"),
    target: Text,
    coap: Text.optional(),
    token: Text.optional(),
    "device-type": Text.max(64).optional(),
    profile: ProfileName,
    out: Text.optional(),
    json: Flag,
    ...FleetSchemas,
  }),
  async run(options, services, io) {
    if (options.json && options["json-lines"])
      throw new UsageError("conflict", "--json and --json-lines both write to standard output: give one");
    const choice = readTarget(options);
    if (choice.kind === "sim")
      throw new UsageError("bad-value", "--target: a load needs real time: give reference-live or a URL");
    if (choice.kind === "http" && !isLoopback(choice.coapHost))
      throw new UsageError(
        "bad-value",
        `--coap: ${choice.coapHost} is not on this machine; a fleet runs on loopback only`,
      );
    const workload = await readWorkloadFile(options.workload);
    const seed = options.seed ?? services.randomSeed();
    const profile = await readProfile(options.profile, choice.kind, options);
    const file = await readFleetFile(options.connectivity);
    const known = options["device-type"];
    const scope = `load-${services.randomSeed().slice(0, 6)}`;
    const named = known === undefined ? { ...file, endpoint: `${scope}-${file.endpoint}` } : file;
    const phases = workload.begin.atMost + workload.duration + workload.settle + MARGIN;
    const { fleet, devices } = openFleet(named, options, seed, phases);
    refuseUnknownGroups(workload.tasks, fleet.groups);
    io.err(`seed ${seed}: ${devices.length} of ${fleet.devices} devices\n`);
    const opened = await openTarget(choice, profile, options.token, services);
    const show = await openFleetShow(options, services, io);
    const metrics = createLoadMetrics(show.metrics.registry);
    try {
      const { target } = opened;
      if (target.kind !== "live") throw new Error("a load has a live target");
      const { host, port } = splitAddress(address(target.coap));
      const finished = await services.runLoad({
        target: {
          http: target.http,
          coap: address(`${host.includes(":") ? `[${host}]` : host}:${port}`),
          ...(target.token === undefined ? {} : { token: target.token }),
        },
        targetName: target.name,
        fleet,
        devices,
        workload,
        profile,
        deviceType: known ?? `${scope}-type`,
        provisions: known === undefined,
        coap: coapOf(options),
        places: options["in-flight"],
        leaveWithin: millis(options["leave-within"]),
        signal: io.signal,
        onSecond: (snapshot, progress) => {
          metrics.update(progress);
          const { phase, asked, underWay } = progress;
          show.second(snapshot, { text: progressText(progress), json: { load: { phase, asked, underWay } } });
        },
        onSilence: () => io.err(`${target.coap} does not answer a CoAP ping; going on all the same\n`),
      });
      await show.close();
      if (options.out !== undefined) await writeRecord(options.out, finished);
      tell(finished.result, options, io);
      return EXITS[finished.result.outcome];
    } finally {
      await show.close();
      await opened.close();
    }
  },
});

const EXITS: Readonly<Record<LoadResult["outcome"], ExitCode>> = {
  pass: EXIT_PASS,
  fail: EXIT_FAIL,
  crossed: EXIT_THRESHOLD,
  unknown: EXIT_INCONCLUSIVE,
  invalid: EXIT_INCONCLUSIVE,
  interrupted: EXIT_INCONCLUSIVE,
};

function refuseUnknownGroups(
  tasks: readonly { readonly targets: { readonly kind: string; readonly group?: string } }[],
  groups: readonly { readonly name: string }[],
): void {
  const names = groups.map(({ name }) => name);
  const stray = tasks.flatMap(({ targets }) => targets.group ?? []).find((name) => !names.includes(name));
  if (stray === undefined) return;
  throw new UsageError("bad-file", `--workload: the fleet has no group "${stray}"; it has ${names.join(", ")}`);
}

function tell(
  result: LoadResult,
  options: { readonly json: boolean; readonly "json-lines": boolean },
  io: CommandIo,
): void {
  if (options["json-lines"]) io.out(`${JSON.stringify({ kind: "result", ...result })}\n`);
  if (options.json) io.out(`${JSON.stringify(result, null, 2)}\n`);
  const text = loadLines(result)
    .map((line) => `${line}\n`)
    .join("");
  if (options.json || options["json-lines"]) io.err(text);
  else io.out(text);
}

async function writeRecord(directory: string, { result, sample }: FinishedLoad): Promise<void> {
  await writeJson(path.join(directory, "load.json"), result);
  await writeText(path.join(directory, "junit.xml"), loadJunit(result));
  if (sample === undefined) return;
  await writeJson(path.join(directory, "sample", "plan.json"), sample.plan);
  await writeText(path.join(directory, "sample", "history.ndjson"), historyText(sample.history));
}
