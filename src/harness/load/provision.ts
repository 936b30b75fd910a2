/** Makes the devices of a load known to the server, before they register: one device type, and each device. */
import { HarnessError } from "../../platform/errors.ts";
import type { RestRequest, RestResponse } from "../../protocol/server-port.ts";
import { isSuccess } from "../interpreter/rest-requests.ts";
import type { RestClient, RestOutcome } from "../live/rest-client.ts";

/** Requests at once: a server that stores durably answers many in one commit. */
const AT_ONCE = 32;

export interface ProvisionedDevice {
  readonly name: string;
  /** Absent: none. */
  readonly serverProperties?: Readonly<Record<string, string>>;
}

/** @throws HarnessError `target-not-usable`: one of them is refused, or not answered; `interrupted` */
export async function provision(
  http: RestClient,
  deviceType: string,
  devices: readonly ProvisionedDevice[],
  signal: AbortSignal,
): Promise<void> {
  const type = { dtid: deviceType, name: deviceType, devicePropertiesEnabled: true };
  await post(http, ["devicetypes"], type);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let device = devices[next++]; device !== undefined; device = devices[next++]) {
      if (signal.aborted) throw new HarnessError("interrupted", "interrupted while devices were provisioned");
      const { name: did, serverProperties } = device;
      await post(http, ["devices"], { did, dtid: deviceType, name: did });
      if (serverProperties !== undefined)
        await post(http, ["devicemgmt", "devices", did, "serverproperties"], serverProperties);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/** @throws HarnessError `target-not-usable`: it is refused, or not answered */
export async function post(http: RestClient, path: readonly string[], body: unknown): Promise<RestResponse> {
  const outcome = await ask(http, { method: "POST", path, query: {}, body });
  if (outcome.kind === "answer" && isSuccess(outcome.response)) return outcome.response;
  const why =
    outcome.kind === "answer"
      ? `HTTP ${outcome.response.status} ${JSON.stringify(outcome.response.body)}`
      : `${outcome.reason}: ${outcome.detail}`;
  throw new HarnessError("target-not-usable", `provisioning by POST /${path.join("/")} failed: ${why}`);
}

const ask = (http: RestClient, request: RestRequest): Promise<RestOutcome> =>
  new Promise((resolve) => http.send(request, resolve));
