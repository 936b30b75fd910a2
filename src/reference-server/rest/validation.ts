/** Bodies, checked; what is wrong becomes a 400 that names the field. Row 29. */
import type { z } from "zod";
import { err, ok, type Result } from "../../protocol/result.ts";
import { firstIssue } from "../../protocol/task-api/schemas.ts";
import { type Answer, invalid } from "./answer.ts";

/** Deeper than anybody means it; recursion over a body ends here. */
const MAX_DEPTH = 32;

export function parseBody<T>(schema: z.ZodType<T>, body: unknown): Result<T, Answer> {
  if (isDeeper(body, MAX_DEPTH)) return err(invalid("body", `Nested deeper than ${MAX_DEPTH}`));
  const parsed = schema.safeParse(withoutNulls(body, 0));
  if (parsed.success) return ok(parsed.data);
  const { field, message } = firstIssue(parsed.error);
  return err(invalid(field, message));
}

function isDeeper(body: unknown, limit: number): boolean {
  let level: readonly unknown[] = [body];
  for (let depth = 0; depth <= limit && level.length > 0; depth += 1) {
    level = level.flatMap((value) => (typeof value === "object" && value !== null ? Object.values(value) : []));
  }
  return level.length > 0;
}

/** SDKs send `null` for a field that is not set. Two levels: the body and `taskParameters`. */
function withoutNulls(value: unknown, depth: number): unknown {
  if (depth > 1 || typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => (member === null ? [] : [[key, withoutNulls(member, depth + 1)]])),
  );
}
