/** Makes the devices of a load known to the server, before they register: one device type, and each device. */
import { HarnessError } from "../../platform/errors.ts";
import type { RestRequest } from "../../protocol/server-port.ts";
import type { HttpClient, RestOutcome } from "../live/http-client.ts";
import { isSuccess } from "../rest-requests.ts";

/** Requests at once: a server that stores durably answers many in one commit. */
const AT_ONCE = 32;

/** @throws HarnessError `target-not-usable`: one of them is refused, or not answered; `interrupted` */
export async function provision(
  http: HttpClient,
  deviceType: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const type = { dtid: deviceType, name: deviceType, devicePropertiesEnabled: true };
  await post(http, "devicetypes", type);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let did = names[next++]; did !== undefined; did = names[next++]) {
      if (signal.aborted) throw new HarnessError("interrupted", "interrupted while devices were provisioned");
      await post(http, "devices", { did, dtid: deviceType, name: did });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

async function post(http: HttpClient, path: string, body: unknown): Promise<void> {
  const outcome = await ask(http, { method: "POST", path: [path], query: {}, body });
  if (outcome.kind === "answer" && isSuccess(outcome.response)) return;
  const why =
    outcome.kind === "answer"
      ? `HTTP ${outcome.response.status} ${JSON.stringify(outcome.response.body)}`
      : `${outcome.reason}: ${outcome.detail}`;
  throw new HarnessError("target-not-usable", `provisioning by POST /${path} failed: ${why}`);
}

const ask = (http: HttpClient, request: RestRequest): Promise<RestOutcome> =>
  new Promise((resolve) => http.send(request, resolve));
