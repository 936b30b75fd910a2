import { describe, expect, it } from "vitest";
import type { Code } from "../../../protocol/coap/types.ts";
import { ARTIK, EMPTY_PROFILE, type Profile } from "../../../protocol/profile.ts";
import { history, type Shown, type Story } from "../test-history.ts";
import { MAPPING_ROWS } from "./mapping.ts";

const NAME = "task 0 (R deviceProperties.device.timezone) of device 0";
const LITERAL: Profile = { ...ARTIK, errorMapping: "literal" };

/** Answered so at 3 s, and seen FAILED with that code at 4 s. */
function failed(coap: Code, code: string | undefined, profile: Profile = ARTIK, more: Partial<Shown> = {}): Story {
  const story = history({ profile }).register(0, 1).create(0, 2).request(0, 2).answer(0, 3, coap).as("answer");
  const shown = code === undefined ? {} : { code };
  return story.see(0, 4, "FAILED", { attempts: 1, ...shown, ...more }).as("seen");
}

describe("mapsErrors, M-01 to M-07", () => {
  it.each(MAPPING_ROWS)("breaks $requirement when CoAP $coap becomes 4999", ({ requirement, coap, corrected }) => {
    const story = failed(coap as Code, "4999");
    expect(story.finding(requirement)).toEqual({
      requirement,
      events: [story.event("answer"), story.event("seen")],
      expected: `${NAME}, answered ${coap}, is FAILED with error ${corrected.join(" or ")}`,
      actual: "FAILED with error 4999",
    });
  });

  it.each(MAPPING_ROWS)("breaks $requirement when CoAP $coap leaves no error code, or no failure", (row) => {
    expect(failed(row.coap as Code, undefined).outcome(row.requirement)).toBe("fail");
    const story = history()
      .register(0, 1)
      .create(0, 2)
      .request(0, 2)
      .answer(0, 3, row.coap as Code);
    expect(story.see(0, 4, "SUCCEEDED", { attempts: 1 }).outcome(row.requirement)).toBe("fail");
    const pending = history()
      .register(0, 1)
      .create(0, 2)
      .request(0, 2)
      .answer(0, 3, row.coap as Code);
    expect(pending.see(0, 4, "QUEUED", { attempts: 1 }).outcome(row.requirement)).toBe("fail");
  });

  it.each(MAPPING_ROWS)("keeps $requirement by the code that the profile declares for CoAP $coap", (row) => {
    for (const code of row.corrected) expect(failed(row.coap as Code, code).outcome(row.requirement)).toBe("pass");
    for (const code of row.literal)
      expect(failed(row.coap as Code, code, LITERAL).outcome(row.requirement)).toBe("pass");
    for (const code of row.undeclared)
      expect(failed(row.coap as Code, code, EMPTY_PROFILE).outcome(row.requirement)).toBe("pass");
  });

  it.each([
    ["M-03", "4.03", ["4030", "4040"]],
    ["M-04", "4.04", ["4040", "4000"]],
    ["M-07", "4.15", ["4150", "4060"]],
  ] as const)(
    "takes %s for CoAP %s in either reading of the misprinted table, %s, when nothing is declared",
    (id, coap, codes) => {
      for (const code of codes) expect(failed(coap, code, EMPTY_PROFILE).outcome(id)).toBe("pass");
      expect(failed(coap, "4010", EMPTY_PROFILE).outcome(id)).toBe("fail");
    },
  );

  it("leaves it open live while the poll overlaps the answer", () => {
    const story = history({ live: true }).register(0, 1).create(0, 2).request(0, 2.01).answer(0, 3, "4.05");
    expect(story.see(0, 3.1, "PROCESSING", { attempts: 1 }).outcome("M-05")).toBe("inconclusive");
    expect(story.see(0, 9, "PROCESSING", { attempts: 1 }).outcome("M-05")).toBe("fail");
  });

  it("exercises none of them without an error answer", () => {
    const story = history().register(0, 1).create(0, 2).request(0, 2).answer(0, 3, "2.05", { text: "UTC" });
    story.see(0, 4, "SUCCEEDED", { attempts: 1 });
    for (const { requirement } of MAPPING_ROWS) expect(story.outcome(requirement)).toBe("not-exercised");
    for (const requirement of ["M-08", "M-09", "M-10"]) expect(story.outcome(requirement)).toBe("not-exercised");
  });
});

