/** The frame of a report as an HTML page: title, what stands at the top, the way through its sections. Pure. */
import { type Content, element, type Markup, verbatim } from "./markup.ts";
import { STYLE } from "./style.ts";

export type Tone = "pass" | "fail" | "inconclusive";

export interface PageHead {
  /** Of the window. */
  readonly title: string;
  readonly outcome: { readonly word: string; readonly tone: Tone };
  /** What was verified or measured. */
  readonly subject: string;
  /** Why it is the outcome, in a sentence. */
  readonly reason: string;
  readonly facts: readonly (readonly [string, string])[];
  /** Stands below the facts. */
  readonly more: readonly Content[];
}

export interface PageSection {
  readonly id: string;
  readonly title: string;
  /** Empty: there is nothing to say, and the section is left out. */
  readonly content: readonly Content[];
}

/** A page that asks nobody for anything: no script, no font, no picture of elsewhere. */
export function renderDocument(head: PageHead, all: readonly PageSection[]): string {
  const sections = all.filter(({ content }) => content.length > 0);
  const page = element(
    "html",
    { lang: "en" },
    element(
      "head",
      {},
      element("meta", { charset: "utf-8" }),
      element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
      element("title", {}, head.title),
      element("style", {}, verbatim(STYLE)),
    ),
    element(
      "body",
      {},
      element("a", { class: "skip", href: "#main" }, "To the results"),
      header(head, sections),
      element(
        "main",
        { id: "main", tabindex: -1 },
        sections.map(({ id, title, content }) =>
          element(
            "section",
            { id, "aria-labelledby": `${id}-title` },
            element("h2", { id: `${id}-title` }, title),
            content,
          ),
        ),
      ),
      element(
        "footer",
        {},
        "Made by Fleetproof. Everything on this page stands in the records that it is made of, as data.",
      ),
    ),
  );
  return `<!doctype html>\n${page.markup}\n`;
}

function header(head: PageHead, sections: readonly PageSection[]): Markup {
  const { outcome, subject, reason, facts, more } = head;
  return element(
    "header",
    {},
    element("h1", {}, element("span", { class: `outcome ${outcome.tone}` }, outcome.word), " ", subject),
    element("p", { class: "reason" }, reason),
    element(
      "dl",
      { class: "facts" },
      facts.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
    ),
    more,
    element(
      "nav",
      { "aria-label": "Sections" },
      element(
        "ul",
        {},
        sections.map(({ id, title }) => element("li", {}, element("a", { href: `#${id}` }, title))),
      ),
    ),
  );
}

export interface Column {
  readonly name: string;
  /** Numbers stand at the right. */
  readonly number?: boolean;
}

/** Rows that belong together, below a title of their own. */
export interface RowGroup {
  readonly title?: string | undefined;
  readonly rows: readonly (readonly Content[])[];
}

/**
 * A table that can be scrolled sideways on its own, also by keyboard.
 *
 * @param rows cells; the first of each row is its header
 */
export const table = (caption: string, columns: readonly Column[], rows: readonly (readonly Content[])[]): Markup =>
  groupedTable(caption, columns, [{ rows }]);

/** As `table`, of rows in groups. */
export function groupedTable(caption: string, columns: readonly Column[], groups: readonly RowGroup[]): Markup {
  const cell = (content: Content, index: number): Markup => {
    const kind = columns[index]?.number === true && "number";
    return index === 0
      ? element("th", { scope: "row", class: kind }, content)
      : element("td", { class: kind }, content);
  };
  const titleRow = (title: string): Markup =>
    element("tr", {}, element("th", { scope: "rowgroup", colspan: columns.length, class: "group" }, title));
  return element(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    element(
      "table",
      { class: columns.slice(1).every(({ number = false }) => number) && "numbers" },
      element("caption", {}, caption),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          columns.map(({ name, number = false }) => element("th", { scope: "col", class: number && "number" }, name)),
        ),
      ),
      groups.map(({ title, rows }) =>
        element(
          "tbody",
          {},
          title === undefined ? "" : titleRow(title),
          rows.map((row) => element("tr", {}, row.map(cell))),
        ),
      ),
    ),
  );
}
