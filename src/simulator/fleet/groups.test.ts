import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FleetFile } from "../model/fleet.ts";
import { groupSizes } from "./groups.ts";

type Sized = { readonly share: number } | { readonly count: number };
const PARSED = FleetFile.parse({ formatVersion: 1, groups: [{ name: "g", share: 1 }] });
const fileOf = (groups: readonly Sized[]): FleetFile => ({
  ...PARSED,
  groups: groups.flatMap((size) => PARSED.groups.map(({ share: _, ...group }) => ({ ...group, ...size }))),
});
const share = fc.record({ share: fc.integer({ min: 1, max: 1_000 }) });
const counted = fc.record({ count: fc.integer({ min: 0, max: 1_000 }) });
const groups = fc.array(fc.oneof(share, counted), { minLength: 1, maxLength: 12 });
const devices = fc.integer({ min: 1, max: 10_000_000 });

describe("groupSizes", () => {
  it("are whole numbers that add up to the fleet, none negative", () => {
    fc.assert(
      fc.property(groups, devices, (sizes, size) => {
        const found = groupSizes(fileOf(sizes), size);
        expect(found.every((each) => Number.isInteger(each) && each >= 0)).toBe(true);
        expect(found.reduce((sum, each) => sum + each, 0)).toBe(size);
      }),
    );
  });

  it("are less than a device away from what the shares say", () => {
    fc.assert(
      fc.property(fc.array(share, { minLength: 1, maxLength: 12 }), devices, (sizes, size) => {
        const whole = sizes.reduce((sum, each) => sum + each.share, 0);
        groupSizes(fileOf(sizes), size).forEach((found, at) => {
          expect(Math.abs(found - (size * (sizes[at]?.share ?? 0)) / whole)).toBeLessThan(1);
        });
      }),
    );
  });

  it("are the counts where there is room for them and a share takes the rest", () => {
    fc.assert(
      fc.property(fc.array(counted, { maxLength: 8 }), fc.integer({ min: 0, max: 1_000 }), (sizes, rest) => {
        const fixed = sizes.map(({ count }) => count);
        const sum = fixed.reduce((total, count) => total + count, 0);
        expect(groupSizes(fileOf([...sizes, { share: 1 }]), sum + rest)).toEqual([...fixed, rest]);
      }),
    );
  });
});
