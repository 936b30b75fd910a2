/** What whoever runs the server may decide about firmware updates. Source: docs/ota.md. */
import { type Micros, seconds } from "../../protocol/time.ts";

export type Delivery = "push" | "pull";

export interface FirmwareSettings {
  /** From one look at a device that works on its own to the next. */
  readonly pollInterval: Micros;
  /** For devices that take both, or do not say. */
  readonly delivery: Delivery;
  /**
   * Where devices reach this server, as the beginnings of URIs: `coap://192.0.2.1:5683`, `http://192.0.2.1:8080/v1.1`. The
   * first that a device understands is used. Asked at each use, for a server knows its port only when it is open.
   */
  readonly locations: () => readonly string[];
}

export const FIRMWARE_SETTINGS: FirmwareSettings = {
  pollInterval: seconds(10),
  delivery: "pull",
  locations: () => [],
};
