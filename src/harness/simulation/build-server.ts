/** What a simulated run talks to: the reference server, a mutant of it, or any other `ServerPort`, made anew for each. */
import type { CoapParams } from "../../protocol/coap/params.ts";
import type { Profile } from "../../protocol/profile.ts";
import type { RandomSource } from "../../protocol/random.ts";
import type { ServerPort } from "../../protocol/server-port.ts";
import type { DeviceRules } from "../../simulator/device/rules.ts";

/** Makes the server of one simulated run. */
export interface BuildServer {
  (context: ServerContext): ServerPort;
  /** Replaces single rules of the virtual devices, where it is they that are defective. */
  readonly deviceRules?: () => Partial<DeviceRules>;
}

export interface ServerContext {
  readonly profile: Profile;
  readonly coap: CoapParams;
  readonly random: RandomSource;
}
