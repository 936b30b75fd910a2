/**
 * What an operator may want to hear of, as data. A notice names ids, states and codes: never a token, a payload or a value.
 */
import type { Address } from "../../protocol/address.ts";
import type { DeviceTaskStatus, TaskStatus, TaskType } from "../../protocol/task-api/states.ts";

export type Notice =
  | {
      readonly kind: "registered";
      readonly ep: string;
      /** Seconds. */
      readonly lifetime: number;
      readonly address: Address;
      readonly queueMode: boolean;
    }
  /** By an Update. */
  | { readonly kind: "registration-updated"; readonly ep: string; readonly lifetime: number; readonly address: Address }
  /** De-registered, or its lifetime is over. */
  | { readonly kind: "registration-ended"; readonly ep: string }
  | {
      readonly kind: "task-created";
      readonly task: string;
      readonly dtid: string;
      readonly taskType: TaskType;
      readonly property: string;
    }
  | { readonly kind: "task-ended"; readonly task: string; readonly status: TaskStatus }
  | { readonly kind: "task-removed"; readonly task: string }
  | {
      readonly kind: "device-task-ended";
      readonly task: string;
      readonly ep: string;
      readonly status: DeviceTaskStatus;
      readonly attempts: number;
      /** Of a FAILED one: a number of the task page, as text. */
      readonly code: string | undefined;
    };
