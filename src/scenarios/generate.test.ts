import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Profile } from "../protocol/profile.ts";
import { ALL_BLOCKS } from "./blocks/all-blocks.ts";
import { planSignature } from "./describe.ts";
import { FAMILY_NAMES } from "./families/names.ts";
import { type ExplainedPlan, explainPlan, generatePlan } from "./generate.ts";
import { hash32 } from "./hash.ts";
import { type PlanMode, paceOf } from "./pace.ts";
import { Plan } from "./plan.ts";
import { SHIPPED_PROFILES } from "./profiles/shipped-profiles.ts";
import { CHECKED_REQUIREMENT_IDS, type RequirementId } from "./requirements.ts";

const campaign = (profile: Profile, mode: PlanMode, seed: string, plans = 500): readonly ExplainedPlan[] =>
  Array.from({ length: plans }, (_, index) => explainPlan({ seed, index, profile, mode }));

/** So many that what comes about in one plan of thirty is there often enough, whatever the seed. */
const SIMULATED = campaign(SHIPPED_PROFILES.artik, "sim", "campaign", 1_000);
const LIVE = campaign(SHIPPED_PROFILES.live, "live", "campaign");
const UNSCALED = campaign(SHIPPED_PROFILES.empty, "live", "campaign");
const EVERY = [...SIMULATED, ...LIVE, ...UNSCALED].map((row) => row.plan);

const DAY = 86_400_000;
const plansWhere = (holds: (plan: Plan) => boolean): number => SIMULATED.filter((row) => holds(row.plan)).length;

