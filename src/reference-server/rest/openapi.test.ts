import { describe, expect, it } from "vitest";
import { renderApiHtml } from "./api-html.ts";
import { renderApiPage } from "./api-markdown.ts";
import { endpointDocs } from "./endpoint-docs.ts";
import { ENDPOINTS } from "./endpoints.ts";
import { openApiDocument } from "./openapi.ts";

const BOUNDS = { expiresAfter: { min: 1, max: 2_592_000 }, taskExpiresAfter: { min: 60, max: 604_800 } };
const DOCUMENT = openApiDocument({ bounds: BOUNDS, server: "/v1.1" });
const URL = "http://127.0.0.1:8080/v1.1";

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: unknown }[];
  readonly responses: Readonly<Record<string, unknown>>;
}

const operationOf = (path: string, method: string): Operation => DOCUMENT.paths[path]?.[method] as Operation;

describe("openApiDocument", () => {
  it("has each endpoint once, under its path and method, with its path parameters", () => {
    const operations = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => {
        const { operationId, parameters } = operation as Operation;
        const inPath = parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
        expect([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)).toEqual(inPath);
        return `${operationId} ${method} ${path}`;
      }),
    );
    const wanted = ENDPOINTS.map(
      ({ id, method, path }) => `${id} ${method.toLowerCase()} /${path.replaceAll(/:(\w+)/g, "{$1}")}`,
    );
    expect(operations.sort()).toEqual([...wanted].sort());
    expect(operations.length).toBeGreaterThanOrEqual(22);
  });

  it("refers to schemas that are there, and leaves none unused", () => {
    const references = [...JSON.stringify(DOCUMENT).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name,
    );
    expect([...new Set(references)].sort()).toEqual(Object.keys(DOCUMENT.components.schemas).sort());
    expect(JSON.stringify(DOCUMENT)).not.toContain("__shared");
  });

  it("tells a query's types and presets as the server reads them", () => {
    const { parameters } = operationOf("/devicemgmt/tasks", "get");
    expect(parameters.map(({ name, schema }) => [name, schema])).toMatchObject([
      ["dtid", { type: "string" }],
      ["count", { type: "integer", minimum: 1, maximum: 100, default: 100 }],
      ["offset", { type: "integer", minimum: 0, default: 0 }],
      ["status", { type: "array", items: { enum: expect.arrayContaining(["COMPLETE"]) } }],
      ["order", { enum: ["createdOn"] }],
      ["sort", { enum: ["asc", "desc"], default: "desc" }],
    ]);
  });

  it("says for each endpoint how it may end, 429 and 503 included", () => {
    expect(Object.keys(operationOf("/devicemgmt/tasks", "post").responses)).toEqual([
      "201",
      "400",
      "401",
      "403",
      "404",
      "413",
      "414",
      "415",
      "429",
      "500",
      "503",
    ]);
  });
});

describe("endpointDocs", () => {
  it("gives examples that the server's own schemas accept", () => {
    for (const { body } of Object.values(endpointDocs(BOUNDS))) {
      if (body !== undefined) expect(body.schema.safeParse(body.example)).toMatchObject({ success: true });
    }
  });
});

describe("the pages", () => {
  it("show each endpoint with its method, path, parameters, fields and a curl command", () => {
    for (const page of [renderApiHtml(BOUNDS, URL), renderApiPage(BOUNDS)]) {
      for (const { method, path } of ENDPOINTS)
        expect(page).toContain(`${method} /${path.replaceAll(/:(\w+)/g, "{$1}")}`);
      expect(page).toMatch(/taskParameters\.expiresAfter/);
      expect(page).toMatch(/data\.tasks\[\]\.statuses\[\]\.numAttempts/);
      expect(page).toMatch(/curl -X PUT .{0,60}devicemgmt\/tasks\/TASK\/devices\/attic/);
      expect(page).toMatch(/1\.\.2592000/);
    }
  });

  it("take nothing for HTML that is text", () => {
    const page = renderApiHtml(BOUNDS, 'http://h/"><script>');
    expect(page).not.toContain("<script");
    expect(page).toContain("&lt;script&gt;");
  });
});
