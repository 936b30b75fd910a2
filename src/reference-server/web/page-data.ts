/** What the page shows, as data: what the renderers take, and page-source.ts gathers. */
import type { z } from "zod";
import type {
  DeviceTask,
  ManifestEnvelope,
  PropertiesEnvelope,
  Task,
  TaskListEnvelope,
  TaskStatusesEnvelope,
} from "../rest/answer-schemas.ts";
import type { UpdateListEnvelope } from "../rest/update-docs.ts";
import type { DeviceView } from "../watch/fleet-view.ts";
import type { PageAddress } from "./page-address.ts";

export type TaskModel = z.infer<typeof Task>;
export type DeviceTaskModel = z.infer<typeof DeviceTask>;
export type Manifest = z.infer<typeof ManifestEnvelope>["data"];
export type Properties = z.infer<typeof PropertiesEnvelope>["data"];
export type TaskList = z.infer<typeof TaskListEnvelope>;
export type TaskStatuses = z.infer<typeof TaskStatusesEnvelope>;

export type ImageModel = z.infer<typeof UpdateListEnvelope>["data"]["updates"][number];

export interface PageData {
  readonly address: PageAddress;
  readonly types: readonly TypeChoice[];
  /** Absent: there are no device types. */
  readonly fleet: FleetData | undefined;
  readonly detail: Detail;
}

export interface TypeChoice {
  readonly dtid: string;
  readonly name: string;
}

export interface FleetData {
  readonly type: TypeChoice;
  readonly devices: DevicePage;
  readonly tasks: TaskList;
  readonly manifest: Manifest;
  readonly images: ImageList;
}

/** Firmware images of a device type. */
export interface ImageList {
  readonly total: number;
  /** The newest, as many as the API gives at once. */
  readonly items: readonly ImageModel[];
}

export interface DevicePage {
  readonly total: number;
  /** Of those that match. */
  readonly registered: number;
  /** The page, from 1. */
  readonly page: number;
  readonly items: readonly DeviceView[];
}

export type Detail =
  | { readonly kind: "none" }
  | { readonly kind: "task"; readonly statuses: TaskStatuses }
  | { readonly kind: "device"; readonly device: DeviceView; readonly properties: Properties }
  /** What was to be opened cannot be. */
  | { readonly kind: "refused"; readonly what: string; readonly message: string };

/** Rows on a page of any list; the API gives at most 100. */
export const PAGE_SIZE = 50;
