/** Pieces of HTML that several sections use: times, statuses, pages of a list. */
import { type Html, html } from "./html.ts";
import { linkTo, type PageAddress } from "./page-address.ts";
import { PAGE_SIZE } from "./page-data.ts";

/**
 * A moment. The page's script puts the reader's own time, or how long ago, in the place of the number.
 *
 * @param ts milliseconds since the Unix epoch
 */
export const moment = (ts: number): Html => html`<time data-ts="${ts}">${ts} ms</time>`;

/** What a status means for the reader; the word itself is always shown too. */
const MOODS: Readonly<Record<string, string>> = {
  SUCCEEDED: "good",
  COMPLETE: "good",
  FAILED: "bad",
  PROCESSING: "busy",
  QUEUING: "busy",
  CANCEL_REQUESTED: "busy",
  registered: "good",
};

export const badge = (status: string): Html =>
  html`<span class="badge ${MOODS[status] ?? "calm"}">${status.replaceAll("_", " ")}</span>`;

export interface Pages {
  readonly address: PageAddress;
  /** The parameter that has the page. */
  readonly name: "devices" | "tasks" | "part";
  readonly total: number;
  /** What is listed, in the plural. */
  readonly what: string;
}

/** Links to the pages before and after; nothing where one page has all. */
export function pageLinks({ address, name, total, what }: Pages): Html {
  const page = address[name];
  const last = Math.max(1, Math.ceil(total / PAGE_SIZE));
  if (last === 1 && page === 1) return html``;
  const link = (to: number, label: string): Html =>
    to < 1 || to > last || to === page
      ? html`<span class="off">${label}</span>`
      : html`<a id="${name}-${label.toLowerCase()}" href="${linkTo(address, { [name]: to })}">${label}</a>`;
  return html`<nav class="pages" aria-label="Pages of ${what}">
${link(1, "First")} ${link(page - 1, "Previous")} <span>Page ${page} of ${last}</span> ${link(page + 1, "Next")} ${link(last, "Last")}
</nav>`;
}

/** A cell that says on a narrow screen what its column is; there, one without content is left out. */
export const cell = (label: string, content: Html | string | number | undefined): Html =>
  content === undefined
    ? html`<td class="none" data-label="${label}">–</td>`
    : html`<td data-label="${label}">${content}</td>`;

/** `1 device`, `2 devices` */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
