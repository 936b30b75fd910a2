/** The renderers with literal data; the page in a browser is tested in test/web/. */
import { describe, expect, it } from "vitest";
import { address } from "../../protocol/address.ts";
import { fromUnixMillis } from "../../protocol/time.ts";
import type { DeviceView } from "../watch/fleet-view.ts";
import { renderPage, renderSections } from "./page.ts";
import { readPageAddress } from "./page-address.ts";
import type { Detail, FleetData, ImageModel, TaskModel } from "./page-data.ts";
import type { Gathered } from "./page-source.ts";

const EVIL = `"'><script>alert(1)</script>`;
const TASK: TaskModel = {
  id: "task-1",
  dtid: "t",
  taskType: "W",
  property: "deviceProperties.device.timezone",
  taskParameters: { value: EVIL, expiresAfter: 60 },
  status: "PROCESSING",
  statusCounts: { totalDevices: 3, numCompleted: 2, numSucceeded: 1, numFailed: 1, numCancelled: 0 },
  createdOn: 1_000,
  modifiedOn: 1_000,
};
const device = (did: string, changes: Partial<DeviceView> = {}): DeviceView => ({
  did,
  dtid: "t",
  name: did,
  registration: undefined,
  heardAt: undefined,
  ...changes,
});
const REGISTERED: Partial<DeviceView> = {
  registration: { location: "x", address: address("10.0.0.1:5"), lifetime: 60, queueMode: true, version: "1.1" },
  heardAt: fromUnixMillis(5_000),
};
const FLEET: FleetData = {
  type: { dtid: "t", name: "T" },
  devices: { total: 1, registered: 0, page: 1, items: [device("d1")] },
  tasks: {
    total: 1,
    offset: 0,
    count: 1,
    statusCounts: { SCHEDULED: 0, REQUESTED: 0, QUEUING: 0, PROCESSING: 1, COMPLETE: 0, CANCELLED: 0 },
    data: { tasks: [TASK] },
  },
  manifest: {
    serverProperties: { site: { type: "String" } },
    systemProperties: {},
    deviceProperties: { device: { timezone: { type: "String", operations: "RW", multiple: false } } },
  },
  images: { total: 0, items: [] },
};
const image = (updateId: string, changes: Partial<ImageModel> = {}): ImageModel => ({
  updateId,
  dtid: "t",
  version: "2.0",
  size: 9,
  checksum: "00",
  createdOn: 1,
  ...changes,
});
const gathered = (changes: Partial<FleetData> = {}, detail: Detail = { kind: "none" }, query = {}): Gathered => ({
  kind: "page",
  data: {
    address: readPageAddress({ type: "t", ...query }),
    types: [FLEET.type],
    fleet: { ...FLEET, ...changes },
    detail,
  },
});
const rows = (markup: string): number => markup.split("<tr").length - 1;

describe("renderPage", () => {
  it("has no script, style or handler in it, and loads only files of its own", () => {
    const page = renderPage(gathered(), "1.2.3");
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page.match(/<script[^>]*>/g)).toEqual(['<script src="/web/page.js" defer>']);
    expect(page).not.toMatch(/<style|style=|\son\w+=|https?:/);
    expect(page).toContain("Reference server 1.2.3");
  });

  it("asks for a token only when the server has refused to show anything", () => {
    expect(renderPage(gathered(), "1")).toContain('<form id="sign-in" hidden>');
    const refused = renderPage({ kind: "refused", status: 401, message: "Give a token" }, "1");
    expect(refused).toContain('<form id="sign-in">');
    expect(refused).toContain('<p class="problem">Give a token</p>');
  });
});

