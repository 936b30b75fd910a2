import http from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { millis } from "../../protocol/time.ts";
import type { FetchOutcome } from "../../simulator/device/types.ts";
import { createAgenda } from "./agenda.ts";
import { downloadImage } from "./image-download.ts";

const BYTES = new Uint8Array(100_000).fill(7);

async function startWeb(answer: (response: http.ServerResponse) => void): Promise<string> {
  const web = http.createServer((_, response) => answer(response));
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    web.closeAllConnections();
    web.close();
  });
  const at = web.address();
  return `http://127.0.0.1:${typeof at === "object" ? at?.port : ""}/image`;
}

function download(url: string, largest = BYTES.length): Promise<FetchOutcome> {
  const agenda = createAgenda();
  onTestFinished(() => agenda.close());
  return new Promise((resolve) => void downloadImage({ url, largest, agenda, timeout: millis(2_000) }, resolve));
}

describe("downloadImage", () => {
  it("gives the bytes, as many as may come, and none beyond", async () => {
    const url = await startWeb((response) => response.end(BYTES));
    expect(await download(url)).toEqual({ kind: "image", bytes: BYTES });
    expect(await download(url, BYTES.length - 1)).toEqual({ kind: "too-large" });
  });

  it.each([
    [404, "refused"],
    [403, "refused"],
    [500, "lost"],
    [302, "lost"],
  ])("takes HTTP %i for %s", async (status, kind) => {
    const url = await startWeb((response) => response.writeHead(status, { Location: "/elsewhere" }).end("no image"));
    expect(await download(url)).toEqual({ kind });
  });

  it("takes half an image and no answer for lost", async () => {
    const half = await startWeb((response) => {
      response.writeHead(200, { "Content-Length": BYTES.length });
      response.write(BYTES.subarray(0, 50_000), () => response.destroy());
    });
    expect(await download(half)).toEqual({ kind: "lost" });
    expect(await download(await startWeb(() => undefined))).toEqual({ kind: "lost" });
    expect(await download("http://127.0.0.1:1/")).toEqual({ kind: "lost" });
  });

  it.each(["http://192.0.2.1/image", "http://fleet.example/image", "https://127.0.0.1/image", "ftp://127.0.0.1/", "%"])(
    "asks nobody for %s",
    async (url) => {
      expect(await download(url)).toEqual({ kind: "lost" });
    },
  );

  it("asks nothing of anybody but this machine: a name that leads here is not enough, but localhost is", async () => {
    let asked = 0;
    const url = await startWeb((response) => {
      asked += 1;
      response.end(BYTES);
    });
    await download(url.replace("127.0.0.1", "127.0.0.1.nip.example"));
    expect(asked).toBe(0);
    expect(await download(url.replace("127.0.0.1", "localhost"))).toMatchObject({ kind: "image" });
  });

  it("says nothing once it was given up", async () => {
    const url = await startWeb((response) => response.end(BYTES));
    const agenda = createAgenda();
    onTestFinished(() => agenda.close());
    const outcomes: FetchOutcome[] = [];
    downloadImage({ url, largest: BYTES.length, agenda }, (outcome) => outcomes.push(outcome))();
    await download(url);
    expect(outcomes).toEqual([]);
  });
});
