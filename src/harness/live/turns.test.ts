import { describe, expect, it } from "vitest";
import { createTurns, SERVERS_AT_ONCE, type Turns } from "./turns.ts";

/** Runs that end when they are told to; `begun` are the names of those that have begun, in order. */
function runs(turns: Turns) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const run = (kind: keyof Turns, name: string): Promise<void> =>
    turns[kind](() => {
      begun.push(name);
      return new Promise<void>((resolve) => void ends.set(name, resolve));
    });
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  const settle = (): Promise<void> => end("");
  return { begun, run, end, settle };
}

describe("createTurns", () => {
  it("lets everything go on at once where nothing is killed", async () => {
    const { begun, run, settle } = runs(createTurns(undefined));
    for (const name of ["a", "b", "c", "d"]) void run("apart", name);
    void run("together", "e");
    await settle();
    expect(begun).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("lets only some have a server of their own at once, beside all others", async () => {
    const { begun, run, end, settle } = runs(createTurns("each-plan"));
    const names = ["a", "b", "c", "d"].slice(0, SERVERS_AT_ONCE + 1);
    for (const name of names) void run("apart", name);
    void run("together", "other");
    await settle();
    expect(begun).toEqual([...names.slice(0, -1), "other"]);
    await end("a");
    expect(begun.at(-1)).toBe(names.at(-1));
  });

  it("lets one that kills the server of all run alone", async () => {
    const { begun, run, end, settle } = runs(createTurns("all-plans"));
    void run("together", "a");
    void run("together", "b");
    void run("apart", "killer");
    await settle();
    expect(begun).toEqual(["a", "b"]);
    await end("a");
    expect(begun).toEqual(["a", "b"]);
    await end("b");
    expect(begun).toEqual(["a", "b", "killer"]);
    void run("together", "c");
    void run("apart", "second killer");
    await settle();
    expect(begun).toHaveLength(3);
    await end("killer");
    expect(begun).toEqual(["a", "b", "killer", "c"]);
    await end("c");
    expect(begun.at(-1)).toBe("second killer");
  });

  it("gives the turn on when a run fails", async () => {
    const turns = createTurns("all-plans");
    await expect(turns.apart(() => Promise.reject(new Error("no server")))).rejects.toThrow("no server");
    await expect(turns.apart(async () => "next")).resolves.toBe("next");
  });
});
