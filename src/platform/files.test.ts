import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  exists,
  listDirectory,
  makeDirectory,
  readBytes,
  readJson,
  readStart,
  readText,
  remove,
  writeJson,
  writeText,
} from "./files.ts";
import { uniqueName } from "./hash.ts";

let place = "";
beforeEach(async () => {
  place = path.join(tmpdir(), `fleetproof-test-${uniqueName()}`);
  await makeDirectory(place);
});
afterEach(() => remove(place));

describe("files", () => {
  it("gives back the text, the bytes and the JSON that was written, and makes the directories above", async () => {
    const file = path.join(place, "a", "b", "plan.json");
    await writeJson(file, { id: "queue-1", text: "ü" });
    expect(await readText(file)).toBe('{\n  "id": "queue-1",\n  "text": "ü"\n}\n');
    expect(await readJson(file)).toEqual({ id: "queue-1", text: "ü" });
    await writeText(file, Uint8Array.of(0xff, 0));
    expect([...(await readBytes(file))]).toEqual([0xff, 0]);
  });

  it("leaves no draft behind when many write one file at once, and the file is one of theirs", async () => {
    const file = path.join(place, "run.json");
    await Promise.all([1, 2, 3, 4, 5].map((number) => writeJson(file, { number })));
    expect(await listDirectory(place)).toEqual(["run.json"]);
    expect(await readJson(file)).toEqual({ number: expect.any(Number) });
  });

  it("says that a file does not exist, is not JSON, or cannot be read", async () => {
    const missing = path.join(place, "missing.json");
    await expect(readJson(missing)).rejects.toMatchObject({
      code: "file-not-found",
      message: `${missing} does not exist`,
    });
    await writeText(path.join(place, "half.json"), '{"a":');
    await expect(readJson(path.join(place, "half.json"))).rejects.toMatchObject({ code: "file-not-json" });
    await expect(readText(place)).rejects.toMatchObject({
      code: "file-not-readable",
      message: `${place} cannot be read: it is a directory`,
    });
  });

  it("reads the first bytes of a file, fewer when there are fewer, and nothing where there is none", async () => {
    const file = path.join(place, "start");
    await writeText(file, "abcdef");
    expect(await readStart(file, 4)).toEqual(new TextEncoder().encode("abcd"));
    expect(await readStart(file, 100)).toHaveLength(6);
    expect(await readStart(path.join(place, "none"), 4)).toBeUndefined();
    await expect(readStart(place, 4)).rejects.toMatchObject({ code: "file-not-readable" });
  });

  it("says that a path leads through a file", async () => {
    await writeText(path.join(place, "file"), "");
    const below = path.join(place, "file", "run.json");
    await expect(writeText(below, "")).rejects.toMatchObject({
      code: "file-not-writable",
      message: expect.stringContaining(below),
    });
    await expect(makeDirectory(below)).rejects.toMatchObject({ code: "file-not-writable" });
  });

  it.skipIf(process.platform !== "linux")("says so where a directory is there and none can be made in it", async () => {
    const failure = {
      code: "file-not-writable",
      message: expect.stringMatching(/^\/proc\/fleetproof.* cannot be written: /),
    };
    await expect(makeDirectory("/proc/fleetproof/record")).rejects.toMatchObject(failure);
    await expect(writeText("/proc/fleetproof/run.json", "")).rejects.toMatchObject(failure);
  });

  it("answers for what is not there: exists is false, a listing is empty, removing is fine", async () => {
    const missing = path.join(place, "missing");
    expect(await exists(missing)).toBe(false);
    expect(await exists(place)).toBe(true);
    expect(await listDirectory(missing)).toEqual([]);
    await remove(missing);
  });
});
