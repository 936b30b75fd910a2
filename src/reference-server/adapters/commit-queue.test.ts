import { describe, expect, it } from "vitest";
import { nextTurn } from "../../platform/timers.ts";
import type { ServerInput, StorageEffect, StoredChange } from "../../protocol/server-port.ts";
import { createCommitQueue } from "./commit-queue.ts";
import type { RecordStore } from "./record-store.ts";

const persist = (ticket: number, records = 1): StorageEffect => ({
  kind: "persist",
  ticket,
  records: Array.from({ length: records }, (_, index) => ({ table: "t", key: `${ticket}/${index}`, value: ticket })),
});
const query = (ticket: number): StorageEffect => ({ kind: "query", ticket, table: "*" });

/** A store whose commits end when the test says so. */
function slowStore() {
  const commits: { readonly changes: readonly StoredChange[]; end(): void; fail(cause: unknown): void }[] = [];
  let lose: (cause: unknown) => void = () => undefined;
  const store: RecordStore = {
    name: "slow",
    read: async () => commits.flatMap(({ changes }) => changes),
    commit: (changes) =>
      new Promise((resolve, reject) => commits.push({ changes, end: () => resolve(), fail: (cause) => reject(cause) })),
    onLost: (listener) => {
      lose = listener;
    },
    close: () => undefined,
  };
  return { store, commits, lose: (cause: unknown) => lose(cause) };
}

function setUp(mostRecords?: number) {
  const { store, commits, lose } = slowStore();
  const given: ServerInput[] = [];
  const failures: unknown[] = [];
  const queue = createCommitQueue({
    store,
    give: (input) => given.push(input),
    onFailure: (cause) => failures.push(cause),
    ...(mostRecords === undefined ? {} : { mostRecords }),
  });
  return { queue, commits, given, failures, lose };
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
};
const tickets = (given: readonly ServerInput[]) => given.map((input) => ("ticket" in input ? input.ticket : undefined));

describe("createCommitQueue", () => {
  it("gives nothing before the commit has ended, then `persisted` in order", async () => {
    const { queue, commits, given } = setUp();
    queue.perform(persist(1));
    queue.perform(persist(2));
    await turns();
    expect([commits.length, given]).toEqual([1, []]);
    commits[0]?.end();
    await queue.idle();
    expect(given).toEqual([
      { kind: "persisted", ticket: 1 },
      { kind: "persisted", ticket: 2 },
    ]);
  });

  it("commits all that came while one commit was under way in one more", async () => {
    const { queue, commits, given } = setUp();
    queue.perform(persist(1));
    await turns();
    for (let ticket = 2; ticket <= 50; ticket += 1) queue.perform(persist(ticket));
    await turns();
    expect(commits).toHaveLength(1);
    commits[0]?.end();
    await turns();
    expect(commits.map(({ changes }) => changes.length)).toEqual([1, 49]);
    expect(given).toHaveLength(1);
    commits[1]?.end();
    await queue.idle();
    expect(tickets(given)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  });

  it("puts at most so many records into one transaction, and never splits an effect", async () => {
    const { queue, commits } = setUp(10);
    for (const [ticket, records] of [
      [1, 4],
      [2, 6],
      [3, 25],
      [4, 1],
    ] as const) {
      queue.perform(persist(ticket, records));
    }
    for (let commit = 0; commit < 3; commit += 1) {
      await turns();
      commits[commit]?.end();
    }
    await queue.idle();
    expect(commits.map(({ changes }) => changes.length)).toEqual([10, 25, 1]);
  });

  it("answers a query between two changes with what stands there at its place", async () => {
    const { queue, commits, given } = setUp();
    queue.perform(persist(1));
    queue.perform(query(2));
    queue.perform(persist(3));
    await turns();
    commits[0]?.end();
    await turns();
    expect(given[1]).toEqual({ kind: "rows", ticket: 2, rows: [{ table: "t", key: "1/0", value: 1 }] });
    commits[1]?.end();
    await queue.idle();
    expect(tickets(given)).toEqual([1, 2, 3]);
  });

  it("does not bother the store with a change of nothing", async () => {
    const { queue, commits, given } = setUp();
    queue.perform(persist(1, 0));
    await queue.idle();
    expect([commits, tickets(given)]).toEqual([[], [1]]);
  });

  it("acknowledges nothing after a failed commit, neither what was in it nor what came since", async () => {
    const { queue, commits, given, failures } = setUp();
    queue.perform(persist(1));
    await turns();
    queue.perform(persist(2));
    commits[0]?.fail(new Error("disk full"));
    await queue.idle();
    queue.perform(persist(3));
    await turns();
    expect([given, failures, commits.length]).toEqual([[], [new Error("disk full")], 1]);
  });

  it("takes a lost store as a failure, once, and drops what is under way", async () => {
    const { queue, commits, given, failures, lose } = setUp();
    queue.perform(persist(1));
    await turns();
    lose(new Error("connection lost"));
    lose(new Error("again"));
    commits[0]?.end();
    await queue.idle();
    expect([given, failures]).toEqual([[], [new Error("connection lost")]]);
  });
});
