import { afterEach, describe, expect, it } from "vitest";
import type { RestRequest, RestResponse } from "../../protocol/server-port.ts";
import { type Agenda, createAgenda } from "../live/agenda.ts";
import { createHttpClient } from "../live/http-client.ts";
import type { RestClient } from "../live/rest-client.ts";
import { imagesOf, uploadImages } from "./firmware-images.ts";
import { provision } from "./provision.ts";
import { Workload } from "./workload.ts";

let agenda: Agenda | undefined;
afterEach(() => agenda?.close());

/** Answers as it is told, and remembers what it was asked. */
function client(answer: (request: RestRequest) => RestResponse) {
  const requests: RestRequest[] = [];
  const http: Pick<RestClient, "send"> = {
    send(request, settle) {
      requests.push(request);
      queueMicrotask(() => settle({ kind: "answer", response: answer(request) }));
    },
  };
  return { http: { ...http, close: () => undefined } as RestClient, requests };
}
const created = (): RestResponse => ({ status: 201, body: { data: { updateId: "u1" } } });
const running = new AbortController().signal;

describe("provision", () => {
  it("makes the device type first, then each device with its server properties", async () => {
    const { http, requests } = client(created);
    await provision(http, "T", [{ name: "a" }, { name: "b", serverProperties: { group: "meters" } }], running);
    expect(requests.map(({ path }) => path.join("/")).sort()).toEqual([
      "devicemgmt/devices/b/serverproperties",
      "devices",
      "devices",
      "devicetypes",
    ]);
    expect(requests[0]?.path).toEqual(["devicetypes"]);
    expect(requests.find(({ path }) => path.length > 1)?.body).toEqual({ group: "meters" });
  });

  it("says which request was refused, and with what", async () => {
    const { http } = client(({ path }) =>
      path[0] === "devices" ? { status: 403, body: { error: { code: 403 } } } : created(),
    );
    await expect(provision(http, "T", [{ name: "a" }], running)).rejects.toMatchObject({
      code: "target-not-usable",
      message: 'provisioning by POST /devices failed: HTTP 403 {"error":{"code":403}}',
    });
  });

  it("says that nobody listens, and where", async () => {
    agenda = createAgenda();
    const http = createHttpClient({ base: "http://127.0.0.1:1/v1.1", agenda });
    await expect(provision(http, "T", [], running)).rejects.toMatchObject({
      code: "target-not-usable",
      message: expect.stringMatching(/^provisioning by POST \/devicetypes failed: refused: .*127\.0\.0\.1:1/),
    });
    http.close();
  });

  it("ends when it is interrupted", async () => {
    const { http } = client(created);
    await expect(provision(http, "T", [{ name: "a" }], AbortSignal.abort())).rejects.toMatchObject({
      code: "interrupted",
    });
  });
});

describe("uploadImages", () => {
  const { tasks } = Workload.parse({
    formatVersion: 1,
    arrival: { kind: "closed", atOnce: 1 },
    tasks: [
      { operation: "firmware", version: "2.0", size: 10 },
      { operation: "firmware", version: "2.0", size: 10, weight: 3 },
      { operation: "firmware", version: "3.0", size: 10 },
      { operation: "update" },
    ],
  });

  it("uploads each version and size once, and gives the ids in the order of the file", async () => {
    let count = 0;
    const { http, requests } = client(() => ({ status: 201, body: { data: { updateId: `u${count++}` } } }));
    expect(await uploadImages(http, "T", imagesOf({ tasks }))).toEqual(["u0", "u1"]);
    expect(requests.map(({ path, body }) => [path, (body as { version: string }).version])).toEqual([
      [["updates"], "2.0"],
      [["updates"], "3.0"],
    ]);
  });

  it("refuses a server that gives no id, or takes no images", async () => {
    const without = client(() => ({ status: 200, body: { data: {} } }));
    await expect(uploadImages(without.http, "T", imagesOf({ tasks }))).rejects.toMatchObject({
      code: "target-not-usable",
      message: "POST /updates answered the firmware image of version 2.0 without data.updateId",
    });
    const never = client(() => ({ status: 404, body: null }));
    await expect(uploadImages(never.http, "T", imagesOf({ tasks }))).rejects.toThrow(
      "provisioning by POST /updates failed: HTTP 404 null",
    );
  });
});
