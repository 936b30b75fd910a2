/**
 * The quiet phase at the end of each plan: with a correct server everything settles in it, and a server that forgets
 * what waits is found out, whatever made it forget.
 */
import { describe, expect, it } from "vitest";
import type { History } from "../src/harness/history/history.ts";
import { judge } from "../src/harness/oracle/oracle.ts";
import type { BuildServer } from "../src/harness/simulation/build-server.ts";
import { simulate } from "../src/harness/simulation/simulate.ts";
import { buildServer } from "../src/mutants/mutant.ts";
import { decodeMessage } from "../src/protocol/coap/message.ts";
import type { ServerEffect } from "../src/protocol/server-port.ts";
import { TaskStatusesEnvelope } from "../src/protocol/task-api/responses.ts";
import { ALL_FAMILIES } from "../src/scenarios/families/all-families.ts";
import { generatePlan } from "../src/scenarios/generate.ts";
import type { Plan } from "../src/scenarios/plan.ts";
import { SHIPPED_PROFILES } from "../src/scenarios/profiles/shipped-profiles.ts";

const PER_FAMILY = 6;

const PLANS: readonly Plan[] = ALL_FAMILIES.flatMap(({ name }) =>
  Array.from({ length: PER_FAMILY }, (_, index) =>
    generatePlan({ seed: "quiet", index, profile: SHIPPED_PROFILES.artik, mode: "sim", families: [name] }),
  ),
);

const ENDED = ["SUCCEEDED", "FAILED", "CANCELLED"];
const OVER = ["COMPLETE", "CANCELLED"];

/** What the last poll of each task shows: its status and those of its devices. Tasks that are gone have none. */
function lastSeen(history: History): readonly { readonly task: string; readonly devices: readonly string[] }[] {
  const asked = new Map<number, number>();
  const last = new Map<number, { readonly task: string; readonly devices: readonly string[] }>();
  for (const event of history.events) {
    if (event.kind === "rest-request" && event.purpose?.kind === "poll-statuses")
      asked.set(event.ticket, event.purpose.task);
    if (event.kind !== "rest-answer") continue;
    const task = asked.get(event.ticket);
    if (task === undefined) continue;
    const parsed = TaskStatusesEnvelope.safeParse(event.response.body);
    if (!parsed.success || event.response.status !== 200) last.delete(task);
    else {
      const { status = "", statuses = [] } = parsed.data.data;
      last.set(task, { task: status, devices: statuses.map((row) => row.status) });
    }
  }
  return [...last.values()];
}

/** Sends each device no more than so many requests of its own, and goes on as if it had not to. */
const fallingSilentAfter =
  (most: number): BuildServer =>
  (context) => {
    const server = buildServer()(context);
    const sent = new Map<string, Set<string>>();
    const allowed = (effect: ServerEffect): boolean => {
      if (effect.kind !== "send") return true;
      const message = decodeMessage(effect.bytes);
      if (!message.ok || !/^0\.0[1-9]$/.test(message.value.code)) return true;
      const device = effect.to.slice(0, effect.to.lastIndexOf(":"));
      const tokens = sent.get(device) ?? new Set();
      sent.set(device, tokens.size < most ? tokens.add(message.value.token) : tokens);
      return tokens.has(message.value.token);
    };
    return {
      get deadline() {
        return server.deadline;
      },
      handle: (input, now) => server.handle(input, now).filter(allowed),
    };
  };

describe("the quiet phase", () => {
  it("leaves nothing pending with a correct server: in the last poll every device task and every task has ended", () => {
    let devicesSeen = 0;
    for (const plan of PLANS) {
      for (const { task, devices } of lastSeen(simulate(plan, buildServer()))) {
        devicesSeen += devices.length;
        expect(
          devices.filter((status) => !ENDED.includes(status)),
          plan.id,
        ).toEqual([]);
        expect(OVER, plan.id).toContain(task);
      }
    }
    expect(devicesSeen).toBeGreaterThan(200);
  });

  it("finds a server whose tasks end for every device and never become COMPLETE, by T-02 in each plan that shows it", () => {
    const never = buildServer({
      id: "never-complete",
      sentence: "A task never becomes COMPLETE.",
      rules: () => ({ isComplete: () => false }),
    });
    for (const plan of PLANS) {
      const history = simulate(plan, never);
      if (lastSeen(history).every(({ task }) => OVER.includes(task))) continue;
      const broken = judge(plan, history).tallies.filter(({ findings }) => findings.length > 0);
      expect(
        broken.map(({ requirement }) => requirement),
        plan.id,
      ).toContain("T-02");
    }
  });

  it("finds a server that owes its devices a request by Q-02, Q-04, Q-08, R-04 or R-05, wherever it still shows one waiting", () => {
    let forgetful = 0;
    for (const plan of PLANS) {
      const history = simulate(plan, fallingSilentAfter(2));
      const waiting = lastSeen(history).some(({ devices }) => devices.some((status) => !ENDED.includes(status)));
      if (!waiting) continue;
      forgetful += 1;
      const broken = judge(plan, history).tallies.filter(({ findings }) => findings.length > 0);
      const owed = broken.map(({ requirement }) => requirement).filter((id) => /^(Q-0[248]|R-0[45])$/.test(id));
      expect(owed.length, plan.id).toBeGreaterThan(0);
    }
    expect(forgetful).toBeGreaterThan(PLANS.length / 5);
  });
});
