import { describe, expect, it } from "vitest";
import { history, type Story } from "../../oracle/test-history.ts";
import { coverageOfStory } from "../test-kit.ts";
import {
  ANSWERED_AFTER_RESTARTS,
  ENDED_BEFORE_RESTARTS,
  RESTARTED_DEVICES,
  RESTARTED_EXCHANGES,
  RESTARTED_TASKS,
} from "./restart.ts";

const OURS: readonly string[] = [
  RESTARTED_EXCHANGES,
  RESTARTED_TASKS,
  ENDED_BEFORE_RESTARTS,
  RESTARTED_DEVICES,
  ANSWERED_AFTER_RESTARTS,
].flatMap(({ rows }) => rows.map(({ id }) => id));

const conditions = (story: Story): readonly string[] =>
  coverageOfStory(story).conditions.filter((id) => OURS.includes(id));

/** A request at 2 s to a device that registered at 1 s. */
const asked = (): Story => history().register(0, 1).create(0, 2).request(0, 2);
const succeeded = (): Story => asked().answer(0, 3, "2.05", { text: "UTC" });

describe("conditions of a restart", () => {
  it("are not met by a server that nobody kills", () => {
    expect(conditions(succeeded().see(0, 5, "SUCCEEDED", { attempts: 1 }).update(0, 6))).toEqual([]);
  });

  it("tell the moments of an exchange in which the server was killed", () => {
    expect(conditions(asked().restart(3.5, 9))).toEqual(["restart-in-flight"]);
    expect(conditions(asked().retransmit(0, 4).restart(5.5, 9))).toContain("restart-between-copies");
    expect(conditions(asked().acknowledge(0, 3).restart(5, 9))).toContain("restart-after-acknowledgement");
    expect(conditions(asked().cancel(0, 3).restart(5, 9))).toContain("restart-with-cancellation-in-flight");
    expect(conditions(asked().restart(5, 9).answer(0, 10, "2.05", { text: "UTC", type: "CON" }))).toContain(
      "restart-then-late-answer",
    );
  });

  it("tell tasks that waited through it from those that began or were over", () => {
    const waited = history().create(0, 2).restart(5, 9);
    expect(conditions(waited)).toEqual(["restart-with-waiting-tasks"]);
    expect(conditions(history().restart(5, 9).create(0, 10))).toEqual([]);
    expect(conditions(succeeded().restart(8, 9).see(0, 10, "SUCCEEDED", { attempts: 1 }))).toEqual([
      "restart-after-success",
    ]);
  });

  it("tell deadlines that passed while the server was down from those that came later", () => {
    const expiring = (until: number) => history().create(0, 2, { expiresAfter: 10 }).restart(5, until);
    expect(conditions(expiring(20).wait(30))).toContain("expired-while-down");
    const later = conditions(expiring(8).wait(30));
    expect(later).toContain("restart-then-expired");
    expect(later).not.toContain("expired-while-down");
    const lifetime = history().register(0, 1, { lifetime: 60 }).restart(20, 100).wait(120);
    expect(conditions(lifetime)).toContain("lifetime-over-while-down");
  });

  it("count the attempts that were cut off, and see them answered in the end", () => {
    const twice = asked().restart(4, 5).update(0, 6).request(0, 6).restart(8, 9).update(0, 10).request(0, 10);
    const met = conditions(twice.answer(0, 11, "2.05", { text: "UTC" }));
    expect(met).toEqual(expect.arrayContaining(["restart-twice-in-flight", "restart-then-answered", "two-restarts"]));
  });

  it("see who speaks afterwards", () => {
    const registered = (): Story => history().register(0, 1).restart(5, 9);
    expect(conditions(registered().update(0, 10))).toEqual(["update-after-restart"]);
    expect(conditions(registered().register(0, 10))).toEqual(["register-after-restart"]);
  });
});
