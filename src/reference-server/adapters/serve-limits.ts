/**
 * The limits of a server that is exposed: one row each, with its option, its default and what happens beyond it. The
 * command line and docs/security.md have them from here.
 */
import { isLoopback } from "../../platform/udp.ts";
import { SIZE_LIMITS } from "../../protocol/task-api/size-limits.ts";
import type { EngineLimits } from "../engine-limits.ts";
import { LARGEST_IMAGE, MOST_IMAGE_BYTES } from "../ota/images.ts";
import { createDatagramGate, type DatagramGate } from "./datagram-gate.ts";

export interface ServeLimits {
  readonly devices: number;
  readonly tasks: number;
  readonly deviceTasks: number;
  readonly tokens: number;
  readonly exchanges: number;
  /** HTTP. */
  readonly connections: number;
  /** Per second and source; `undefined`: any number on a loopback address, else the default. */
  readonly datagrams: number | undefined;
}

export interface LimitRow {
  readonly limit: keyof ServeLimits;
  readonly option: string;
  readonly about: string;
  readonly preset: number;
}

export const LIMIT_ROWS = [
  {
    limit: "devices",
    option: "max-devices",
    about: "devices, and device types; a new one beyond gets 503, or 5.03 where --open would enrol it",
    preset: 100_000,
  },
  {
    limit: "tasks",
    option: "max-tasks",
    about: "tasks of the last 30 days; a new one beyond gets 503",
    preset: 100_000,
  },
  {
    limit: "deviceTasks",
    option: "max-device-tasks",
    about: "devices of all these tasks together; a new task beyond gets 503",
    preset: 1_000_000,
  },
  {
    limit: "tokens",
    option: "max-tokens",
    about: "bearer tokens made by POST /tokens; a new one beyond gets 503",
    preset: 100_000,
  },
  {
    limit: "exchanges",
    option: "max-exchanges",
    about:
      "CoAP requests remembered against copies (247 s); a new one beyond gets 5.03, of a registered device beyond twice as many",
    preset: 200_000,
  },
  {
    limit: "connections",
    option: "max-connections",
    about: "HTTP connections, half of them from one other machine; a new one beyond gets 503",
    preset: 1_000,
  },
  {
    limit: "datagrams",
    option: "max-datagrams",
    about:
      "CoAP datagrams in a second from one network (/24, IPv6 /48), ten times as many at once, and the same for each registered device; more are dropped; on a loopback address only if given",
    preset: 1_000,
  },
] as const satisfies readonly LimitRow[];

/** What is limited without an option, for those who ask for help. docs/security.md has the rest. */
export const FIXED_LIMITS: readonly string[] = [
  `value of a task: ${SIZE_LIMITS.value} characters; name: ${SIZE_LIMITS.name}; property: ${SIZE_LIMITS.property}; filter: ${SIZE_LIMITS.filter}; devices in dids: ${SIZE_LIMITS.dids} (400)`,
  `server properties of a device: ${SIZE_LIMITS.serverPropertyCount}, with ${SIZE_LIMITS.serverProperties} characters together (413)`,
  `firmware image: ${mebibytes(LARGEST_IMAGE)} (413); all images: ${mebibytes(MOST_IMAGE_BYTES)} (503)`,
  "other body: 4 MiB (413); path and query: 16384 characters (414); header: 32 KiB (431)",
  "unfinished bodies in CoAP blocks: 64, 1 MiB together; of whoever has most, the oldest gives way (4.08)",
  "followers of /events: 64 (503)",
];

function mebibytes(bytes: number): string {
  return `${bytes / 1_048_576} MiB`;
}

const presetOf = (limit: keyof ServeLimits): number => LIMIT_ROWS.find((row) => row.limit === limit)?.preset ?? 0;

export const SERVE_LIMITS: ServeLimits = {
  devices: presetOf("devices"),
  tasks: presetOf("tasks"),
  deviceTasks: presetOf("deviceTasks"),
  tokens: presetOf("tokens"),
  exchanges: presetOf("exchanges"),
  connections: presetOf("connections"),
  datagrams: undefined,
};

export const engineLimits = ({ devices, tasks, deviceTasks, tokens, exchanges }: ServeLimits): EngineLimits => ({
  devices,
  tasks,
  deviceTasks,
  tokens,
  messages: exchanges,
});

/** Whoever reaches a loopback address has the machine to himself anyway, and a verifier brings a whole fleet from there. */
export function gateFor(host: string, { datagrams }: ServeLimits): DatagramGate | undefined {
  if (datagrams === undefined && isLoopback(host)) return undefined;
  return createDatagramGate({ perSecond: datagrams ?? presetOf("datagrams") });
}