describe("mapsErrors, M-08", () => {
  /** Two tasks, both answered so, with the codes that the server shows. */
  function twice(coap: Code, codes: readonly [string, string]): Story {
    const story = history({ profile: EMPTY_PROFILE }).register(0, 1);
    for (const [task, code] of codes.entries()) {
      const at = 10 * task + 2;
      story
        .create(task, at)
        .request(0, at, { task })
        .answer(0, at + 1, coap);
      story.see(task, at + 2, "FAILED", { attempts: 1, code }).as(`seen ${task}`);
    }
    return story;
  }

  it("breaks M-08 when CoAP 4.03 becomes 4030 and then 4040", () => {
    const story = twice("4.03", ["4030", "4040"]);
    expect(story.finding("M-08")).toEqual({
      requirement: "M-08",
      events: [story.event("seen 0"), story.event("seen 1")],
      expected: "CoAP 4.03 becomes one code: 4030 as before",
      actual: "4040",
    });
  });

  it("gives the choices that were made to the campaign, once per device task, whatever is polled", () => {
    const story = twice("4.03", ["4040", "4040"]).see(1, 30, "FAILED", { attempts: 1, code: "4040" });
    expect(story.outcome("M-08")).toBe("not-exercised");
    expect(story.judge().choices).toEqual([
      { requirement: "M-08", choice: "CoAP 4.03", value: "4040", event: story.event("seen 0") },
      { requirement: "M-08", choice: "CoAP 4.03", value: "4040", event: story.event("seen 1") },
    ]);
  });
});

describe("mapsErrors, M-09", () => {
  const diagnosed = (message?: string): Story => {
    const story = history().register(0, 1).create(0, 2).request(0, 2);
    story.answer(0, 3, "4.00", { diagnostic: "bad zone" }).as("answer");
    return story.see(0, 4, "FAILED", { code: 4000, ...(message === undefined ? {} : { message }) }).as("seen");
  };

  it("breaks M-09 when the diagnostic of a 4.00 is lost", () => {
    const story = diagnosed("Invalid value");
    expect(story.finding("M-09")).toEqual({
      requirement: "M-09",
      events: [story.event("answer"), story.event("seen")],
      expected: `the error message of ${NAME} carries the diagnostic "bad zone"`,
      actual: '"Invalid value"',
    });
    expect(diagnosed().finding("M-09")).toMatchObject({ actual: '""' });
  });

  it("breaks M-09 where a declared fallback leads to 4000 and the diagnostic is lost (choices 2, 3)", () => {
    const fallen = (message: string): Story => {
      const story = history().register(0, 1).create(0, 2).request(0, 2);
      return story.answer(0, 3, "4.02", { diagnostic: "bad option" }).see(0, 4, "FAILED", { code: 4000, message });
    };
    expect(fallen("CoAP 4.02").outcome("M-09")).toBe("fail");
    expect(fallen("CoAP 4.02: bad option").outcome("M-09")).toBe("pass");
  });

  it("keeps M-09 by the diagnostic, alone or within a sentence", () => {
    expect(diagnosed("bad zone").outcome("M-09")).toBe("pass");
    expect(diagnosed("CoAP 4.00: bad zone.").outcome("M-09")).toBe("pass");
  });

  it("is not exercised without a diagnostic, or by another code", () => {
    expect(failed("4.00", "4000").outcome("M-09")).toBe("not-exercised");
    expect(failed("4.05", "4050").outcome("M-09")).toBe("not-exercised");
  });
});

describe("mapsErrors, M-10", () => {
  it.each([
    ["4.09", "5000", "error 4000"],
    ["5.03", "4000", "error 5000"],
  ] as const)("breaks M-10 when %s becomes %s and the profile declares another", (coap, code, wanted) => {
    expect(failed(coap, code).finding("M-10")).toMatchObject({
      expected: `${NAME}, answered ${coap}, is FAILED with ${wanted}`,
    });
  });

  it.each(["4001", "4004", "4006"])(
    "breaks M-10 by %s, which is the cloud's own, where nothing is declared",
    (code) => {
      expect(failed("5.03", code, EMPTY_PROFILE).finding("M-10")).toMatchObject({
        expected: `${NAME}, answered 5.03, is FAILED with an error code other than 4001, 4004 and 4006`,
      });
    },
  );

  it("keeps M-10 by the declared fallback, or by any other code where none is declared", () => {
    expect(failed("4.09", "4000").outcome("M-10")).toBe("pass");
    expect(failed("5.03", "5000").outcome("M-10")).toBe("pass");
    for (const code of ["4090", "4000", "5030"])
      expect(failed("4.09", code, EMPTY_PROFILE).outcome("M-10")).toBe("pass");
  });

  it("breaks M-10 when the task stays pending", () => {
    const story = history().register(0, 1).create(0, 2).request(0, 2).answer(0, 3, "5.03");
    expect(story.see(0, 4, "QUEUED", { attempts: 1 }).outcome("M-10")).toBe("fail");
  });
});

describe("mapsErrors, cancelled in flight", () => {
  it.each([
    ["FAILED", { code: "4050" }, "pass"],
    ["CANCELLED", {}, "not-exercised"],
    ["SUCCEEDED", {}, "fail"],
  ] as const)("judges an error answer after the cancellation and %s as %s", (status, shown, outcome) => {
    const story = history().register(0, 1).create(0, 2).request(0, 2).cancelDevice(0, 0, 2.5).answer(0, 3, "4.05");
    expect(story.see(0, 4, status, { attempts: 1, ...shown }).outcome("M-05")).toBe(outcome);
  });
});
