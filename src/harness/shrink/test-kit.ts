/** Plans with nothing but what a test of the shrinker is about, and a shrinker that remembers what it tried. */
import { type Operation, Plan } from "../../scenarios/plan.ts";
import { createSearch, type Search } from "./search.ts";

export const plan = (fields: object): Plan =>
  Plan.parse({
    formatVersion: 1,
    id: "p-1",
    family: "test",
    simSeed: "seed",
    profile: {},
    deviceTypes: [{}],
    fleet: [{}],
    latency: 0,
    operations: [],
    faults: [],
    quietFrom: 100_000,
    until: 200_000,
    ...fields,
  });

export const update = (at: number, device = 0): Operation => ({ at, kind: "update", device });

export const create = (at: number, task: number, devices: readonly number[] | "all" = [0], fields: object = {}) =>
  ({ at, kind: "create-task", task, taskType: "R", property: "p", devices, type: 0, ...fields }) as Operation;

export const poll = (at: number, task: number): Operation => ({ at, kind: "poll", task });

export const offline = (from: number, device = 0) => ({ kind: "offline", device, from, until: from + 1 }) as const;

export const ats = ({ operations }: Plan): readonly number[] => operations.map(({ at }) => at);

/** A search whose failure is told by a predicate, and the candidates that were executed. */
export function searchBy(failing: Plan, fails: (plan: Plan) => boolean): { search: Search; tried: Plan[] } {
  const tried: Plan[] = [];
  const search = createSearch(failing, {
    fails: async (candidate) => {
      tried.push(candidate);
      return fails(candidate);
    },
    mayContinue: () => true,
  });
  return { search, tried };
}
