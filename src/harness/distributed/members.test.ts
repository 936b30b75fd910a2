import { describe, expect, it } from "vitest";
import { after, SIMULATION_START, seconds } from "../../protocol/time.ts";
import { createMembers, type Members, type MembersNews, readyMembers, stepMembers } from "./members.ts";
import type { WorkerMessage } from "./messages.ts";

const START = createMembers({ wanted: 2, version: "1.0.0", silence: seconds(15) });
const at = (second: number) => after(SIMULATION_START, seconds(second));

type Said = readonly [second: number, worker: string, state: WorkerMessage["state"], version?: string];

function hear(members: Members, ...said: readonly Said[]) {
  const news: (readonly [MembersNews["kind"], string])[] = [];
  let now = members;
  for (const [second, worker, state, version = "1.0.0"] of said) {
    const message: WorkerMessage = { run: "r", worker, name: `name of ${worker}`, version, state };
    const step = stepMembers(now, { kind: "message", message, at: at(second) });
    now = step.members;
    news.push(...step.news.map(({ kind, name }) => [kind, name] as const));
  }
  return { members: now, news, ids: [...now.workers.keys()] };
}

describe("stepMembers", () => {
  it("lets in as many as are wanted, in the order of their offers, and counts those that are ready", () => {
    const { members, ids, news } = hear(
      START,
      [0, "a", "offers"],
      [0, "b", "offers"],
      [0, "c", "offers"],
      [1, "b", "ready"],
    );
    expect(ids).toEqual(["a", "b"]);
    expect(readyMembers(members)).toBe(1);
    expect(news).toEqual([
      ["joined", "name of a"],
      ["joined", "name of b"],
      ["ready", "name of b"],
    ]);
  });

  it("has no news of what is said again", () => {
    expect(hear(hear(START, [0, "a", "ready"]).members, [1, "a", "ready"]).news).toEqual([]);
  });

  it("gives the place of one that leaves to the next", () => {
    const full = hear(START, [0, "a", "ready"], [0, "b", "ready"]).members;
    const { ids, news } = hear(full, [1, "a", "leaves"], [2, "c", "offers"]);
    expect(ids).toEqual(["b", "c"]);
    expect(news.map(([kind]) => kind)).toEqual(["left", "joined"]);
  });

  it("refuses one of another version, says so once, and keeps its place for others", () => {
    const { ids, news } = hear(
      START,
      [0, "a", "offers", "2.0.0"],
      [1, "a", "refuses", "2.0.0"],
      [1, "b", "offers"],
      [1, "c", "offers"],
    );
    expect(ids).toEqual(["b", "c"]);
    expect(news.map(([kind]) => kind)).toEqual(["refused", "joined", "joined"]);
  });

  it("takes away who was silent for more than 15 s, and none that was silent for 15 s", () => {
    const { members } = hear(START, [0, "a", "ready"], [10, "b", "ready"]);
    expect(stepMembers(members, { kind: "tick", at: at(15) }).news).toEqual([]);
    const { members: left, news } = stepMembers(members, { kind: "tick", at: at(16) });
    expect([...left.workers.keys()]).toEqual(["b"]);
    expect(news).toEqual([{ kind: "silent", name: "name of a", version: "1.0.0" }]);
  });

  it("lets one that fell silent in again when it speaks, while there is a place", () => {
    const gone = stepMembers(hear(START, [0, "a", "ready"]).members, { kind: "tick", at: at(16) }).members;
    expect(hear(gone, [17, "a", "ready"]).ids).toEqual(["a"]);
    expect(hear(gone, [17, "b", "ready"], [17, "c", "ready"], [18, "a", "ready"]).ids).toEqual(["b", "c"]);
  });
});
