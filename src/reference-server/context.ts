/** What the parts of the server share: rules, profile, the entities by id, and the way out. */
import type { CompleteProfile } from "../protocol/profile.ts";
import type { BearerTokens } from "./bearer-tokens.ts";
import type { EngineLimits } from "./engine-limits.ts";
import type { Device, DeviceType } from "./entities.ts";
import type { Identifiers } from "./identifiers.ts";
import type { ImageTable } from "./ota/images.ts";
import type { FirmwareSettings } from "./ota/settings.ts";
import type { Outbox } from "./outbox.ts";
import type { ServerRules } from "./server-rules.ts";
import type { TaskTable } from "./task-table.ts";

export interface Context {
  readonly rules: ServerRules;
  readonly profile: CompleteProfile;
  readonly outbox: Outbox;
  /** The digest of the administrator's bearer token; `undefined`: nobody needs one. */
  readonly administrator: string | undefined;
  /** The other bearer tokens that are known. */
  readonly bearerTokens: BearerTokens;
  readonly limits: EngineLimits;
  /** Whoever registers is enrolled under the type `default`. Row 27. */
  readonly open: boolean;
  readonly deviceTypes: Map<string, DeviceType>;
  readonly devices: Map<string, Device>;
  readonly tasks: TaskTable;
  readonly images: ImageTable;
  readonly firmware: FirmwareSettings;
  /** Replaced at each start. */
  identifiers: Identifiers;
}
