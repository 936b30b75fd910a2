/**
 * Properties of devices: read one device's, search among all of a type, set and delete server properties, and what
 * properties a type has.
 *
 * Source: docs/semantics.md rows 17, 18, 23, 31.
 */
import { ServerProperties } from "../../protocol/task-api/schemas.ts";
import type { Context } from "../context.ts";
import type { Device } from "../entities.ts";
import {
  deleteServerProperties,
  matchesFilter,
  nested,
  parseFilter,
  setServerProperties,
  tooMuchProperty,
} from "../properties.ts";
import type { Access } from "./access.ts";
import { answer, data, invalid, tooLarge } from "./answer.ts";
import { manifestOf } from "./manifest.ts";
import { pageOf } from "./paging.ts";
import { DTID, FILTER, INCLUDE_TIMESTAMP, PAGING, readQuery } from "./query.ts";
import type { Handlers } from "./router.ts";
import { parseBody } from "./validation.ts";

export const PROPERTIES_QUERY = { includeTimestamp: INCLUDE_TIMESTAMP } as const;
export const PROPERTY_SEARCH_QUERY = { dtid: DTID, ...PAGING, filter: FILTER, ...PROPERTIES_QUERY } as const;

export type PropertyHandlers = Pick<
  Handlers,
  | "get-properties"
  | "query-properties"
  | "set-server-properties"
  | "delete-server-properties"
  | "get-manifest-properties"
>;

export function createPropertyHandlers(context: Context, { ofType, withDevice, withType }: Access): PropertyHandlers {
  return {
    "get-properties": withDevice((device, { request }) => {
      const wanted = readQuery(PROPERTIES_QUERY, request.query);
      return wanted.ok ? data(propertyGroups(device, wanted.value.includeTimestamp)) : wanted.error;
    }),
    "query-properties": (call) => {
      const wanted = readQuery(PROPERTY_SEARCH_QUERY, call.request.query);
      if (!wanted.ok) return wanted.error;
      const { dtid, filter, includeTimestamp } = wanted.value;
      return ofType(dtid, call, ({ devices }) => {
        const conditions = filter === undefined ? [] : parseFilter(filter);
        if (conditions === undefined) return invalid("filter", "Give key=value pairs, separated by commas");
        const matching = conditions.length === 0 ? devices : devices.filter((each) => matchesFilter(each, conditions));
        const { items, ...numbers } = pageOf(matching, wanted.value);
        const properties = items.map((device) => propertyGroups(device, includeTimestamp));
        // Some of the cloud's SDKs read the numbers here, others inside `data`.
        return answer(200, { ...numbers, data: { ...numbers, properties } });
      });
    },
    "set-server-properties": withDevice((device, { request, now }) => {
      const body = parseBody(ServerProperties, request.body);
      if (!body.ok) return body.error;
      const tooMuch = tooMuchProperty(device, body.value);
      if (tooMuch !== undefined) return tooLarge(tooMuch);
      setServerProperties(context, device, body.value, now);
      return data({ did: device.did });
    }),
    "delete-server-properties": withDevice((device) => {
      deleteServerProperties(context, device);
      return data({ did: device.did });
    }),
    "get-manifest-properties": withType((type) => data(manifestOf(type))),
  };
}

const propertyGroups = (device: Device, withTimestamps: boolean) => ({
  serverProperties: nested(device.serverProperties, withTimestamps),
  systemProperties: {
    did: device.did,
    connection: device.registration === undefined ? "disconnected" : "connected",
  },
  deviceProperties: nested(device.mirror, withTimestamps),
});
