import { describe, expect, it } from "vitest";
import type { HistoryEvent } from "../../harness/history/history.ts";
import type { ReportView } from "../report-view.ts";
import { FAILED_VERDICT, historyOf, REGISTER_BYTES, SMALL_PLAN } from "../test-kit.ts";
import { renderHtml } from "./page.ts";

const register: HistoryEvent = { kind: "uplink", at: 5, sentAt: 0, device: 0, address: "a", bytes: REGISTER_BYTES };
const history = historyOf([{ kind: "mark", at: 0, mark: "start" }, register]);
const finding = { requirement: "R-04", events: [1], expected: "", actual: "" };
const VIEW: ReportView = {
  verdict: FAILED_VERDICT,
  catalogue: [{ id: "R-04", sentence: "A task <is> sent again.", source: "task page" }],
  evidence: new Map([["R-04-retry-17", { plan: SMALL_PLAN, history, finding }]]),
  replayCommand: ({ id }) => `fleetproof replay ${id}`,
  coverage: "Reached 2 of 3 conditions; never:\n- late: An answer came late.\n",
  states: { plan: "retry-17", times: [0, 60], series: [{ status: "waiting", counts: [1, 0] }] },
};
const page = renderHtml(VIEW);

describe("renderHtml", () => {
  it("needs nothing from anywhere: no script, no address but links into the record and into the page", () => {
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|https?:/);
    expect([...page.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, target]) => target)).toEqual(
      expect.arrayContaining(["#failures", "failures/R-04-retry-17/shrunk.json"]),
    );
  });

  it("leads with the outcome, then the failures, MUST before SHOULD", () => {
    const places = ["FAIL</span>", 'id="failure-R-04-retry-17"', 'id="failure-Q-05-queue-3"', 'id="requirements"'];
    const found = places.map((text) => page.indexOf(text));
    expect(found).not.toContain(-1);
    expect(found).toEqual([...found].sort((a, b) => a - b));
  });

  it("shows a failure with sentence, expected and actual, replay command, plan in words and picture", () => {
    expect(page).toContain("A task &lt;is&gt; sent again.");
    expect(page).toContain("no request until 60.000 s");
    expect(page).toContain("fleetproof replay R-04-retry-17");
    expect(page).toContain("from 0.5 s to 9 s device 0 loses 100 % of its datagrams");
    expect(page).toContain('<g class="row marked"><title>0.000 s  ← device 0  CON POST /rd?ep=a');
  });

  it("says what was expected, a sentence for each kind", () => {
    const expectations = { known: ["R-04"], unexpected: ["T-01"], unseen: ["E-02", "G-08"], stale: [] };
    const text = renderHtml({ ...VIEW, expectations });
    expect(text).toContain("<li>Newly broken: T-01. This fails.</li>");
    expect(text).toContain("<li>Known to be broken, and not seen this time: E-02, G-08.");
    expect(text).not.toContain("take it out of the expectations");
    expect(page).not.toContain('id="expected"');
  });

  it("calls a plan the smallest only where nothing more can be left out, and tells how to go on else", () => {
    const withPlan = (changes: object) =>
      renderHtml({
        ...VIEW,
        shrinkCommand: ({ plan }) => `fleetproof shrink ${plan}`,
        verdict: {
          ...FAILED_VERDICT,
          failures: FAILED_VERDICT.failures.map((failure) => ({ ...failure, ...changes })),
        },
      });
    expect(withPlan({ minimal: true })).toContain("The plan, the smallest one that shows it:");
    const unfinished = withPlan({ minimal: false });
    expect(unfinished).toContain("The plan, one that shows it, not yet as small as it can be:");
    expect(unfinished).toContain("fleetproof shrink failures/R-04-retry-17/plan.json");
    const gone = withPlan({ minimal: false, reproduced: false });
    expect(gone).toContain("which did not fail again");
    expect(gone).not.toContain("fleetproof shrink");
  });

  it("marks in the plan what shows the violation, at its time", () => {
    expect(page).toContain("<mark>▶ 0.000 s ← device 0 CON POST /rd?ep=a [0x1a2b] tok 9f01</mark>");
  });

  it("says what was expected where expectations are met, also of each failure", () => {
    const text = renderHtml({ ...VIEW, expectations: { known: ["R-04"], unexpected: [], unseen: [], stale: [] } });
    expect(text).toContain('<span class="outcome pass">AS EXPECTED</span>');
    expect(text).toContain("R-04 is broken, as expected");
    expect(text).toContain("<td>MUST, known</td>");
    expect(text).not.toContain("FAIL");
  });

  it("puts a failure that comes with another behind it, with what was expected and what was seen", () => {
    const failures = FAILED_VERDICT.failures.map((each) =>
      each.requirement === "Q-05" ? { ...each, belongsTo: "R-04-retry-17" } : each,
    );
    const text = renderHtml({ ...VIEW, verdict: { ...FAILED_VERDICT, failures } });
    expect(text).toContain("2 failures, perhaps 1 defect: ↳ comes with the one above");
    expect(text).toContain('↳ <a href="#failure-Q-05-queue-3">');
    expect(text).toContain(
      "<td>sent again within 5 s after the Update at 12.000 s</td><td>no request until 60.000 s</td>",
    );
  });

  it("tells each outcome by a word, not by its colour alone", () => {
    expect(page).toContain('aria-label="R-04 fail"');
    expect(page).toContain('aria-label="E-01 not exercised"');
  });

  it("links only to anchors that are there, and has each once", () => {
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of page.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(target);
  });

  it("says of an interrupted campaign that it was, and leaves out sections that have nothing", () => {
    const text = renderHtml({ ...VIEW, verdict: { ...FAILED_VERDICT, interrupted: true, failures: [] }, coverage: "" });
    expect(text).toContain("Interrupted: the verdict");
    expect(text).not.toContain('id="failures"');
    expect(text).not.toContain('id="coverage"');
  });

  it("stays below 2 MiB however many failures there are, and says where the evidence is that has no room", () => {
    const [, failure] = FAILED_VERDICT.failures;
    if (failure === undefined) throw new Error("the verdict of the tests has two failures");
    const long = historyOf(Array.from({ length: 240 }, () => register));
    const many = Array.from({ length: 60 }, (_, index) => ({ ...failure, id: `R-04-retry-${index}` }));
    const evidence = { plan: SMALL_PLAN, history: long, finding: { ...finding, events: [] } };
    const text = renderHtml({
      ...VIEW,
      verdict: { ...FAILED_VERDICT, failures: many },
      evidence: new Map(many.map(({ id }) => [id, evidence])),
    });
    expect(text.length).toBeLessThan(2 * 1_024 * 1_024);
    expect(text).toContain("This page is full");
  });
});
