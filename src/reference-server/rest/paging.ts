/** Pages of a list. Row 23: `count` 1..100, default 100; `offset` from 0. */

export interface Page<T> {
  /** Number of all items that match. */
  readonly total: number;
  readonly offset: number;
  /** Number of items on this page. */
  readonly count: number;
  readonly items: readonly T[];
}

/** Query parameters, checked. */
export interface WantedPage {
  readonly count: number;
  readonly offset: number;
  /** `desc`: from the last item to the first. Default: `asc`. */
  readonly sort?: string;
}

/** Costs what is on the page, however many items there are. */
export function pageOf<T>(items: readonly T[], { count, offset, sort }: WantedPage): Page<T> {
  const total = items.length;
  const page =
    sort === "desc"
      ? items.slice(Math.max(0, total - offset - count), Math.max(0, total - offset)).reverse()
      : items.slice(offset, offset + count);
  return { total, offset, count: page.length, items: page };
}
