import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readText } from "../platform/files.ts";
import { FleetFile } from "../simulator/model/fleet.ts";
import { parseFleetFile } from "./fleet-file.ts";
import { fleetJsonSchema, renderFleetFilesPage } from "./fleet-page.ts";

interface Node {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly [part: string]: unknown;
}

/** Fields without description, by path. */
function undescribed(node: unknown, place: string): readonly string[] {
  if (typeof node !== "object" || node === null) return [];
  const { properties = {}, items, anyOf, oneOf } = node as Node;
  const fields = Object.entries(properties).flatMap(([name, field]) => [
    ...(field.description === undefined ? [`${place}.${name}`] : []),
    ...undescribed(field, `${place}.${name}`),
  ]);
  const inner = [items, ...((anyOf as unknown[] | undefined) ?? []), ...((oneOf as unknown[] | undefined) ?? [])];
  return [...fields, ...inner.flatMap((part) => undescribed(part, place))];
}

describe("the JSON Schema of a fleet file", () => {
  it("describes every field", () => {
    expect(undescribed(fleetJsonSchema(), "file")).toEqual([]);
    expect(undescribed({ properties: { a: {} } }, "file")).toEqual(["file.a"]);
  });

  it("is closed, and needs no field that has a default", () => {
    const schema = fleetJsonSchema() as { additionalProperties: boolean; required: string[] };
    expect(schema).toMatchObject({ additionalProperties: false, required: ["formatVersion", "groups"] });
  });
});

describe("the page about fleet files", () => {
  it("has an example that is a fleet file", () => {
    const example = /```yaml\n([\s\S]*?)```/.exec(renderFleetFilesPage())?.[1] ?? "";
    expect(parseFleetFile(example)).toMatchObject({
      ok: true,
      value: { groups: [{ name: "meters" }, { name: "trackers" }] },
    });
    expect(FleetFile.safeParse(parse(example)).success).toBe(true);
  });

  it("has a section for each mapping and a row for each field, and none twice", () => {
    const page = renderFleetFilesPage();
    for (const heading of ["The file", "`groups[]`", "`groups[].link.bursts`", "`events[]`", "`distribution`"])
      expect(page.split(`\n### ${heading}\n`)).toHaveLength(2);
    expect(page).toContain("| `lifetime` | duration | `1h` |");
    expect(page).toContain("| **`kind: swizzle`** |");
  });

  it.each(["fleet-files.md", "fleet.schema.json"])("stands in docs/%s as the program says it", async (name) => {
    const found = await readText(path.join(import.meta.dirname, "..", "..", "docs", name));
    const wanted = name.endsWith(".md") ? renderFleetFilesPage() : `${JSON.stringify(fleetJsonSchema(), null, 2)}\n`;
    expect(found).toBe(wanted);
  });
});
