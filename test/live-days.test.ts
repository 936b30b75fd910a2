/**
 * Live, seven and thirty days through an adapter that turns its server's clock: the reference server keeps its long
 * promises, and mutants that do not are caught. The server is hosted here.
 */
import { describe, it } from "vitest";
import { clockOf, liveTargetOf } from "../src/harness/adapter/adapter-target.ts";
import { openModuleAdapter } from "../src/harness/adapter/module-adapter.ts";
import { createExecutor } from "../src/harness/execution/target.ts";
import { judge } from "../src/harness/oracle/oracle.ts";
import { mutantById } from "../src/mutants/all-mutants.ts";
import { buildServer } from "../src/mutants/mutant.ts";
import { createRandomSource } from "../src/platform/random.ts";
import { address } from "../src/protocol/address.ts";
import { coapParams } from "../src/protocol/profile.ts";
import { millis } from "../src/protocol/time.ts";
import { hostServer } from "../src/reference-server/adapters/host.ts";
import { Plan } from "../src/scenarios/plan.ts";
import { SHIPPED_PROFILES } from "../src/scenarios/profiles/shipped-profiles.ts";
import { verbsOf } from "./adapted-server.ts";
import { withTurnedClock } from "./turned-clock.ts";

const DAY = 86_400_000;
const coap = { ackTimeout: 0.05, ackRandomFactor: 1.5, maxRetransmit: 1 };
const profile = { ...SHIPPED_PROFILES.live, coap, responseTimeout: 0.2, reaction: 0.3 };

const reading = { kind: "create-task", taskType: "R", property: "deviceProperties.device.timezone", devices: "all" };
/** One task expires after seven days, one is done then; both are gone after thirty. */
const PLAN = Plan.parse({
  formatVersion: 1,
  id: "days-live",
  family: "expiry",
  simSeed: "seed",
  profile,
  deviceTypes: [{}],
  fleet: [{ lifetime: 3_600 }],
  latency: 1,
  operations: [
    { at: 0, ...reading, task: 0 },
    { at: 1, ...reading, task: 1, expiresAfter: 2_592_000 },
    { at: 7 * DAY + 1_500, kind: "poll", task: 0 },
    { at: 7 * DAY + 1_510, kind: "register", device: 0 },
    { at: 7 * DAY + 2_600, kind: "poll", task: 1 },
    { at: 30 * DAY - 1_000, kind: "poll", task: 1 },
    { at: 30 * DAY - 990, kind: "poll-history", task: 0 },
    { at: 30 * DAY + 1_500, kind: "poll", task: 1 },
    { at: 30 * DAY + 1_510, kind: "poll", task: 0 },
  ],
  faults: [],
  quietFrom: 30 * DAY + 1_520,
  until: 30 * DAY + 1_530,
});

async function judged(mutant?: string) {
  const random = createRandomSource("live-days");
  const build = buildServer(mutant === undefined ? undefined : mutantById(mutant));
  const server = withTurnedClock(build({ profile, coap: coapParams(profile), random }));
  const hosted = await hostServer(server);
  const verbs = verbsOf(hosted);
  const adapter = await openModuleAdapter("./my-server.js", {
    ...verbs,
    capabilities: { ...verbs.capabilities, clock: true },
    advanceClock: (milliseconds: number) => server.turn(millis(milliseconds)),
    close: () => hosted.close(millis(0)),
  });
  const clock = clockOf(adapter);
  const target = liveTargetOf(adapter, address(hosted.coap.slice("coap://".length)));
  const executor = createExecutor({ kind: "live", name: "adapted", ...target, ...(clock && { clock }) });
  try {
    const history = await executor.execute(PLAN);
    const { tallies, unanswered, cutOff } = judge(PLAN, history);
    const broken = tallies.flatMap(({ requirement, findings }) => (findings.length > 0 ? [requirement] : []));
    const kept = tallies.flatMap(({ requirement, examined, findings }) =>
      examined > 0 && findings.length === 0 ? [requirement] : [],
    );
    return { history, broken, kept, unanswered, cutOff };
  } finally {
    await executor.close();
    await adapter.close();
  }
}

describe.concurrent("a plan of thirty days, where the clock of the server can be turned", () => {
  it("takes seconds, and shows E-01, L-01 and L-02 of the reference server", async ({ expect }) => {
    const { history, broken, kept, unanswered, cutOff } = await judged();
    expect([broken, unanswered, cutOff]).toEqual([[], [], false]);
    expect(kept).toEqual(expect.arrayContaining(["E-01", "E-05", "L-01", "L-02", "L-03"]));
    expect((history.events.at(-1)?.at ?? 0) / 1_000 / DAY).toBeGreaterThan(30);
  });

  it("catches a server whose tasks expire too late", async ({ expect }) => {
    const { broken } = await judged("default-expiry-is-thirty-days");
    expect(broken).toContain("E-01");
  });

  it("catches a server that counts the thirty days from the last change", async ({ expect }) => {
    const { broken } = await judged("retention-from-completion");
    expect(broken).toContain("L-03");
  });
});