describe("generatePlan", () => {
  it("makes only plans that the schema reads back unchanged, defaults included", () => {
    for (const plan of EVERY) expect(Plan.parse(plan)).toEqual(plan);
  });

  it("makes pure JSON: writing and reading changes nothing, prototypes included", () => {
    for (const plan of EVERY) expect(JSON.parse(JSON.stringify(plan))).toStrictEqual(plan);
  });

  it("depends on seed and index alone: any plan can be made again by itself", () => {
    fc.assert(
      fc.property(fc.nat(499), (index) => {
        const again = generatePlan({ seed: "campaign", index, profile: SHIPPED_PROFILES.artik, mode: "sim" });
        expect(JSON.stringify(again)).toBe(JSON.stringify(SIMULATED[index]?.plan));
      }),
    );
  });

  it("is not changed by what a program presets for fast-check", () => {
    const options = { seed: "campaign", index: 7, profile: SHIPPED_PROFILES.artik, mode: "sim" } as const;
    const before = fc.readConfigureGlobal();
    for (const unbiased of [false, true]) {
      fc.configureGlobal({ ...before, seed: 1, unbiased, baseSize: "large", randomType: "congruential32" });
      const plan = generatePlan(options);
      fc.configureGlobal(before);
      expect(plan).toEqual(SIMULATED[7]?.plan);
    }
  });

  it("makes another campaign of another seed", () => {
    const other = campaign(SHIPPED_PROFILES.artik, "sim", "another").map((row) => planSignature(row.plan));
    const same = other.filter(
      (signature, index) => signature === planSignature(SIMULATED[index]?.plan ?? (EVERY[0] as Plan)),
    );
    expect(same.length).toBeLessThan(5);
  });

  it("gives at least 950 of 1,000 simulated plans a sequence of their own", () => {
    expect(new Set(SIMULATED.map((row) => planSignature(row.plan))).size).toBeGreaterThanOrEqual(950);
  });

  it("keeps to the families asked for, and names a plan after its family and index", () => {
    for (let index = 0; index < 20; index += 1) {
      const plan = generatePlan({
        seed: "s",
        index,
        profile: SHIPPED_PROFILES.artik,
        mode: "sim",
        families: ["expiry"],
      });
      expect(plan).toMatchObject({ family: "expiry", id: `expiry-${index}` });
    }
    expect(new Set(SIMULATED.map((row) => row.plan.family)).size).toBe(FAMILY_NAMES.length);
  });

  it("stays small: half of the simulated plans have at most 40 operations, none has more than 300 or 10 devices", () => {
    const sizes = SIMULATED.map((row) => row.plan.operations.length).toSorted((a, b) => a - b);
    expect(sizes[500]).toBeLessThanOrEqual(40);
    expect(sizes[999]).toBeLessThanOrEqual(300);
    expect(Math.max(...EVERY.map((plan) => plan.fleet.length))).toBeLessThanOrEqual(10);
  });

  it("fills no long plan with Updates: at most 41 by any device itself", () => {
    for (const plan of EVERY) {
      for (const device of plan.fleet) expect(plan.until / (device.updateEvery ?? plan.until)).toBeLessThanOrEqual(41);
    }
  });

  it("names only devices of the fleet, and has none that does nothing", () => {
    for (const plan of EVERY) {
      const named = [...plan.operations, ...plan.faults].flatMap((row) => ("device" in row ? [row.device] : []));
      const targets = plan.operations.flatMap((row) =>
        row.kind === "create-task" && row.devices !== "all" ? row.devices : [],
      );
      const acting = new Set([...named, ...targets]);
      const idle = plan.fleet.filter((device, index) => !acting.has(index) && device.registersAt === undefined);
      expect(Math.max(...acting)).toBeLessThan(plan.fleet.length);
      expect(plan.operations.some((row) => row.kind === "create-task" && row.devices === "all") ? [] : idle).toEqual(
        [],
      );
    }
  });

  it("has devices whose lifetime ends within the plan in at least 20 plans", () => {
    const shortLived = (plan: Plan): boolean => plan.fleet.some((device) => (device.lifetime ?? 86_400) <= 600);
    expect(plansWhere(shortLived)).toBeGreaterThanOrEqual(20);
  });

  it("lets the tasks of one device differ in type, property or value in at least 92 % of the plans: some blocks repeat one on purpose", () => {
    const collides = (plan: Plan): boolean => {
      const keys = plan.operations.flatMap((operation) => {
        if (operation.kind !== "create-task" || operation.property.startsWith("server")) return [];
        const devices = operation.devices === "all" ? plan.fleet.map((_, index) => index) : operation.devices;
        return devices.map((device) => `${device} ${operation.taskType} ${operation.property} ${operation.value}`);
      });
      return new Set(keys).size < keys.length;
    };
    expect(plansWhere(collides)).toBeLessThanOrEqual(80);
  });
});