describe("renderSections", () => {
  it("escapes every text that comes from outside", () => {
    const evil = device(EVIL, { ...REGISTERED, name: EVIL });
    const type = { dtid: EVIL, name: EVIL };
    const manifest = {
      serverProperties: { [EVIL]: { type: "String" } },
      systemProperties: {},
      deviceProperties: { [EVIL]: { [EVIL]: { operations: EVIL, multiple: false } } },
    };
    const images = { total: 1, items: [image(EVIL, { version: EVIL, name: EVIL })] };
    const changes = { type, manifest, images, devices: { total: 1, registered: 1, page: 1, items: [evil] } };
    const properties = {
      serverProperties: { [EVIL]: { value: EVIL, ts: 1 } },
      systemProperties: { did: EVIL, connection: "connected" as const },
      deviceProperties: { device: { [EVIL]: { value: [EVIL], ts: 1 } } },
    };
    const failed = { did: EVIL, status: "FAILED" as const, ts: 1, numAttempts: 1, errorCode: EVIL, errorMessage: EVIL };
    const statuses = { total: 1, offset: 0, count: 1, data: { ...TASK, id: EVIL, filter: EVIL, statuses: [failed] } };
    const query = { type: EVIL, find: EVIL };
    const markups = [
      renderSections(gathered(changes, { kind: "device", device: evil, properties }, query)),
      renderSections(gathered(changes, { kind: "task", statuses }, query)),
      renderSections(gathered(changes, { kind: "refused", what: EVIL, message: EVIL }, query)),
      renderSections({ kind: "refused", status: 403, message: EVIL }),
    ];
    for (const markup of markups) {
      expect(markup).toContain("&lt;script&gt;");
      expect(markup).not.toContain("<script");
      expect(markup).not.toContain(`"'>`);
    }
  });

  it("shows of a device its state, last contact, address and mode", () => {
    const items = [device("d1", REGISTERED), device("d2")];
    const markup = renderSections(gathered({ devices: { total: 2, registered: 1, page: 1, items } }));
    expect(markup).toContain("2 devices, 1 registered");
    expect(markup).toContain('<time data-ts="5000">');
    expect(markup).toContain("<code>10.0.0.1:5</code>");
    expect(markup).toContain("queue mode");
    expect(markup).toMatch(/d2<\/a>[\s\S]*not registered[\s\S]*never/);
  });

  it("shows of a task what it does, its progress with failures, and a button while it can be cancelled", () => {
    const markup = renderSections(gathered());
    expect(markup).toContain("Write device.timezone = ");
    expect(markup).toContain("2 of 3, 1 failed");
    expect(markup).toContain('<rect class="bad" x="1" width="1" height="1">');
    expect(markup).toContain('data-cancel="/v1.1/devicemgmt/tasks/task-1"');
    const over = { ...FLEET.tasks, data: { tasks: [{ ...TASK, status: "COMPLETE" as const }] } };
    expect(renderSections(gathered({ tasks: over }))).not.toContain("data-cancel");
  });

  it("lets the device tasks be cancelled that are open, and shows the code and message of a failed one", () => {
    const each = (did: string, status: "QUEUED" | "FAILED", error = {}) => ({
      did,
      status,
      ts: 1,
      numAttempts: 1,
      ...error,
    });
    const failed = each("d2", "FAILED", { errorCode: "4040", errorMessage: "Not Found" });
    const statuses = { total: 2, offset: 0, count: 2, data: { ...TASK, statuses: [each("d 1", "QUEUED"), failed] } };
    const markup = renderSections(gathered({}, { kind: "task", statuses }));
    expect(markup).toContain('data-cancel="/v1.1/devicemgmt/tasks/task-1/devices/d%201"');
    expect(markup).not.toContain("devices/d2");
    expect(markup).toContain("<code>4040</code> Not Found");
  });

  it("asks for each device whose user is waited for, and for no other", () => {
    const each = (did: string, status: "QUEUED" | "FAILED", acceptanceStatus: "WAITING" | "ACCEPTED" | "REJECTED") => ({
      did,
      status,
      ts: 1,
      numAttempts: 0,
      acceptanceStatus,
    });
    const { taskType: _, property: __, ...rest } = TASK;
    const update = { ...rest, taskParameters: { expiresAfter: 60, update: { updateId: "i1" } }, needsAcceptance: true };
    const waiting = [
      each("d 1", "QUEUED", "WAITING"),
      each("d2", "QUEUED", "ACCEPTED"),
      each("d3", "FAILED", "REJECTED"),
      // What expired while it waited.
      each("d4", "FAILED", "WAITING"),
    ];
    const statuses = { total: 4, offset: 0, count: 4, data: { ...update, statuses: waiting } };
    const images = { total: 1, items: [image("i1", { version: "2.7" })] };
    const markup = renderSections(gathered({ images }, { kind: "task", statuses }));
    const path = "/v1.1/devicemgmt/tasks/task-1/devices/d%201/acceptance";
    expect(markup.match(/data-accept="[^"]*" data-answer="[^"]*"/g)).toEqual([
      `data-accept="${path}" data-answer="ACCEPTED"`,
      `data-accept="${path}" data-answer="REJECTED"`,
    ]);
    expect(markup.match(/waits for its user/g)).toHaveLength(1);
    expect(markup).toContain("version 2.7 <code>i1</code>");
  });

  it("offers the images for updates and for deletion, and says where there is none", () => {
    const images = { total: 103, items: [image("i1", { name: "night", size: 1 }), image("i2", { version: "1.9" })] };
    const markup = renderSections(gathered({ images }));
    expect(markup).toContain('<option value="i1">2.0 (night)</option><option value="i2">1.9</option>');
    expect(markup).toContain('data-delete="/v1.1/updates/i1"');
    expect(markup).toContain("1 byte<");
    expect(markup).toContain("and 101 older");
    expect(markup).toContain('id="no-image" hidden');
    const none = renderSections(gathered());
    expect(none).toContain('id="no-image">none yet');
    expect(none).not.toContain("data-delete");
    expect(none).toContain('<form id="upload-form">');
  });

  it("shows the mirror by dotted names with the time of each value", () => {
    const properties = {
      serverProperties: {},
      systemProperties: { did: "d1", connection: "disconnected" as const },
      deviceProperties: { device: { timezone: { value: "UTC", ts: 7 }, errorCode: { value: [0, 1], ts: 8 } } },
    };
    const markup = renderSections(gathered({}, { kind: "device", device: device("d1"), properties }));
    expect(markup).toMatch(/<code>device\.timezone<\/code><\/td><td data-label="Value">UTC<\/td>.*data-ts="7"/);
    expect(markup).toMatch(/<code>device\.errorCode<\/code><\/td><td data-label="Value">\[0,1\]<\/td>.*data-ts="8"/);
  });

  it("offers each property with what it takes", () => {
    const markup = renderSections(gathered());
    expect(markup).toContain(
      '<option value="deviceProperties.device.timezone" data-operations="RW" data-type="String">device.timezone</option>',
    );
    expect(markup).toContain('<option value="serverProperties.site" data-operations="W"');
  });

  it("links to the pages around page 2 of 3, and shows no links where one page has all", () => {
    const devices = { total: 101, registered: 0, page: 2, items: [device("d1")] };
    const markup = renderSections(gathered({ devices }, { kind: "none" }, { devices: "2" }));
    expect(markup).toContain("Page 2 of 3");
    expect(markup.match(/id="devices-\w+" href="[^"]*"/g)).toEqual([
      'id="devices-first" href="?type=t"',
      'id="devices-previous" href="?type=t"',
      'id="devices-next" href="?type=t&amp;devices=3"',
      'id="devices-last" href="?type=t&amp;devices=3"',
    ]);
    expect(renderSections(gathered())).not.toContain("Page 1");
  });

  it("says what to do where there is no device type, no device and no task", () => {
    const data = { address: readPageAddress({}), types: [], fleet: undefined, detail: { kind: "none" } as const };
    expect(renderSections({ kind: "page", data })).toContain("POST /v1.1/devicetypes");
    const tasks = { ...FLEET.tasks, total: 0, data: { tasks: [] } };
    const empty = renderSections(gathered({ devices: { total: 0, registered: 0, page: 1, items: [] }, tasks }));
    expect(empty).toContain("No device yet.");
    expect(empty).toContain("No task yet.");
    expect(rows(empty)).toBe(0);
  });
});
