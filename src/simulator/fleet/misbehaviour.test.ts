import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readContent, writeContent } from "../../protocol/lwm2m/operations.ts";
import { after, millis, SIMULATION_START } from "../../protocol/time.ts";
import { FleetFile } from "../model/fleet.ts";
import { FleetAnswers } from "../model/fleet-answers.ts";
import { createDecisions } from "./decisions.ts";
import { createMisbehaviour } from "./misbehaviour.ts";

const [PARSED] = FleetFile.parse({ formatVersion: 1, groups: [{ name: "g", share: 1 }] }).groups;
const message = { type: "CON", messageId: 1, token: "01" } as const;
const READ = { ...readContent([3, 0, 9]), ...message };
const WRITE = { ...writeContent([3, 0, 15], 0, new Uint8Array(3)), ...message };

const rule = fc
  .record({
    operation: fc.constantFrom(undefined, "read" as const, "write" as const),
    percent: fc.constantFrom(0, 20, 50, 100),
    repeats: fc.boolean(),
    sequence: fc.array(fc.constantFrom("normal", "silent", "reset", "reboots", "acknowledge-only"), {
      minLength: 1,
      maxLength: 4,
    }),
  })
  .map(({ sequence, operation, ...rest }) =>
    FleetAnswers.parse({
      ...rest,
      ...(operation === undefined ? {} : { operation }),
      sequence: sequence.map((kind) => ({ kind })),
    }),
  );
/** Whether each request is a Write. */
const requests = fc.array(fc.boolean(), { minLength: 1, maxLength: 40 });
const device = fc.integer({ min: 0, max: 100_000 });

/** Kinds of the answers of one device to the requests, one every millisecond. */
function answers(rules: readonly FleetAnswers[], writes: readonly boolean[], of: number): readonly string[] {
  if (PARSED === undefined) return [];
  const decide = createDecisions("misbehaviour");
  const misbehaves = createMisbehaviour({ ...PARSED, answers: [...rules] }, of, SIMULATION_START, decide);
  return writes.map(
    (isWrite, at) => misbehaves?.(isWrite ? WRITE : READ, after(SIMULATION_START, millis(at)))?.kind ?? "normal",
  );
}

describe("createMisbehaviour", () => {
  it("gives the chosen requests the answers of the sequence in their order, from its beginning or to its end", () => {
    fc.assert(
      fc.property(rule, requests, device, (own, writes, of) => {
        const { sequence, repeats, operation } = own;
        // With a sequence of one wrong answer for ever, the answers show which requests are chosen.
        const always = FleetAnswers.parse({ ...text(own), sequence: [{ kind: "silent" }], repeats: true });
        const chosen = answers([always], writes, of).flatMap((kind, at) => (kind === "silent" ? [at] : []));
        const wanted = writes.map(() => "normal");
        chosen.forEach((at, place) => {
          if (repeats || place < sequence.length) wanted[at] = sequence[place % sequence.length]?.kind ?? "";
        });
        expect(answers([own], writes, of)).toEqual(wanted);
        expect(chosen.every((at) => operation === undefined || (operation === "write") === writes[at])).toBe(true);
      }),
    );
  });

  it("counts the requests that fit alone: others between them change nothing", () => {
    fc.assert(
      fc.property(rule, requests, device, (own, writes, of) => {
        const onlyWrites = FleetAnswers.parse({ ...text(own), operation: "write" });
        const among = answers([onlyWrites], writes, of).filter((_, at) => writes[at]);
        expect(among).toEqual(
          answers(
            [onlyWrites],
            writes.filter((isWrite) => isWrite),
            of,
          ),
        );
      }),
    );
  });

  it("leaves to a second rule what the first one does not answer, and asks it about nothing else", () => {
    const never = FleetAnswers.parse({ percent: 0, sequence: [{ kind: "reset" }] });
    const always = FleetAnswers.parse({ sequence: [{ kind: "reset" }] });
    fc.assert(
      fc.property(requests, device, (writes, of) => {
        expect(answers([never, always], writes, of)).toEqual(writes.map(() => "reset"));
        const once = FleetAnswers.parse({ sequence: [{ kind: "silent" }], repeats: false });
        expect(answers([once, always], writes, of)).toEqual(writes.map((_, at) => (at === 0 ? "silent" : "reset")));
      }),
    );
  });

  it("chooses of each device other requests, and of no device of another share", () => {
    const half = FleetAnswers.parse({ percent: 50, sequence: [{ kind: "silent" }] });
    const writes = Array.from({ length: 40 }, () => true);
    const kinds = Array.from({ length: 50 }, (_, of) => answers([half], writes, of).join());
    expect(new Set(kinds).size).toBe(50);
    const nobody = FleetAnswers.parse({ devices: 0, sequence: [{ kind: "silent" }] });
    expect(answers([nobody], writes, 1)).toEqual(writes.map(() => "normal"));
  });
});

/** A parsed rule as it stands in a file, without its times. */
const text = ({ operation, percent, repeats, sequence }: FleetAnswers): object => ({
  percent,
  repeats,
  sequence,
  ...(operation === undefined ? {} : { operation }),
});
