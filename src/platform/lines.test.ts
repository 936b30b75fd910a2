import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { writeText } from "./files.ts";
import { uniqueName } from "./hash.ts";
import { readLines } from "./lines.ts";

async function linesOf(content: string): Promise<readonly string[]> {
  const file = path.join(tmpdir(), `fleetproof-${uniqueName()}`, "lines.txt");
  await writeText(file, content);
  const lines: string[] = [];
  for await (const line of readLines(file)) lines.push(line);
  return lines;
}

describe("readLines", () => {
  it("gives lines without line feeds, the last one too when it has none", async () => {
    expect(await linesOf("a\nb\r\n\nc")).toEqual(["a", "b", "", "c"]);
    expect(await linesOf("a\n")).toEqual(["a"]);
    expect(await linesOf("")).toEqual([]);
  });

  it("joins a line, and a letter of two bytes, that lie in several chunks of 64 KiB", async () => {
    const long = "ä".repeat(100_001);
    expect(await linesOf(`x${long}\ny`)).toEqual([`x${long}`, "y"]);
  });

  it("says file-not-found for a file that is not there, and file-not-readable for a directory", async () => {
    const first = (file: string) => readLines(file).next();
    await expect(first(path.join(tmpdir(), uniqueName()))).rejects.toMatchObject({ code: "file-not-found" });
    await expect(first(tmpdir())).rejects.toMatchObject({ code: "file-not-readable" });
  });
});
