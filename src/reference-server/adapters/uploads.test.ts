import { afterEach, describe, expect, it } from "vitest";
import { ARTIK } from "../../protocol/profile.ts";
import { LARGEST_IMAGE } from "../ota/images.ts";
import type { RunningServer } from "./host.ts";
import { createLog } from "./log.ts";
import { startServer } from "./serve.ts";

let running: RunningServer | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

async function started(): Promise<string> {
  const deviceTypes = [{ dtid: "t", name: "T" }];
  running = await startServer({ profile: ARTIK, provision: { deviceTypes, devices: [] }, log: createLog("silent") });
  return running.http;
}

const post = (url: string, body: Uint8Array | string, type: string) =>
  fetch(url, {
    method: "POST",
    body: typeof body === "string" ? body : Buffer.from(body),
    headers: { "Content-Type": type },
  });

const BYTES = Uint8Array.from({ length: 5 * 1024 * 1024 }, (_, index) => (index * 31) & 255);
const OCTETS = "application/octet-stream";

describe("firmware images over HTTP", () => {
  it("go up as bytes, 5 MiB of them, and as base64, with the same checksum", async () => {
    const url = await started();
    const raw = await post(`${url}/updates?dtid=t&version=2`, BYTES, OCTETS);
    const json = JSON.stringify({ dtid: "t", version: "2", image: Buffer.from(BYTES).toString("base64") });
    const text = await post(`${url}/updates`, json, "application/json");
    expect([raw.status, text.status]).toEqual([201, 201]);
    const [one, other] = [await raw.json(), await text.json()] as { readonly data: { readonly checksum: string } }[];
    expect(one).toMatchObject({ data: { size: BYTES.length } });
    expect(one?.data.checksum).toBe(other?.data.checksum);
  });

  it("are refused beyond 16 MiB with 413", async () => {
    const url = await started();
    const answer = await post(`${url}/updates?dtid=t&version=2`, new Uint8Array(LARGEST_IMAGE + 1), OCTETS);
    expect([answer.status, await answer.json()]).toMatchObject([413, { error: { code: 413 } }]);
  });

  it("are the only bodies that are no JSON, and the only ones beyond 4 MiB", async () => {
    const url = await started();
    expect((await post(`${url}/devicetypes`, BYTES.subarray(0, 9), OCTETS)).status).toBe(415);
    expect((await post(`${url}/updates/`, BYTES.subarray(0, 9), "text/plain")).status).toBe(415);
    expect((await post(`${url}/devicetypes`, BYTES, "application/json")).status).toBe(413);
  });

  it("are not found under a name that was guessed", async () => {
    const url = await started();
    expect((await fetch(`${url}/updates/urls/${"0".repeat(32)}`)).status).toBe(404);
  });
});
