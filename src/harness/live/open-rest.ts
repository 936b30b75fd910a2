/** Who asks a live target: its adapter, where it has one, else HTTP. */
import { createAdapterClient } from "../adapter/adapter-client.ts";
import type { Agenda } from "./agenda.ts";
import { createHttpClient } from "./http-client.ts";
import type { RestClient } from "./rest-client.ts";
import type { LiveTarget } from "./run-live.ts";

export const openRest = ({ http, token, adapter }: Omit<LiveTarget, "coap">, agenda: Agenda): RestClient =>
  adapter === undefined ? createHttpClient({ base: http, agenda, token }) : createAdapterClient({ adapter, agenda });
