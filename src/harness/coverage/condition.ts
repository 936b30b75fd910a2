/**
 * What a condition is: something that a campaign should meet sometimes, such as "a response arrived after expiry".
 * Meeting it proves nothing about the server; never meeting it says what the campaign did not try.
 */

import type { FactOf } from "../oracle/facts.ts";
import type { Exchange } from "../oracle/views/exchange-view.ts";
import type { RegistrationRequest } from "../oracle/views/registration-view.ts";
import type { DeviceTaskView, TaskView } from "../oracle/views/task-view.ts";
import type { DeviceScene, Scene } from "./scene.ts";
import type { UpdateScene } from "./update-scene.ts";

/** What a condition may be about. */
export interface Subjects {
  readonly exchange: Exchange;
  readonly "device-task": DeviceTaskView;
  readonly task: TaskView;
  readonly device: DeviceScene;
  readonly registration: RegistrationRequest;
  readonly status: FactOf<"status-seen">;
  readonly "task-status": FactOf<"statuses-seen">;
  readonly record: FactOf<"record-asked">;
  readonly mirror: FactOf<"mirror-seen">;
  readonly update: UpdateScene;
}
export type SubjectKind = keyof Subjects;

/** A name and what it stands for. */
export interface ConditionName {
  /** Kebab-case; a name for life. */
  readonly id: string;
  /** What was met, as a sentence without a full stop. */
  readonly sentence: string;
}

/** Which runs can meet it: simulated ones, or live ones too; live plans take seconds, and devices there keep no deadline to the millisecond. */
export type Reach = "sim" | "live-too";

/** A condition that is decided by looking at subjects of one kind, until one meets it. */
export interface Condition<S extends SubjectKind = SubjectKind> extends ConditionName {
  readonly reachable: Reach;
  readonly when: (subject: Subjects[S], scene: Scene) => boolean;
}

/** Named, but nothing can meet it yet. */
export interface NotYet extends ConditionName {
  readonly reachable: "not-yet";
  /** What is missing. */
  readonly reason: string;
}

/** Conditions about subjects of one kind. */
export interface TableOf<S extends SubjectKind> {
  readonly of: S;
  /** What every row of the table needs: asked once for each subject. */
  readonly given: (subject: Subjects[S], scene: Scene) => boolean;
  readonly rows: readonly Condition<S>[];
}
export type ConditionTable = { [S in SubjectKind]: TableOf<S> }[SubjectKind];

type Row<S extends SubjectKind> = readonly [
  id: string,
  reachable: Reach,
  sentence: string,
  when: (subject: Subjects[S], scene: Scene) => boolean,
];

export const conditionsOf = <S extends SubjectKind>(
  of: S,
  given: TableOf<S>["given"],
  rows: readonly Row<S>[],
): TableOf<S> => ({
  of,
  given,
  rows: rows.map(([id, reachable, sentence, when]) => ({ id, reachable, sentence, when })),
});

/** For tables whose rows have nothing in common. */
export const always = (): boolean => true;
