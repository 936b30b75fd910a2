/** The HTML report in a real browser: of a campaign that failed. */
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { viewOfLoad } from "../../src/cli/load/load-report.ts";
import { loadResult } from "../../src/cli/load/test-kit.ts";
import { run } from "../../src/cli/run.ts";
import { testBench } from "../../src/cli/test-kit.ts";
import { createServices } from "../../src/cli/wiring.ts";
import { compareMeasured } from "../../src/harness/record/measured-comparison.ts";
import { uniqueName } from "../../src/platform/hash.ts";
import { PERCENTS } from "../../src/reports/charts/percents.ts";
import { measuredSheet } from "../../src/reports/comparison/measured-sheet.ts";
import { renderLoadHtml } from "../../src/reports/html/load-page.ts";
import { renderSheetHtml } from "../../src/reports/html/sheet-page.ts";
import { requireTool } from "../tools.ts";

const executablePath = requireTool(["chromium", "chromium-browser", "google-chrome"], "chromium");
const directory = path.join(tmpdir(), `fleetproof-${uniqueName()}`);

describe.skipIf(executablePath === undefined)("the HTML report of a failed campaign", () => {
  let browser: Browser;
  let page: Page;
  const trouble: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath ?? "", args: ["--no-sandbox"] });
    const settings = ["--mutant", "retry-by-timer", "--runs", "40", "--seed", "readme", "--families", "retry"];
    await run(["verify", ...settings, "--jobs", "1", "--out", directory], testBench().io, await createServices());
  });
  afterAll(() => browser?.close());
  afterEach(() => page?.close());

  const open = async (options: Parameters<Browser["newPage"]>[0] = {}): Promise<void> => {
    page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    page.on("pageerror", (error) => trouble.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith("file:")) trouble.push(request.url());
    });
    await page.goto(pathToFileURL(path.join(directory, "report.html")).href);
  };

  it("shows the failure first, with a picture whose marked arrow is the violation, and asks nobody for anything", async () => {
    await open();
    await page.getByRole("heading", { level: 1, name: "FAIL" }).waitFor();
    const failure = page.locator("article.failure").first();
    await failure.getByRole("heading", { name: "R-06 is broken" }).waitFor();
    const picture = failure.getByRole("img", { name: /What happened in the plan/ });
    const box = await picture.boundingBox();
    expect(box?.height).toBeGreaterThan(200);
    expect(await picture.locator("g.marked line.datagram").count()).toBeGreaterThan(0);
    // All of it is seen without scrolling in it, and fits a screen.
    const inPicture = "document.querySelector('article.failure .picture')";
    expect(await page.evaluate<number>(`${inPicture}.scrollHeight - ${inPicture}.clientHeight`)).toBe(0);
    expect(box?.height).toBeLessThan(900);
    expect(await failure.locator("pre mark").count()).toBeGreaterThan(0);
    expect(trouble).toEqual([]);
  });

  it("has one heading of each section in order, landmarks, tables with headers, and names for what can be focused", async () => {
    await open();
    const outline = await page.evaluate<readonly string[]>(
      "[...document.querySelectorAll('h1,h2,h3,h4')].map((each) => each.tagName)",
    );
    expect(outline.filter((tag) => tag === "H1")).toHaveLength(1);
    // A level is never left out on the way down.
    const levels = outline.map((tag) => Number(tag.slice(1)));
    expect(levels.filter((level, at) => level > (levels[at - 1] ?? 0) + 1)).toEqual([]);
    for (const role of ["banner", "navigation", "main", "contentinfo"] as const)
      expect(await page.getByRole(role).count(), role).toBe(1);
    const bare =
      "[...document.querySelectorAll('table')].filter((each) => !each.caption || !each.querySelector('th[scope=col]'))";
    expect(await page.evaluate(`${bare}.length`)).toBe(0);
    const nameless =
      "[...document.querySelectorAll('[tabindex=\"0\"],a,summary')].filter((each) => !each.getAttribute('aria-label') && !each.textContent.trim())";
    expect(await page.evaluate(`${nameless}.length`)).toBe(0);
  });

  it("tells charts in words as well", async () => {
    await open();
    const charts = page.locator("figure.chart");
    expect(await charts.count()).toBe(4);
    await charts.getByRole("img", { name: /Attempts per device task.*after 1/ }).waitFor();
    await charts.getByText(/^Of \d+ device tasks: .* succeeded/).waitFor();
  });

  it("can be walked through by keyboard: to the results, and into the picture", async () => {
    await open();
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("To the results");
    await page.locator(".picture").first().focus();
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toContain("Sequence diagram");
  });

  it("has another ground in the dark, and text that is told from it", async () => {
    const contrast = async (colorScheme: "light" | "dark") => {
      await open({ colorScheme });
      const colours = await page.evaluate<string>(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor].join()",
      );
      const [red = 0, green = 0, blue = 0, ...ground] = (colours.match(/\d+/g) ?? []).map(Number);
      return red + green + blue - ground.reduce((sum, each) => sum + each, 0);
    };
    expect(await contrast("light")).toBeLessThan(-500);
    await page.close();
    expect(await contrast("dark")).toBeGreaterThan(500);
  });

  it("does not scroll sideways on a telephone, nor on paper", async () => {
    await open({ viewport: { width: 390, height: 800 } });
    const sideways = () => page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
    expect(await sideways()).toBeLessThanOrEqual(0);
    await page.emulateMedia({ media: "print" });
    expect(await sideways()).toBeLessThanOrEqual(0);
  });
});

