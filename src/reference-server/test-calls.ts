/** For tests of the reference server: REST calls in short, and what tests look at in the answers. Used by tests only. */
import type { RestResponse } from "../protocol/server-port.ts";
import { createWorld, type SentDatagram, type TestDevice, type World, type WorldOptions } from "./test-kit.ts";

/** The parts of answers that tests look at. */
export interface DeviceTaskView {
  readonly did: string;
  readonly status: string;
  readonly ts: number;
  readonly numAttempts: number;
  readonly errorCode?: string;
  readonly errorMessage?: string;
}
export interface TaskView {
  readonly id: string;
  readonly status: string;
  readonly createdOn: number;
  readonly taskParameters: { readonly expiresAfter: number };
  readonly statusCounts: Readonly<Record<string, number>>;
  readonly statuses: readonly DeviceTaskView[];
}

const dataOf = <T>({ status, body }: RestResponse): T => {
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return (body as { readonly data: T }).data;
};

export const TYPE = "type";

/** Provisions the device type and these devices. */
export function provision(world: World, dids: readonly string[], type: object = {}): readonly TestDevice[] {
  dataOf(world.rest("POST", "devicetypes", { dtid: TYPE, name: "Type", ...type }));
  return dids.map((did) => {
    dataOf(world.rest("POST", "devices", { did, dtid: TYPE }));
    return world.device(did);
  });
}

/** A provisioned world with one device. */
export function oneDevice(options: WorldOptions = {}): { readonly world: World; readonly device: TestDevice } {
  const world = createWorld(options);
  const [device] = provision(world, ["d"]);
  if (device === undefined) throw new Error("no device");
  return { world, device };
}

/** Creates a task; unless told otherwise a write of the time zone on all devices. */
export const createTask = (world: World, fields: object = {}): TaskView =>
  dataOf(
    world.rest("POST", "devicemgmt/tasks", {
      dtid: TYPE,
      taskType: "W",
      property: "deviceProperties.device.timezone",
      taskParameters: { value: "Europe/Paris" },
      ...fields,
    }),
  );

export const taskOf = (world: World, { id }: { readonly id: string }): TaskView =>
  dataOf(world.rest("GET", `devicemgmt/tasks/${id}/statuses`));

/** `PROCESSING 1`: status, number of attempts and error code of each device. */
export const brief = (world: World, task: { readonly id: string }): string[] =>
  taskOf(world, task).statuses.map(({ status, numAttempts, errorCode }) =>
    [status, numAttempts, ...(errorCode === undefined ? [] : [errorCode])].join(" "),
  );

export const historyOf = (world: World, task: { readonly id: string }, did?: string): readonly DeviceTaskView[] =>
  dataOf<{ readonly history: readonly DeviceTaskView[] }>(
    world.rest("GET", `devicemgmt/tasks/${task.id}/statuses/history`, undefined, did === undefined ? {} : { did }),
  ).history;

export const mirrorOf = (world: World, did: string): Readonly<Record<string, unknown>> =>
  dataOf<{ readonly deviceProperties: { readonly device?: Readonly<Record<string, unknown>> } }>(
    world.rest("GET", `devicemgmt/devices/${did}/properties`),
  ).deviceProperties.device ?? {};

export const cancel = (world: World, task: { readonly id: string }, did?: string): RestResponse =>
  world.rest("PUT", `devicemgmt/tasks/${task.id}${did === undefined ? "" : `/devices/${did}`}`, {
    status: "CANCELLED",
  });

/** Requests that the server sent to devices, copies included. */
export const requestsSent = (world: World): SentDatagram[] =>
  world.sent.filter(({ message }) => message.code.startsWith("0.") && message.code !== "0.00");
