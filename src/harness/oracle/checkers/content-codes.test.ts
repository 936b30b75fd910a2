import { describe, expect, it } from "vitest";
import { executeContent } from "../../../protocol/lwm2m/operations.ts";
import type { Fault } from "../../../simulator/model/fault.ts";
import { history, REBOOT, type Story } from "../test-history.ts";

const asked = (type: "R" | "W" | "E", options = {}): Story => {
  const task = { R: {}, W: { type, value: "UTC" }, E: { type, property: REBOOT } }[type];
  return history(options).register(0, 1).create(0, 2, task).request(0, 2).as("request");
};

/** The plan tells device 0 to answer so. */
const commanded = (code: string, operation?: "read" | "write" | "execute"): readonly Fault[] => [
  {
    kind: "behaviour",
    device: 0,
    from: 0,
    until: 9_000,
    match: operation === undefined ? {} : { operation },
    behaviour: { kind: "error", code },
  },
];

describe("refusesContentWhereThereIsSome", () => {
  it.each([
    ["W", "4.06", 'write 3/0/15 "UTC"', "that asks for content"],
    ["E", "4.06", "execute 3/0/4", "that asks for content"],
    ["R", "4.15", "read 3/0/15", "that carries content"],
    ["E", "4.15", "execute 3/0/4", "that carries content"],
  ] as const)("breaks M-11 when a device answers %s with %s: the instrument is at fault", (type, code, what, to) => {
    const story = asked(type).answer(0, 3, code).as("answer");
    expect(story.finding("M-11")).toEqual({
      requirement: "M-11",
      events: [story.event("request"), story.event("answer")],
      expected: `device 0 answers ${code} only to a request ${to}`,
      actual: `${code} to: ${what}`,
    });
  });

  it("keeps M-11 by 4.06 to a Read, and by 4.15 to a Write or an Execute with arguments", () => {
    expect(asked("R").answer(0, 3, "4.06").outcome("M-11")).toBe("pass");
    expect(asked("W").answer(0, 3, "4.15").outcome("M-11")).toBe("pass");
    const withArguments = history()
      .register(0, 1)
      .request(0, 2, { content: executeContent([3, 0, 4], "0='a'") });
    expect(withArguments.answer(0, 3, "4.15").outcome("M-11")).toBe("pass");
  });

  it("does not blame a device for what the plan tells it to answer", () => {
    expect(
      asked("W", { faults: commanded("4.06") })
        .answer(0, 3, "4.06")
        .outcome("M-11"),
    ).toBe("not-exercised");
    expect(
      asked("W", { faults: commanded("4.06", "write") })
        .answer(0, 3, "4.06")
        .outcome("M-11"),
    ).toBe("not-exercised");
    expect(
      asked("W", { faults: commanded("4.06", "read") })
        .answer(0, 3, "4.06")
        .outcome("M-11"),
    ).toBe("fail");
    expect(
      asked("W", { faults: commanded("4.05") })
        .answer(0, 3, "4.06")
        .outcome("M-11"),
    ).toBe("fail");
  });

  it("is not exercised by other codes", () => {
    expect(asked("R").answer(0, 3, "4.05").outcome("M-11")).toBe("not-exercised");
    expect(asked("W").answer(0, 3, "2.04").outcome("M-11")).toBe("not-exercised");
  });
});