describe("the quiet phase", () => {
  it("begins after every fault, and the plan ends no earlier than its last operation", () => {
    for (const plan of EVERY) {
      for (const fault of plan.faults) expect(fault.until).toBeLessThanOrEqual(plan.quietFrom);
      expect(Math.max(...plan.operations.map((operation) => operation.at))).toBeLessThanOrEqual(plan.until);
      expect(plan.quietFrom).toBeLessThan(plan.until);
    }
  });

  it("polls every task twice in simulation, MAX_TRANSMIT_WAIT and the response timeout apart", () => {
    const pace = paceOf(SHIPPED_PROFILES.artik, "sim");
    for (const { plan } of SIMULATED) {
      const created = plan.operations.flatMap((row) => (row.kind === "create-task" ? [row.task] : []));
      for (const task of created) {
        const polls = plan.operations.filter(
          (row) => row.kind === "poll" && row.task === task && row.at > plan.quietFrom,
        );
        const [first, last] = polls.map((row) => row.at);
        expect(polls).toHaveLength(2);
        expect((last ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(pace.giveUpLatest + pace.responseTimeout);
      }
    }
  });

  it("lets each device that acts in it speak twice, once by a Register, when nothing sent before can be open any more", () => {
    const pace = paceOf(SHIPPED_PROFILES.artik, "sim");
    const apart = pace.giveUpLatest + pace.responseTimeout;
    for (const { plan } of SIMULATED) {
      for (const device of plan.fleet.keys()) {
        const spoken = plan.operations.filter(
          (row) =>
            (row.kind === "register" || row.kind === "update") && row.device === device && row.at > plan.quietFrom,
        );
        // A device that is gone for good says nothing at all.
        if (spoken.length === 0) continue;
        expect(spoken.some((row) => row.kind === "register")).toBe(true);
        expect((spoken[1]?.at ?? 0) - (spoken[0]?.at ?? 0)).toBeGreaterThanOrEqual(apart);
      }
    }
  });

  it("lasts until the tasks of devices that are gone for good have expired, in 5 plans at least", () => {
    const goneOf = (plan: Plan): readonly number[] =>
      [...plan.fleet.keys()].filter(
        (device) => !plan.operations.some((row) => "device" in row && row.device === device && row.at > plan.quietFrom),
      );
    const withGone = SIMULATED.map((row) => row.plan).filter((plan) => goneOf(plan).length > 0);
    expect(withGone.length).toBeGreaterThanOrEqual(5);
    for (const plan of withGone) {
      for (const row of plan.operations) {
        if (row.kind !== "create-task" || row.devices === "all") continue;
        if (!row.devices.some((device) => goneOf(plan).includes(device))) continue;
        const period = row.expiresAfter ?? plan.deviceTypes[row.type]?.taskExpiresAfter ?? 604_800;
        expect(plan.until).toBeGreaterThan(row.at + period * 1_000);
      }
    }
  });
});

describe("live plans", () => {
  it("end within 25 s, with one to three devices", () => {
    for (const { plan } of [...LIVE, ...UNSCALED]) {
      expect(plan.until).toBeLessThanOrEqual(25_000);
      expect(plan.fleet.length).toBeLessThanOrEqual(3);
    }
  });

  it("have lifetimes and expiry times of seconds, no taskExpiresAfter, and no offline window shorter than 2 s", () => {
    for (const { plan } of LIVE) {
      expect(plan.deviceTypes).toEqual([{}]);
      // One beyond 30 days is there to be refused or shortened.
      for (const row of plan.operations)
        if (row.kind === "create-task" && (row.expiresAfter ?? 1) <= 2_592_000)
          expect(row.expiresAfter ?? 1).toBeLessThanOrEqual(4);
      for (const row of plan.faults)
        if (row.kind === "offline") expect(row.until - row.from).toBeGreaterThanOrEqual(2_000);
    }
  });

  it("use 25 of the 36 blocks at least", () => {
    expect(new Set(LIVE.flatMap((row) => row.blocks)).size).toBeGreaterThanOrEqual(25);
  });
});

describe("coverage of the requirements by 1,000 simulated plans", () => {
  const exercised = new Map(ALL_BLOCKS.map((block) => [block.id, block.exercises]));
  const counts = new Map<RequirementId, number>();
  for (const { blocks } of SIMULATED) {
    for (const id of new Set(blocks.flatMap((block) => exercised.get(block) ?? [])))
      counts.set(id, (counts.get(id) ?? 0) + 1);
  }

  /** Which period and which code a plan is about is drawn inside a block; the tests below count these by content. */
  const byContent = (id: RequirementId): boolean => /^(E-01|E-03|M-0[1-7])$/.test(id);

  it("provokes each checked requirement in at least 10 plans", () => {
    const rare = CHECKED_REQUIREMENT_IDS.filter((id) => !byContent(id) && (counts.get(id) ?? 0) < 10);
    expect(rare).toEqual([]);
  });

  const effective = (plan: Plan, wanted: (type: { taskExpiresAfter?: number | undefined }) => boolean): boolean =>
    plan.operations.some((row) => {
      if (row.kind !== "create-task" || row.expiresAfter !== undefined || row.property.startsWith("server"))
        return false;
      const type = plan.deviceTypes[row.type] ?? {};
      const period = (type.taskExpiresAfter ?? 604_800) * 1_000;
      const polls = plan.operations.filter((other) => other.kind === "poll" && other.task === row.task);
      return wanted(type) && polls.some((other) => other.at > row.at + period);
    });

  it("waits for the default period of 7 days (E-01), and for that of a device type (E-03), in 20 plans each", () => {
    expect(plansWhere((plan) => effective(plan, (type) => type.taskExpiresAfter === undefined))).toBeGreaterThanOrEqual(
      20,
    );
    expect(plansWhere((plan) => effective(plan, (type) => type.taskExpiresAfter !== undefined))).toBeGreaterThanOrEqual(
      20,
    );
  });

  it("reads tasks before and after 30 days in 20 plans (L-01, L-02)", () => {
    const polledAfter = (plan: Plan): boolean =>
      plan.operations.some((row) => row.kind === "poll-history" && row.at > 30 * DAY);
    expect(plansWhere(polledAfter)).toBeGreaterThanOrEqual(20);
  });

  it("answers with each of the seven codes of the table in 15 plans (M-01 to M-07)", () => {
    for (const code of ["4.00", "4.01", "4.03", "4.04", "4.05", "4.06", "4.15"]) {
      const answers = (plan: Plan): boolean =>
        plan.faults.some(
          (fault) => fault.kind === "behaviour" && fault.behaviour.kind === "error" && fault.behaviour.code === code,
        );
      expect(plansWhere(answers), code).toBeGreaterThanOrEqual(15);
    }
  });

  const tasksOf = (plan: Plan, device: number): number =>
    plan.operations.filter((row) => row.kind === "create-task" && row.devices !== "all" && row.devices.includes(device))
      .length;
  const operationsOf = (plan: Plan, device: number, kind: string): number =>
    plan.operations.filter((row) => row.kind === kind && "device" in row && row.device === device).length;
  const someDevice = (plan: Plan, holds: (device: number) => boolean): boolean => [...plan.fleet.keys()].some(holds);

  it("gives one device twelve tasks in 10 plans, twenty in 3", () => {
    expect(plansWhere((plan) => someDevice(plan, (device) => tasksOf(plan, device) >= 12))).toBeGreaterThanOrEqual(10);
    expect(plansWhere((plan) => someDevice(plan, (device) => tasksOf(plan, device) >= 20))).toBeGreaterThanOrEqual(3);
  });

  it("has ten devices and a task for each of them in 4 plans, six Registers of one device in 8", () => {
    const tenTargets = (plan: Plan): boolean =>
      plan.operations.some((row) => row.kind === "create-task" && row.devices !== "all" && row.devices.length === 10);
    expect(plansWhere(tenTargets)).toBeGreaterThanOrEqual(4);
    const storm = (plan: Plan): boolean => someDevice(plan, (device) => operationsOf(plan, device, "register") >= 6);
    expect(plansWhere(storm)).toBeGreaterThanOrEqual(8);
  });

  it("uses each block in a plan at least", () => {
    const used = new Map<string, number>(ALL_BLOCKS.map((block) => [block.id, 0]));
    for (const { blocks } of SIMULATED) for (const id of new Set(blocks)) used.set(id, (used.get(id) ?? 0) + 1);
    expect([...used].filter(([, plans]) => plans < 1)).toEqual([]);
  });
});

describe("hash32", () => {
  it("is an unsigned 32-bit integer, the same for ever", () => {
    expect([hash32(""), hash32("campaign/0")]).toEqual([2_872_998_923, 1_349_697_552]);
    fc.assert(
      fc.property(fc.string(), (text) => {
        const hash = hash32(text);
        expect(Number.isInteger(hash) && hash >= 0 && hash < 2 ** 32).toBe(true);
      }),
    );
  });

  it("tells 10,000 neighbouring keys apart but for chance", () => {
    const hashes = new Set(Array.from({ length: 10_000 }, (_, index) => hash32(`seed/${index}`)));
    expect(hashes.size).toBeGreaterThan(9_995);
  });
});
