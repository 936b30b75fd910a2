/**
 * The pages that a reader of the repository opens, taken apart: blocks of code, inline code, headings, links.
 *
 * Reads as much Markdown as these pages use: fenced blocks, code spans, inline and reference links, ATX headings.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export const ROOT = path.join(import.meta.dirname, "..", "..");

export interface CodeBlock {
  /** `sh`, `console`, `json`; empty where none is named. */
  readonly language: string;
  readonly text: string;
  /** Line of the page on which its text begins, from 1. */
  readonly line: number;
}

export interface Page {
  /** From the root of the repository: `docs/load.md`. */
  readonly name: string;
  readonly blocks: readonly CodeBlock[];
  /** Code spans outside of blocks, each on one line. */
  readonly spans: readonly string[];
  /** What `#…` may name: headings as GitHub spells them, and ids. */
  readonly anchors: readonly string[];
  /** Targets of links, as they are written. */
  readonly links: readonly string[];
}

/** Folders that hold pages, and whether those below them count. */
const PLACES = [
  { folder: ".", recursive: false },
  { folder: "docs", recursive: true },
  { folder: "examples", recursive: true },
] as const;

export function readPages(): readonly Page[] {
  return PLACES.flatMap(({ folder, recursive }) =>
    readdirSync(path.join(ROOT, folder), { recursive, encoding: "utf8" })
      .filter((name) => name.endsWith(".md") && !name.includes("node_modules"))
      .map((name) => path.join(folder, name)),
  )
    .toSorted()
    .map((name) => readPage(name, readFileSync(path.join(ROOT, name), "utf8")));
}

const FENCE = /^ {0,3}(`{3,}|~{3,})[ \t]*([^\s`{]*)[^\n]*\n([\s\S]*?)^ {0,3}\1[ \t]*$/gm;

export function readPage(name: string, text: string): Page {
  const blocks = [...text.matchAll(FENCE)].map(({ index, 0: whole, 2: language = "", 3: code = "" }) => ({
    language,
    text: code,
    line: text.slice(0, index).split("\n").length + (whole.startsWith("\n") ? 2 : 1),
  }));
  const prose = text.replaceAll(FENCE, "");
  const spans = [...prose.matchAll(/(?<!`)(`+)(?!`)([\s\S]+?)(?<!`)\1(?!`)/g)];
  const bare = prose.replaceAll(/(?<!`)(`+)(?!`)[\s\S]+?(?<!`)\1(?!`)/g, "code");
  return {
    name,
    blocks,
    spans: spans.map(([, , code = ""]) => code.replaceAll(/\s+/g, " ").trim()),
    anchors: anchorsOf(prose),
    links: linksOf(bare),
  };
}

function linksOf(prose: string): readonly string[] {
  const inline = [...prose.matchAll(/\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const references = [...prose.matchAll(/^ {0,3}\[[^\]]+\]:\s*<?(\S+?)>?(?:\s+"[^"]*")?$/gm)];
  const html = [...prose.matchAll(/\b(?:href|src)="([^"]+)"/g)];
  return [...inline, ...references, ...html].map(([, target = ""]) => target);
}

function anchorsOf(prose: string): readonly string[] {
  const seen = new Map<string, number>();
  const headings = [...prose.matchAll(/^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*$/gm)].map(([, heading = ""]) => {
    const slug = slugOf(heading);
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
  const ids = [...prose.matchAll(/\b(?:id|name)="([^"]+)"/g)].map(([, id = ""]) => id);
  return [...headings, ...ids];
}

/** Lower case, without marks but `-` and `_`, spaces as hyphens; a link in a heading counts by its text. */
const slugOf = (heading: string): string =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
