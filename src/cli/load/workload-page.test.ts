import path from "node:path";
import { describe, expect, it } from "vitest";
import { readText } from "../../platform/files.ts";
import { parseWorkload } from "./workload-file.ts";
import { renderWorkloadFilesPage, workloadJsonSchema } from "./workload-page.ts";

interface Node {
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
}

/** Every field by its path, with what the schema says of it. */
function fields({ properties = {}, items, anyOf = [], oneOf = [] }: Node, place: string): readonly [string, Node][] {
  const own = Object.entries(properties).flatMap(([name, field]): readonly [string, Node][] => [
    [`${place}.${name}`, field],
    ...fields(field, `${place}.${name}`),
  ]);
  return [
    ...own,
    ...[...(items === undefined ? [] : [items]), ...anyOf, ...oneOf].flatMap((part) => fields(part, place)),
  ];
}

const written = (limit: number): string => limit.toLocaleString("en-US", { maximumFractionDigits: 6 });

describe("the JSON Schema of a workload file", () => {
  const all = fields(workloadJsonSchema() as Node, "file");

  it("describes every field, and says the limits of each number in words", () => {
    expect(all.length).toBeGreaterThan(40);
    expect(all.filter(([, { description = "" }]) => description === "").map(([place]) => place)).toEqual([]);
    const numbers = all.filter(([, { type, const: only }]) => /integer|number/.test(type ?? "") && only === undefined);
    expect(numbers.length).toBeGreaterThan(8);
    for (const [place, { description = "", minimum = 0, maximum = 0 }] of numbers)
      expect(`${place}: ${description}`).toMatch(new RegExp(`${written(minimum)} to ${written(maximum)}`));
  });

  it("is closed, and needs no field that has a default", () => {
    expect(workloadJsonSchema()).toMatchObject({
      additionalProperties: false,
      required: ["formatVersion", "arrival", "tasks"],
    });
  });
});

describe("the page about workload files", () => {
  it("has an example that is a workload file, with a firmware update and a filter", () => {
    const example = /```yaml\n([\s\S]*?)```/.exec(renderWorkloadFilesPage())?.[1] ?? "";
    expect(parseWorkload(example)).toMatchObject({
      ok: true,
      value: { tasks: [{ operation: "read" }, { targets: { kind: "filter" } }, { operation: "firmware" }] },
    });
  });

  it("has a section for each mapping, and none twice", () => {
    const page = renderWorkloadFilesPage();
    for (const heading of ["The file", "`arrival`", "`tasks[]`", "`tasks[].targets`", "`check`"])
      expect(page.split(`\n### ${heading}\n`)).toHaveLength(2);
    expect(page).toContain("| **`operation: firmware`** |");
    expect(page).toContain("| **`kind: filter`** |");
  });

  it.each(["workload-files.md", "workload.schema.json"])("stands in docs/%s as the program says it", async (name) => {
    const found = await readText(path.join(import.meta.dirname, "..", "..", "..", "docs", name));
    const wanted = name.endsWith(".md")
      ? renderWorkloadFilesPage()
      : `${JSON.stringify(workloadJsonSchema(), null, 2)}\n`;
    expect(found).toBe(wanted);
  });
});
