/**
 * What a server that is reached through an adapter can do: what it is asked, and which requirements apply to it.
 */
import { z } from "zod";
import type { FamilyName } from "../../scenarios/families/names.ts";
import type { RequirementId } from "../../scenarios/requirements.ts";
import type { Verb } from "./verbs.ts";

/** What is left out is not there. */
export const Capabilities = z.strictObject({
  /** Tasks can be cancelled, also for one of their devices. */
  cancel: z.boolean().default(false),
  /** The server keeps the properties of devices, and shows them. */
  mirror: z.boolean().default(false),
  /** Statuses count attempts. */
  attempts: z.boolean().default(false),
  /** Statuses of failed devices tell the error code of the task API. That of expiry, 4004, comes with `expiry`. */
  errorCodes: z.boolean().default(false),
  /** The server keeps the earlier statuses of tasks, and shows them. */
  history: z.boolean().default(false),
  /** A task as a whole tells how many of its devices have come to which end. */
  counts: z.boolean().default(false),
  /** The server can be killed, and started again from what it has stored. */
  restart: z.boolean().default(false),
  /** The server's clock can be turned on, by days. */
  clock: z.boolean().default(false),
  /** A task can be given a time after which it expires, in seconds, of at least this. */
  expiry: z.strictObject({ minSeconds: z.number().int().min(1) }).optional(),
  /** A task can be given a moment at which it begins. */
  schedule: z.boolean().default(false),
  /** Properties that no device has: a Write of one reaches no device. */
  serverProperties: z.boolean().default(false),
});
export type Capabilities = z.infer<typeof Capabilities>;
/** As an adapter gives them. */
export type DeclaredCapabilities = z.input<typeof Capabilities>;
export type Capability = keyof Capabilities;

export const has = (capabilities: Capabilities, capability: Capability): boolean =>
  capabilities[capability] !== false && capabilities[capability] !== undefined;

interface CapabilityRow {
  /** Without it the capability is an empty word. */
  readonly verb?: Verb;
  /** What cannot be said of a server without it. */
  readonly requirements: readonly RequirementId[];
  /** Whose plans mean nothing without it. */
  readonly families: readonly FamilyName[];
  /** Why, for reports. */
  readonly without: string;
}

export const CAPABILITY_ROWS: Readonly<Record<Capability, CapabilityRow>> = {
  cancel: {
    verb: "cancelTask",
    requirements: ["T-04"],
    families: ["cancel"],
    without: "tasks cannot be cancelled",
  },
  mirror: {
    verb: "properties",
    requirements: ["D-01", "D-02", "D-03", "D-04", "D-05", "D-06"],
    families: ["mirror"],
    without: "the properties of devices cannot be read",
  },
  attempts: { requirements: ["R-08"], families: [], without: "attempts are not counted" },
  errorCodes: {
    requirements: ["M-01", "M-02", "M-03", "M-04", "M-05", "M-06", "M-07", "M-08", "M-09", "M-10", "E-10"],
    families: [],
    without: "failed devices tell no error code",
  },
  history: { verb: "taskHistory", requirements: [], families: [], without: "the history of tasks cannot be read" },
  counts: { verb: "getTask", requirements: ["T-03", "E-08"], families: [], without: "tasks tell no counts" },
  restart: {
    verb: "restart",
    requirements: ["S-01", "S-02"],
    families: ["restart"],
    without: "the server cannot be restarted",
  },
  clock: { verb: "advanceClock", requirements: [], families: [], without: "the server's clock cannot be turned" },
  expiry: {
    requirements: ["E-01", "E-02", "E-03", "E-04", "E-05", "E-06", "E-07", "E-08", "E-09", "E-10", "L-04"],
    families: ["expiry"],
    without: "tasks cannot be given a time to expire",
  },
  schedule: { requirements: ["T-05"], families: [], without: "tasks cannot be scheduled" },
  serverProperties: { requirements: ["D-04"], families: [], without: "there are no server properties" },
};

const ROWS = Object.entries(CAPABILITY_ROWS) as readonly (readonly [Capability, CapabilityRow])[];

/** What no adapter can be asked, whatever it declares. */
const BEYOND_ADAPTERS: readonly Omit<CapabilityRow, "verb">[] = [
  {
    requirements: ["O-01", "O-02", "O-03", "O-04", "O-05", "O-06", "O-07", "O-08"],
    families: ["ota"],
    without: "an adapter has no verb for firmware images",
  },
  { requirements: ["A-01"], families: [], without: "an adapter does not say who asks" },
];
/** What only `GET` of a task tells. */
const TASK_AS_A_WHOLE: readonly RequirementId[] = ["T-02"];

/** The capabilities that a declaration names and whose verb is missing. */
export const unsupported = (
  capabilities: Capabilities,
  verbs: ReadonlySet<Verb>,
): readonly { readonly capability: Capability; readonly verb: Verb }[] =>
  ROWS.flatMap(([capability, { verb }]) =>
    verb === undefined || !has(capabilities, capability) || verbs.has(verb) ? [] : [{ capability, verb }],
  );

/** What a campaign has to know of a server that cannot do everything. */
export interface Limits {
  /** Requirements that do not apply, each with the reason. */
  readonly notApplicable: ReadonlyMap<string, string>;
  /** Families of which no plan is made. */
  readonly families: ReadonlySet<FamilyName>;
}

export function limitsOf(capabilities: Capabilities, verbs: ReadonlySet<Verb>): Limits {
  const missing = [
    ...BEYOND_ADAPTERS,
    ...ROWS.filter(([capability]) => !has(capabilities, capability)).map(([capability, row]) => ({
      ...row,
      without: `the adapter declares no ${capability}: ${row.without}`,
    })),
  ];
  const reasons = missing.flatMap(({ requirements, without }) => requirements.map((id) => [id, without] as const));
  const whole = verbs.has("getTask")
    ? []
    : TASK_AS_A_WHOLE.map(
        (id) => [id, "the adapter has no getTask: the status of a task as a whole is not known"] as const,
      );
  return {
    // The first reason counts.
    notApplicable: new Map([...reasons, ...whole].toReversed()),
    families: new Set(missing.flatMap(({ families }) => families)),
  };
}
