/** Which endpoint a request was meant for, for counting: a label of which there are few, whatever paths are asked for. */
import { ENDPOINTS, type EndpointId } from "./endpoints.ts";

const PATTERNS = ENDPOINTS.map(({ id, method, path }) => ({ id, method, segments: path.split("/") }));

/** @param path below the base URL, not decoded. @returns `none` for what is no endpoint */
export function endpointLabel(method: string, path: string): EndpointId | "none" {
  const asked = path.replace(/\/$/, "").split("/");
  const found = PATTERNS.find(
    (row) =>
      row.method === (method === "HEAD" ? "GET" : method) &&
      row.segments.length === asked.length &&
      row.segments.every((segment, index) => segment.startsWith(":") || segment === asked[index]),
  );
  return found?.id ?? "none";
}
