import { describe, expect, it } from "vitest";
import { Plan } from "../../scenarios/plan.ts";
import type { PlanRunner, ShrinkAnswer, ShrinkJob } from "../execution/plan-runner.ts";
import type { Violated } from "../settlement/settle.ts";
import type { BuildServer } from "../simulation/build-server.ts";
import { type SimulatedFailuresOptions, simulatedFailures } from "./simulated-failures.ts";

const planAt = (index: number): Plan =>
  Plan.parse({
    formatVersion: 1,
    id: `queue-${index}`,
    family: "queue",
    simSeed: `s${index}`,
    profile: {},
    deviceTypes: [{}],
    fleet: [{}],
    latency: 0,
    operations: [],
    faults: [],
    quietFrom: 10,
    until: 10,
  });
const finding = { requirement: "R-07", events: [1], expected: "so", actual: "not so" };
const violated = (first: readonly number[], more: Partial<Violated> = {}): Violated => ({
  requirement: "R-07",
  plan: { index: first[0] ?? 0, id: planAt(first[0] ?? 0).id },
  finding,
  plans: first.length,
  violations: first.length,
  first: first.length,
  examined: 10,
  seenIn: first,
  shapes: new Map([["so; not so", { first, later: [] }]]),
  ...more,
});

/** Answers nothing, so no run shows anything: what is looked at here is which plans become which failures. */
const deaf: BuildServer = () => ({
  handle: (input) =>
    input.kind === "rest" ? [{ kind: "answer", ticket: input.ticket, response: { status: 201, body: {} } }] : [],
  deadline: Number.POSITIVE_INFINITY as never,
});

const small = (plan: Plan, kinds: readonly ("register" | "update")[]): Plan => ({
  ...plan,
  fleet: plan.fleet.slice(0, 1).map(({ registersAt: _left, ...device }) => device),
  operations: kinds.map((kind, at) => ({ at, kind, device: 0 })),
  faults: [],
});

/** @param answer what is left of the n-th plan that is made small */
async function failuresOf(
  violations: readonly Violated[],
  answer: (job: ShrinkJob, n: number) => ShrinkAnswer,
  changes: Partial<SimulatedFailuresOptions> = {},
) {
  const jobs: ShrinkJob[] = [];
  const runner: PlanRunner = {
    lanes: 1,
    chunk: 1,
    plans: () => Promise.reject(new Error("no plan is to be run")),
    shrink: async (job) => answer(job, jobs.push(job) - 1),
    close: () => Promise.resolve(),
  };
  const failures = await simulatedFailures({
    violated: violations,
    build: deaf,
    runner,
    planAt,
    runs: 10,
    budget: 1_000,
    elapsed: () => 0,
    stopped: () => false,
    onProgress: () => undefined,
    ...changes,
  });
  return { jobs, told: failures.map(({ plan, alike }) => `${plan.id} ${alike?.plans}/${alike?.of}`), failures };
}

const minimal = (plan: Plan): ShrinkAnswer => ({ plan, executions: 1, minimal: true });
const id = (index: number): string => planAt(index).id;

describe("simulatedFailures", () => {
  it("makes one failure of the plans that come to the same, and another of one that does not, the smaller first", async () => {
    const { told } = await failuresOf([violated([2, 3, 4])], ({ plan }, n) =>
      minimal(small(plan, n === 1 ? ["register"] : ["register", "update"])),
    );
    expect(told).toEqual([`${id(3)} 1/3`, `${id(2)} 2/3`]);
  });

  it("asks for the shape of the finding, so that a plan does not slide to another defect", async () => {
    const { jobs } = await failuresOf([violated([2])], ({ plan }) => minimal(plan));
    expect(jobs).toMatchObject([{ requirement: "R-07", shape: "so; not so", plan: { id: id(2) } }]);
  });

  it("leaves out a plan that could not be made quite small when another one could", async () => {
    const { told } = await failuresOf([violated([2, 3])], ({ plan }, n) => ({
      plan: n === 0 ? plan : small(plan, ["register"]),
      executions: 1,
      minimal: n === 1,
    }));
    expect(told).toEqual([`${id(3)} 1/1`]);
  });

  it("has a failure for every requirement even when there is no time at all, and looks at no second plan then", async () => {
    const other = { ...violated([2, 3]), requirement: "R-03", finding: { ...finding, requirement: "R-03" } };
    const { jobs, failures } = await failuresOf(
      [violated([2, 3]), other],
      ({ plan }) => ({ plan, executions: 0, minimal: false }),
      { budget: 0 },
    );
    expect(jobs.map(({ limit }) => limit)).toEqual([0, 0]);
    expect(failures.map((failure) => failure.id)).toEqual([`R-07-${id(2)}`, `R-03-${id(2)}`]);
  });

  it("runs the two plans of a conflict as one", async () => {
    const conflict = violated([], {
      plan: { index: 2, id: id(2) },
      joinedWith: { index: 3, id: id(3) },
      shapes: new Map(),
    });
    const { jobs } = await failuresOf([conflict], ({ plan }) => minimal(plan));
    expect(jobs).toHaveLength(1);
    expect(jobs[0]?.plan.fleet).toHaveLength(planAt(2).fleet.length + planAt(3).fleet.length);
    expect(jobs[0]).not.toHaveProperty("shape");
  });
});
