/** Pages of a list. Row 23: `count` 1..100, default 100; `offset` from 0. */
import { err, ok, type Result } from "../../protocol/result.ts";
import { type Answer, invalid } from "./answer.ts";

export interface Page<T> {
  /** Number of all items that match. */
  readonly total: number;
  readonly offset: number;
  /** Number of items on this page. */
  readonly count: number;
  readonly items: readonly T[];
}

const MAX_COUNT = 100;

export function pageOf<T>(items: readonly T[], query: Readonly<Record<string, string>>): Result<Page<T>, Answer> {
  const count = integerOf("count", query.count, MAX_COUNT, 1, MAX_COUNT);
  if (!count.ok) return count;
  const offset = integerOf("offset", query.offset, 0, 0, Number.MAX_SAFE_INTEGER);
  if (!offset.ok) return offset;
  const page = items.slice(offset.value, offset.value + count.value);
  return ok({ total: items.length, offset: offset.value, count: page.length, items: page });
}

function integerOf(
  name: string,
  text: string | undefined,
  absent: number,
  min: number,
  max: number,
): Result<number, Answer> {
  if (text === undefined) return ok(absent);
  if (!/^-?\d{1,15}$/.test(text)) return err(invalid(name, "Numeric field only"));
  const value = Number(text);
  if (value < min) return err(invalid(name, `Minimum value ${min}`));
  if (value > max) return err(invalid(name, `Maximum value ${max}`));
  return ok(value);
}
