/** The web page of `serve` in a real browser, with a real server and devices over UDP. */
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ARTIK } from "../../src/protocol/profile.ts";
import { millis } from "../../src/protocol/time.ts";
import type { RunningServer } from "../../src/reference-server/adapters/host.ts";
import { type ServeOptions, startServer } from "../../src/reference-server/adapters/serve.ts";
import { requireTool } from "../tools.ts";
import { registerDevice, type UdpDevice } from "./device.ts";

const executablePath = requireTool(["chromium", "chromium-browser", "google-chrome"], "chromium");

const EVIL = "<script>document.title='taken'</script>";
const PROVISION = {
  deviceTypes: [{ dtid: "sensor", name: "Sensor" }],
  devices: [
    { did: "attic", dtid: "sensor", name: "Attic" },
    { did: "cellar", dtid: "sensor", name: EVIL },
    ...Array.from({ length: 58 }, (_, index) => ({
      did: `spare-${index}`,
      dtid: "sensor",
      ...(index === 7 ? { serverProperties: { site: "b1" } } : {}),
    })),
  ],
};

describe.skipIf(executablePath === undefined)("the web page", () => {
  let browser: Browser;
  let server: RunningServer;
  let page: Page;
  const devices: UdpDevice[] = [];
  const errors: string[] = [];

  beforeAll(async () => {
    // A container's root may not make the browser's sandbox.
    browser = await chromium.launch({ executablePath: executablePath ?? "", args: ["--no-sandbox"] });
  });
  afterAll(() => browser?.close());

  const open = async (options: Partial<ServeOptions> = {}, query = ""): Promise<void> => {
    server = await startServer({ profile: ARTIK, provision: PROVISION, ...options });
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(20_000);
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && !/status of 40[013]/.test(message.text())) errors.push(message.text());
    });
    await page.goto(`${new URL(server.http).origin}/${query}`);
  };
  const shoot = async (name: string): Promise<void> => {
    const folder = process.env.FLEETPROOF_SCREENSHOTS;
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
  };
  const live = () =>
    page
      .getByRole("status")
      .filter({ hasText: /^live$/ })
      .waitFor();
  const row = (section: string, text: string) => page.locator(`#${section} tbody tr`).filter({ hasText: text });

  afterEach(async () => {
    await page.close();
    await Promise.all(devices.splice(0).map((device) => device.close()));
    await server.close(millis(100));
    expect(errors.splice(0)).toEqual([]);
  });

  it("shows a device that registers, a Write that SUCCEEDED, its value in the mirror, and cancels what waits, without reloading", async () => {
    await open();
    await live();
    await page.evaluate(() => Object.assign(globalThis, { isTheSame: true }));
    await row("devices", "Attic").getByText("not registered").waitFor();
    const attic = await registerDevice(server.coap, "attic");
    devices.push(attic);
    await row("devices", "Attic").getByText("registered", { exact: true }).waitFor();
    await row("devices", "Attic")
      .getByText(/^127\.0\.0\.1:\d+$/)
      .waitFor();

    await page.getByText("New task", { exact: true }).click();
    await page.getByLabel("Property", { exact: true }).selectOption("deviceProperties.device.timezone");
    await page.getByLabel("Write", { exact: true }).check();
    await page.getByLabel(/^Value/).fill("Europe/Paris");
    await page.getByLabel(/^Devices ids/).fill("attic");
    await shoot("form");
    await page.getByRole("button", { name: "Create task" }).click();
    await row("detail", "attic").getByText("SUCCEEDED").waitFor();
    expect(attic.requests).toEqual(["0.03 /3/0/15"]);

    await row("detail", "attic").getByRole("link").click();
    await row("detail", "device.timezone").getByText("Europe/Paris").waitFor();
    await row("detail", "device.timezone").locator("time[title]").waitFor();
    await shoot("mirror");

    await page.getByRole("button", { name: "New task for this device" }).click();
    await page.getByLabel("Property", { exact: true }).selectOption("deviceProperties.device.reboot");
    await page.getByLabel(/^Devices ids/).fill("cellar, spare-1");
    await page.getByLabel("Expires after").fill("3600");
    await page.getByRole("button", { name: "Create task" }).click();
    await row("detail", "cellar").getByText("QUEUED").waitFor();
    await page.getByRole("button", { name: "Cancel on cellar" }).click();
    await row("detail", "cellar").getByText("CANCELLED").waitFor();
    await row("detail", "spare-1").getByText("QUEUED").waitFor();
    await shoot("task");
    await row("tasks", "Execute device.reboot").getByRole("button", { name: "Cancel this task" }).click();
    await row("detail", "spare-1").getByText("CANCELLED").waitFor();
    expect(await page.evaluate(() => "isTheSame" in globalThis)).toBe(true);
  });

  it("creates a task for the devices that a filter matches", async () => {
    await open();
    await live();
    await page.getByText("New task", { exact: true }).click();
    await page.getByLabel("Property", { exact: true }).selectOption({ label: "another…" });
    await page.getByLabel("Name of the server property").fill("checked");
    await page.getByLabel(/^Value/).fill("yes");
    await page.getByLabel(/^Filter/).fill("serverProperties.site=b1");
    await page.getByRole("button", { name: "Create task" }).click();
    await page.getByRole("alert").getByText("The task is created").waitFor();
    await row("detail", "spare-7").getByText("SUCCEEDED").waitFor();
    expect(await page.locator("#detail tbody tr").count()).toBe(1);
    await page.locator("#detail dd").getByText("serverProperties.site=b1").waitFor();
  });

  it("uploads an image, updates firmware with it, and answers for users who are asked: accepted begins, rejected fails", async () => {
    await open();
    await live();
    const attic = await registerDevice(server.coap, "attic");
    devices.push(attic, await registerDevice(server.coap, "cellar"));
    await page.getByText("New task", { exact: true }).click();
    await page.getByLabel("Firmware update", { exact: true }).check();
    await page.getByText("none yet: upload one below").waitFor();
    await page.getByText("Upload an image").click();
    const buffer = Buffer.alloc(300 * 1024, 7);
    await page.getByLabel("File").setInputFiles({ name: "f.bin", mimeType: "application/octet-stream", buffer });
    await page.getByLabel(/^Version/).fill("2.0");
    await page.getByLabel(/^Name for people/).fill("night");
    await page.getByRole("button", { name: "Upload" }).click();
    await row("images", "night").getByText("307200 bytes").waitFor();

    expect(await page.getByLabel("Property", { exact: true }).isVisible()).toBe(false);
    await page.getByLabel(/^Image/).selectOption({ label: "2.0 (night)" });
    await page.getByLabel("Ask each device's user first").check();
    await page.getByLabel(/^Devices ids/).fill("attic, cellar, spare-1");
    await shoot("update-form");
    await page.getByRole("button", { name: "Create task" }).click();
    await row("detail", "attic").getByText("waits for its user").waitFor();
    await row("detail", "spare-1").getByText("4001").waitFor();
    await row("detail", "spare-1").getByText("waits for its user").waitFor({ state: "detached" });
    await shoot("waiting");
    expect(attic.requests).toEqual([]);
    await page.getByRole("button", { name: "Reject on cellar" }).click();
    await row("detail", "cellar").getByText("4006").waitFor();
    await page.getByRole("button", { name: "Accept on attic" }).click();
    await page.getByRole("button", { name: "Accept on attic" }).waitFor({ state: "detached" });
    await expect.poll(() => attic.requests[0], { timeout: 20_000 }).toBe("0.01 /5/0");
    // A Read that is answered with 2.04.
    await row("detail", "attic").getByText("FAILED").waitFor();

    await row("images", "night").getByRole("button", { name: "Delete version 2.0" }).click();
    await row("images", "night").waitFor({ state: "detached" });
  });

  it("shows a refusal as text at the form, and names that are HTML as text", async () => {
    await open();
    await live();
    await row("devices", "cellar").getByText(EVIL).waitFor();
    await page.getByText("New task", { exact: true }).click();
    await page.getByLabel("Property", { exact: true }).selectOption("deviceProperties.device.timezone");
    await page.getByLabel("Read", { exact: true }).check();
    await page.getByLabel(/^Devices ids/).fill("nobody");
    await page.getByRole("button", { name: "Create task" }).click();
    await page.getByRole("alert").getByText("dids: nobody is not a device of this device type").waitFor();
    await shoot("alert");
    expect(await page.title()).toBe("Fleetproof");
  });

  it("pages 60 devices by 50, finds one by a part of its id, and comes back with the browser's button", async () => {
    await open();
    await live();
    expect(await page.locator("#devices tbody tr").count()).toBe(50);
    await page.locator("#devices").getByRole("link", { name: "Next" }).click();
    await page.getByText("Page 2 of 2").waitFor();
    expect(await page.locator("#devices tbody tr").count()).toBe(10);
    await page.getByRole("searchbox").fill("ELLA");
    await page.keyboard.press("Enter");
    await page.getByText("1 device, 0 registered").waitFor();
    await page.goBack();
    await page.getByText("Page 2 of 2").waitFor();
  });

  it("spends at most half of the rate limit on looking, and goes on by itself when it was too much", async () => {
    await open({ rateLimit: { perMinute: 8, perDay: 1_000 } });
    await live();
    // One page, one look, the events, and what the test itself asks: 5 are left.
    const tasks = () => fetch(`${server.http}/devicemgmt/tasks?dtid=sensor`).then(({ status }) => status);
    const asked = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(tasks));
    expect(asked.filter((status) => status === 200).length).toBeGreaterThanOrEqual(4);
    expect(asked).toContain(429);
    await page.locator("#devices").getByRole("link", { name: "Next" }).click();
    await page.getByRole("alert").getByText("the page goes on in").waitFor();
    expect(await page.locator("#devices tbody tr").count()).toBe(50);
    errors.splice(0);
  });

  it("asks for the token once, keeps it for the tab, and follows the events with it", async () => {
    await open({ token: "secret" });
    await page.getByLabel("Bearer token").fill("wrong");
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByText("Please provide a valid authorization header").waitFor();
    expect(await page.getByText("Attic").count()).toBe(0);
    await page.getByLabel("Bearer token").fill("secret");
    await page.keyboard.press("Enter");
    await row("devices", "Attic").waitFor();
    await live();
    await page.reload();
    await row("devices", "Attic").waitFor();
    await live();
    expect(page.url()).not.toContain("secret");
    await page.getByRole("button", { name: "Forget token" }).click();
    await page.getByLabel("Bearer token").waitFor();
    expect(await page.getByText("Attic").count()).toBe(0);
  });

  it.each(["light", "dark"] as const)("fits a screen of 360 px in %s", async (colorScheme) => {
    await open({}, "?device=attic");
    await live();
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 360, height: 800 });
    await page.getByText("New task", { exact: true }).click();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    await shoot(`narrow-${colorScheme}`);
  });

  it("can be used with the keyboard alone: to a device, to its task, and back", async () => {
    await open();
    await live();
    for (let presses = 0; presses < 12; presses += 1) {
      await page.keyboard.press("Tab");
      if ((await page.evaluate("document.activeElement.id")) === "device-attic") break;
    }
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Attic" }).waitFor();
    expect(await page.evaluate("document.activeElement.id")).toBe("detail-title");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Attic" }).waitFor({ state: "detached" });
  });
});
