/** The options of `load`, and what they may be. */
import { z } from "zod";
import { ADAPTER_OPTIONS, AdapterSchemas } from "../adapters.ts";
import { Flag, type OptionRow, Text } from "../command.ts";
import { DistributedSchemas, distributedOptions, RERUN_OPTION } from "../distributed/options.ts";
import { FleetSchemas, fleetOptions } from "../fleet/fleet-options.ts";
import { JUDGED_TIME_OPTIONS, JudgedTimeSchemas, PROFILE_OPTION, ProfileName } from "../profiles.ts";

export const LOAD_OPTIONS: readonly OptionRow[] = [
  { name: "workload", value: "FILE", about: "which tasks, how often, and what has to hold: YAML or JSON" },
  {
    name: "target",
    value: "TARGET",
    about: "reference-live (the reference server in a process of its own), or the base URL of a task API",
    preset: "reference-live",
  },
  { name: "coap", value: "URI", about: "CoAP address of an http target, on loopback" },
  { name: "token", value: "TEXT", about: "bearer token for the task API", presetText: "none" },
  ...ADAPTER_OPTIONS,
  {
    name: "device-type",
    value: "ID",
    about: "the devices and their device type are known to the server already, under the names of the fleet",
    presetText: "they are provisioned under names of their own",
  },
  {
    name: "scope",
    value: "TEXT",
    about: "what the names of provisioned devices begin with; one that the server has not seen before",
    presetText: "load- and a random text",
  },
  { ...PROFILE_OPTION, presetText: "live for reference-live, empty for other targets" },
  {
    name: "out",
    value: "DIR",
    about: "write load.json, report.html, junit.xml and the watched sample to this directory",
  },
  { name: "json", about: "print one JSON document with the result to standard output" },
  ...fleetOptions("a device, and the target,"),
  ...JUDGED_TIME_OPTIONS,
  ...distributedOptions("the load is run"),
  RERUN_OPTION,
];

/** It becomes a part of endpoint client names and of ids in paths. */
const Scope = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/, "is no scope: 1 to 32 letters, digits and . _ -, the first no sign");

export const LoadValues = z.strictObject({
  workload: z.string("is missing: the file that says which tasks are asked for").min(1, "must not be empty"),
  target: Text,
  coap: Text.optional(),
  token: Text.optional(),
  ...AdapterSchemas,
  "device-type": Text.max(64).optional(),
  scope: Scope.optional(),
  profile: ProfileName,
  out: Text.optional(),
  json: Flag,
  ...FleetSchemas,
  ...JudgedTimeSchemas,
  ...DistributedSchemas,
  "rerun-lost": Flag,
});
export type LoadValues = z.infer<typeof LoadValues>;
