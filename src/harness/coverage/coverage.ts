/**
 * What a run reached, whatever came of it: named conditions that a campaign should meet sometimes, and transitions of
 * device tasks. Pure: a fold over the history and the oracle's model at its end.
 */
import type { Plan } from "../../scenarios/plan.ts";
import type { History } from "../history/history.ts";
import type { Judgement } from "../oracle/oracle.ts";
import { CONDITION_TABLES } from "./all-conditions.ts";
import type { SubjectKind, Subjects, TableOf } from "./condition.ts";
import { storyOf, transitionId } from "./device-task-story.ts";
import { sceneOf } from "./lay-out.ts";
import type { Scene } from "./scene.ts";
import { type UpdateScene, updatesOf } from "./update-scene.ts";

export interface PlanCoverage {
  /** Ids of the conditions that were met, sorted. */
  readonly conditions: readonly string[];
  /** Transitions that were seen, sorted. */
  readonly transitions: readonly string[];
}

export function coverageOf(plan: Plan, history: History, judgement: Judgement): PlanCoverage {
  const scene = sceneOf(history, judgement);
  const updates = updatesOf(plan, history, scene);
  return { conditions: conditionsMet(scene, updates), transitions: [...transitionsSeen(scene)].sort() };
}

function transitionsSeen(scene: Scene): ReadonlySet<string> {
  const seen = new Set<string>();
  for (const { view } of scene.devices)
    for (const deviceTask of view.tasks) for (const step of storyOf(deviceTask, scene)) seen.add(transitionId(step));
  return seen;
}

type SubjectLists = { readonly [S in SubjectKind]: readonly Subjects[S][] };

function subjectsOf(scene: Scene, updates: readonly UpdateScene[]): SubjectLists {
  const tasks = [...scene.context.tasks.values()];
  return {
    exchange: scene.devices.flatMap(({ exchanges }) => exchanges),
    "device-task": scene.devices.flatMap(({ view }) => view.tasks),
    task: tasks,
    device: scene.devices,
    registration: scene.devices.flatMap(({ requests }) => requests),
    status: scene.statuses,
    "task-status": scene.taskStatuses,
    record: scene.records,
    mirror: scene.mirrors,
    update: updates,
  };
}

/** Sorted. */
function conditionsMet(scene: Scene, updates: readonly UpdateScene[]): readonly string[] {
  const subjects = subjectsOf(scene, updates);
  const met = new Set<string>();
  for (const table of CONDITION_TABLES) {
    // Each table's subjects are of the table's own kind; the union of tables cannot say so.
    const { given, rows } = table as TableOf<SubjectKind>;
    const open = [...rows];
    for (const subject of subjects[table.of]) {
      if (!given(subject, scene)) continue;
      for (let row = open.length - 1; row >= 0; row--) {
        const condition = open[row];
        if (condition?.when(subject, scene) !== true) continue;
        met.add(condition.id);
        open.splice(row, 1);
      }
    }
  }
  return [...met].sort();
}
