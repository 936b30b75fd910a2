import { describe, expect, it } from "vitest";
import type { Plan } from "../../scenarios/plan.ts";
import { makeFaultsPlain, takeLuckOut } from "./faults.ts";
import { offline, plan, searchBy } from "./test-kit.ts";

type Loss = Extract<Plan["faults"][number], { kind: "loss" }>;

const LOSS: Loss = { kind: "loss", device: 0, from: 0, until: 64_000, direction: "both", permille: 200 };
const lossOf = ({ faults: [fault] }: Plan): Loss => fault as Loss;

async function luckless(fails: (loss: Loss) => boolean): Promise<{ loss: Loss; executions: number }> {
  const { search } = searchBy(plan({ faults: [LOSS] }), (p) => fails(lossOf(p)));
  await takeLuckOut(search);
  return { loss: lossOf(search.best), executions: search.executions };
}

describe("takeLuckOut", () => {
  it("lets a fault have every datagram, with one execution, where that does no harm", async () => {
    expect(await luckless(() => true)).toEqual({ loss: { ...LOSS, permille: 1_000 }, executions: 1 });
  });

  it("lets it have every datagram of one direction where both are too much", async () => {
    const { loss } = await luckless(({ direction, permille }) => permille === 200 || direction === "up");
    expect(loss).toEqual({ ...LOSS, direction: "up", permille: 1_000 });
  });

  it("lets it have every datagram for a while where that is too much all the time", async () => {
    const { loss, executions } = await luckless(
      ({ from, until, permille }) => from <= 9_000 && 9_000 < until && (permille === 200 || until - from <= 8_000),
    );
    expect(loss).toEqual({ ...LOSS, direction: "down", from: 8_000, until: 16_000, permille: 1_000 });
    expect(executions).toBeLessThan(20);
  });

  it("keeps the luck that the failure needs, and ends", async () => {
    const { loss } = await luckless(({ from, until, permille }) => from <= 9 && 9 < until && permille === 200);
    expect(loss).toEqual({ ...LOSS, direction: "down", from: 9, until: 10 });
  });

  it("has nothing to do for a fault that chooses no datagrams, or all", async () => {
    const { search } = searchBy(plan({ faults: [offline(1), { ...LOSS, permille: 1_000 }] }), () => true);
    await takeLuckOut(search);
    expect(search.executions).toBe(0);
  });
});

describe("makeFaultsPlain", () => {
  const behaviour = { kind: "error", code: "4.04", diagnostic: "no such thing" } as const;
  const wrong = { kind: "behaviour", device: 0, from: 1, until: 2, match: { path: "3/0" }, behaviour } as const;

  it("makes a wrong answer one to every request, without words", async () => {
    const { search } = searchBy(plan({ faults: [wrong] }), () => true);
    await makeFaultsPlain(search);
    expect(search.best.faults).toEqual([{ ...wrong, match: {}, behaviour: { kind: "error", code: "4.04" } }]);
  });

  it("leaves the words that the failure needs", async () => {
    const { search } = searchBy(plan({ faults: [wrong] }), (p) => JSON.stringify(p).includes("no such thing"));
    await makeFaultsPlain(search);
    expect(search.best.faults).toEqual([{ ...wrong, match: {} }]);
  });
});
