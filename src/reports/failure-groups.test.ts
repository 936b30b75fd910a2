import { describe, expect, it } from "vitest";
import type { FailureSummary } from "../harness/record/verdict.ts";
import { failureGroups } from "./failure-groups.ts";
import { FAILED_VERDICT, failure, requirement } from "./test-kit.ts";

const grouped = (failures: readonly FailureSummary[]) =>
  failureGroups({
    ...FAILED_VERDICT,
    runs: 1_000,
    requirements: failures.map(({ requirement: id }) => requirement(id, { outcome: "fail" })),
    failures: [...failures],
  }).map(({ first, others }) => [first, ...others].map(({ requirement: id }) => id));

const broken = (id: string, fields: Partial<FailureSummary> = {}): FailureSummary => ({
  ...failure(`${id}-x`, id),
  plans: 10,
  ...fields,
});

describe("failureGroups", () => {
  it("puts what comes with a failure behind it", () => {
    expect(grouped([broken("R-07"), broken("G-07"), broken("G-08", { belongsTo: "R-07-x" })])).toEqual([
      ["R-07", "G-08"],
      ["G-07"],
    ]);
  });

  it("joins a rare failure with a more frequent one that its plan breaks too", () => {
    expect(grouped([broken("E-05"), broken("E-06", { plans: 1, alsoBroke: ["E-05"] })])).toEqual([["E-05", "E-06"]]);
    expect(grouped([broken("E-06", { plans: 1, alsoBroke: ["E-05"] }), broken("E-05")])).toEqual([["E-06", "E-05"]]);
  });

  it("joins nothing with what breaks in so many plans that it is there by chance", () => {
    const often = broken("R-07", { plans: 250 });
    expect(grouped([often, broken("G-07", { alsoBroke: ["R-07"] })])).toEqual([["R-07"], ["G-07"]]);
  });

  it("does not join the more frequent failure with a rare one that its plan happens to break", () => {
    const counts = broken("T-03", { plans: 43, alsoBroke: ["E-05"] });
    expect(grouped([counts, broken("E-05", { plans: 15 })])).toEqual([["T-03"], ["E-05"]]);
  });
});
