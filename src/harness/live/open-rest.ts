/** Who asks a live target: its adapter, where it has one, else HTTP. */
import type { Instant } from "../../protocol/time.ts";
import { createAdapterClient } from "../adapter/adapter-client.ts";
import type { Agenda } from "./agenda.ts";
import { createHttpClient } from "./http-client.ts";
import type { RestClient } from "./rest-client.ts";
import type { LiveTarget } from "./run-live.ts";

/** @param clock by which answers are waited for; absent: the machine's */
export const openRest = (
  { http, token, adapter }: Omit<LiveTarget, "coap">,
  agenda: Agenda,
  clock?: () => Instant,
): RestClient =>
  adapter === undefined
    ? createHttpClient({ base: http, agenda, token, clock })
    : createAdapterClient({ adapter, agenda, clock });