describe.skipIf(executablePath === undefined)("the HTML page of a comparison", () => {
  it("has its tables of numbers on a telephone without scrolling, and nothing that is wider than it", async () => {
    const browser = await chromium.launch({ executablePath: executablePath ?? "", args: ["--no-sandbox"] });
    try {
      const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
      const name = `task.completion{operation=${"x".repeat(60)}}`;
      const spans = [{ name, count: 1_000, percentiles: [1_000, 2_000, 3_000, 4_000, 123_456_789] }];
      const records = ["before", "after"].map((each) => ({ name: each, result: loadResult(), spans }));
      const compared = compareMeasured(records, PERCENTS);
      await page.setContent(renderSheetHtml(measuredSheet(compared)));
      await page.getByRole("heading", { level: 1, name: "UNCHANGED 2 loads compared" }).waitFor();
      const wider = (what: string) => page.evaluate<number>(`${what}.scrollWidth - ${what}.clientWidth`);
      expect(await wider("document.documentElement")).toBeLessThanOrEqual(0);
      expect(await wider("document.querySelector('#latencies .scroll')")).toBeLessThanOrEqual(0);
      expect(await page.getByRole("rowheader", { name }).count()).toBe(1);
    } finally {
      await browser.close();
    }
  });
});

describe.skipIf(executablePath === undefined)("the HTML report of a load", () => {
  it("fits a telephone and paper, with nothing but itself", async () => {
    const browser = await chromium.launch({ executablePath: executablePath ?? "", args: ["--no-sandbox"] });
    try {
      const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
      const requests: string[] = [];
      page.on("request", (request) => requests.push(request.url()));
      const held = {
        text: `p99(task.completion{operation=${"x".repeat(60)}}) < 2s`,
        outcome: "held",
        quantity: "span",
      } as const;
      const fleet = {
        ...loadResult().fleet,
        timeline: { times: [1, 9], series: [{ name: "registered", values: [3, 50] }] },
      };
      await page.setContent(renderLoadHtml(viewOfLoad(loadResult({ thresholds: [{ ...held, value: 1 }], fleet }))));
      await page.getByRole("heading", { level: 1, name: "PASS load on reference-live" }).waitFor();
      await page.getByRole("img", { name: /At most 50 devices registered, first at 9 s/ }).waitFor();
      const sideways = () => page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
      expect(await sideways()).toBeLessThanOrEqual(0);
      await page.emulateMedia({ media: "print" });
      expect(await sideways()).toBeLessThanOrEqual(0);
      expect(requests).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
