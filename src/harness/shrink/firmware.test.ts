import { describe, expect, it } from "vitest";
import type { Plan } from "../../scenarios/plan.ts";
import { leaveOutImages, plainFirmware, shrinkImages } from "./firmware.ts";
import { plan, searchBy } from "./test-kit.ts";

const image = (version: string, size = 100) => ({ version, size });
const install = (task: number, of: number) =>
  ({ at: 1 + task, kind: "create-update", task, image: of, devices: [0] }) as const;

async function shrunk(pass: typeof leaveOutImages, failing: Plan, fails: (plan: Plan) => boolean): Promise<Plan> {
  const { search } = searchBy(failing, fails);
  await pass(search);
  return search.best;
}

describe("leaveOutImages", () => {
  const images = [image("2.0"), image("2.1"), image("2.2")];

  it("gives all updates the first image when that does no harm", async () => {
    const best = await shrunk(leaveOutImages, plan({ images, operations: [install(0, 1), install(1, 2)] }), () => true);
    expect(best.images?.map(({ version }) => version)).toEqual(["2.0"]);
    expect(best.operations).toMatchObject([{ image: 0 }, { image: 0 }]);
  });

  it("else leaves out those that no update installs, and the others keep their updates", async () => {
    const best = await shrunk(
      leaveOutImages,
      plan({ images, operations: [install(0, 1), install(1, 2)] }),
      ({ operations }) => new Set(operations.map((operation) => "image" in operation && operation.image)).size === 2,
    );
    expect(best.images?.map(({ version }) => version)).toEqual(["2.1", "2.2"]);
    expect(best.operations).toMatchObject([{ image: 0 }, { image: 1 }]);
  });

  it("leaves out all of them in a plan without updates", async () => {
    const best = await shrunk(leaveOutImages, plan({ images, operations: [] }), () => true);
    expect(best).not.toHaveProperty("images");
  });
});

describe("shrinkImages", () => {
  it("makes an image of one byte, or halves it as long as the failure stays", async () => {
    const failing = plan({ images: [image("2.0", 5_000), image("2.1", 800)], operations: [] });
    const best = await shrunk(shrinkImages, failing, ({ images }) => (images?.[0]?.size ?? 0) > 1_024);
    expect(best.images?.map(({ size }) => size)).toEqual([1_250, 1]);
  });
});

describe("plainFirmware", () => {
  const STAYS = { kind: "stays-updating" } as const;
  const SLOW = { kind: "slow-reboot", bootTime: 1 } as const;
  const troublesOf = ({ fleet }: Plan) => fleet[0]?.firmware?.troubles ?? [];
  const with3 = plan({ fleet: [{ firmware: { version: "1.0", installTime: 9, troubles: [SLOW, SLOW, STAYS] } }] });

  it("leaves out troubles one by one", async () => {
    const best = await shrunk(plainFirmware, with3, (one) => troublesOf(one).some(({ kind }) => kind === STAYS.kind));
    expect(troublesOf(best)).toEqual([STAYS]);
  });

  it("keeps the number of an attempt, with nothing wrong in the attempts before it", async () => {
    const best = await shrunk(plainFirmware, with3, (one) => troublesOf(one)[2]?.kind === STAYS.kind);
    expect(troublesOf(best)).toEqual([{ kind: "none" }, { kind: "none" }, STAYS]);
  });

  it("gives everything else its default, but for the version, which has none", async () => {
    const best = await shrunk(plainFirmware, with3, ({ fleet }) => fleet[0]?.firmware !== undefined);
    expect(best.fleet).toEqual(plan({ fleet: [{ firmware: { version: "1.0" } }] }).fleet);
  });

  it("leaves a fleet without firmware alone", async () => {
    const { search, tried } = searchBy(plan({}), () => true);
    await plainFirmware(search);
    await shrinkImages(search);
    await leaveOutImages(search);
    expect(tried).toEqual([]);
  });
});
