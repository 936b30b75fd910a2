/** Links lead somewhere: every file and every heading that a page names is there, and every page of docs/ can be found. */
import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { type Page, ROOT, readPage, readPages } from "./pages.ts";

const pages = readPages();
const pageNamed = (name: string): Page | undefined => pages.find((page) => page.name === name);

const isRelative = (link: string): boolean => !/^[a-z][a-z+.-]*:/i.test(link) && !link.startsWith("//");

/** Where a link leads, from the root of the repository. */
function targetOf(page: Page, link: string): { readonly file: string; readonly anchor: string | undefined } {
  const [place = "", anchor] = link.split("#");
  const file = place === "" ? page.name : path.join(path.dirname(page.name), decodeURIComponent(place));
  return { file: path.normalize(file), anchor };
}

/** @returns what is wrong with it; nothing when it leads somewhere */
function brokenLinks(page: Page): readonly string[] {
  return page.links.filter(isRelative).flatMap((link) => {
    const { file, anchor } = targetOf(page, link);
    if (file !== page.name && !existsSync(path.join(ROOT, file))) return [`${link}: there is no ${file}`];
    if (anchor === undefined) return [];
    const anchors = file === page.name ? page.anchors : pageNamed(file)?.anchors;
    return anchors?.includes(anchor) === true ? [] : [`${link}: ${file} has no heading for #${anchor}`];
  });
}

describe("links", () => {
  it("are looked at: the pages have some", () => {
    expect(pages.flatMap(({ links }) => links).length).toBeGreaterThan(100);
  });

  it.each(pages.map((page) => [page.name, page] as const))("of %s lead somewhere", (_name, page) => {
    expect(brokenLinks(page)).toEqual([]);
  });

  it("are found broken by file, by heading and in a reference", () => {
    const text =
      "# A  b: `c`!\n[1](#a--b-c) [2](#a-b) [3](no/where.md) ![4](../LICENSE)\n\n[5]: serve.md#nowhere\n`[6](x.md)`";
    expect(brokenLinks(readPage("docs/x.md", text))).toEqual([
      "#a-b: docs/x.md has no heading for #a-b",
      "no/where.md: there is no docs/no/where.md",
      "serve.md#nowhere: docs/serve.md has no heading for #nowhere",
    ]);
  });

  it("lead from the index to every page of docs/", () => {
    const reached = new Set<string>();
    const open = ["docs/README.md"];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      const page = pageNamed(name);
      if (page === undefined || reached.has(name)) continue;
      reached.add(name);
      open.push(...page.links.filter(isRelative).map((link) => targetOf(page, link).file));
    }
    const lost = pages.map(({ name }) => name).filter((name) => name.startsWith("docs/") && !reached.has(name));
    expect(lost).toEqual([]);
  });
});
