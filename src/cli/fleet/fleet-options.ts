/** The options that `fleet` and `load` share, and reading them. */
import { z } from "zod";
import { UsageError } from "../../platform/errors.ts";
import { isLoopback } from "../../platform/udp.ts";
import { integer, type OptionRow, PositiveDuration, Text } from "../command.ts";
import { TIME_OPTIONS, TimeSchemas } from "../profiles.ts";
import { StartTime } from "./start-at.ts";

/** Registers that may be under way towards one server socket: more only fills its receive buffer. */
const PLACES = 200;

/** @param timed whose CoAP times the time options tell */
export const fleetOptions = (timed: string): readonly OptionRow[] => [
  {
    name: "devices",
    value: "N",
    about: "number of devices in the whole fleet",
    presetText: "as the file says, else 100",
  },
  {
    name: "connectivity",
    value: "FILE|PRESET",
    about: "what the devices are and what befalls them: a fleet file (YAML or JSON), or the name of a preset",
    preset: "always-on",
  },
  {
    name: "ramp",
    value: "DURATION",
    about: "within which each group of devices starts",
    presetText: "as the file says",
  },
  {
    name: "seed",
    value: "TEXT",
    about: "of every random decision: the same seed, the same fleet",
    presetText: "random",
  },
  {
    name: "shard",
    value: "I/N",
    about: "run one part of the fleet: devices whose number leaves I when divided by N, from 0",
  },
  {
    name: "start-at",
    value: "TIME",
    about: "begin at this time of day, such as 2026-01-31T12:00:00Z, together with the processes of the other shards",
    presetText: "at once",
  },
  { name: "only-device", value: "N", about: "run one device of the fleet alone; it does what it does in the whole" },
  {
    name: "in-flight",
    value: "N",
    about: "first Registers that may be under way at once; who is due later waits, and the wait counts",
    preset: String(PLACES),
  },
  {
    name: "leave-within",
    value: "DURATION",
    about: "how long the devices may take to de-register at the end",
    preset: "10s",
  },
  { name: "json-lines", about: "print a line of JSON for each second, and one with the summary, to standard output" },
  {
    name: "metrics",
    value: "PORT",
    about: "serve metrics for Prometheus on http://127.0.0.1:PORT/metrics; 0 for a free port",
  },
  ...TIME_OPTIONS.map((option) => ({
    ...option,
    about: option.about.replace("the target", timed),
    presetText: "as RFC 7252 says",
  })),
];

const Shard = z.string().transform((text, context) => {
  const [, index, count] = /^(\d{1,6})\/([1-9]\d{0,5})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (index !== undefined && shard.index < shard.count) return shard;
  context.addIssue(`"${text}" is no shard: write I/N with I from 0 to N-1, such as 0/4`);
  return z.NEVER;
});

export const FleetSchemas = {
  devices: integer(1, 10_000_000).optional(),
  connectivity: Text,
  ramp: PositiveDuration.optional(),
  seed: Text.max(64).optional(),
  shard: Shard.optional(),
  "start-at": StartTime.optional(),
  "only-device": integer(0, 9_999_999).optional(),
  "in-flight": integer(1, 100_000),
  "leave-within": PositiveDuration,
  "json-lines": z.boolean("takes no value").default(false),
  metrics: integer(0, 65_535).optional(),
  ...TimeSchemas,
} as const;

const FleetValues = z.object(FleetSchemas);
export type FleetValues = z.infer<typeof FleetValues>;

const COAP_PORT = 5683;

/** @throws UsageError when it is no address, or not one of this machine: a fleet is a flood to everybody else */
export function readServer(option: string, text: string): { readonly host: string; readonly port: number } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "coap:" || url.hostname === "") {
    throw new UsageError("bad-value", `--${option}: "${text}" is not an address such as coap://127.0.0.1:5683`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (!isLoopback(host)) {
    throw new UsageError(
      "bad-value",
      `--${option}: ${host} is not on this machine; a fleet runs on loopback only, next to the server`,
    );
  }
  return { host, port: url.port === "" ? COAP_PORT : Number(url.port) };
}
