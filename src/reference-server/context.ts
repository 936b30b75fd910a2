/** What the parts of the server share: rules, profile, the entities by id, and the way out. */
import type { CompleteProfile } from "../protocol/profile.ts";
import type { Device, DeviceType } from "./entities.ts";
import type { Identifiers } from "./identifiers.ts";
import type { Outbox } from "./outbox.ts";
import type { ServerRules } from "./rules.ts";
import type { TaskTable } from "./task-table.ts";

export interface Context {
  readonly rules: ServerRules;
  readonly profile: CompleteProfile;
  readonly outbox: Outbox;
  /** The administrator's bearer token; `undefined`: nobody needs one. */
  readonly administrator: string | undefined;
  /** Whoever registers is enrolled under the type `default`. Row 27. */
  readonly open: boolean;
  readonly deviceTypes: Map<string, DeviceType>;
  readonly devices: Map<string, Device>;
  readonly tasks: TaskTable;
  /** Replaced at each start. */
  identifiers: Identifiers;
}
