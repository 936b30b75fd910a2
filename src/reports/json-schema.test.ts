import { describe, expect, it } from "vitest";
import { planJsonSchema, verdictJsonSchema } from "./json-schema.ts";

describe("JSON Schemas", () => {
  it("describes a verdict: closed, with the outcomes of a requirement", () => {
    const schema = verdictJsonSchema() as { additionalProperties: boolean; required: string[] };
    expect(schema).toMatchObject({ type: "object", additionalProperties: false });
    expect(schema.required).toContain("requirements");
    expect(JSON.stringify(schema)).toContain("not-exercised");
  });

  it("describes a saved plan as it may be written by hand: what has a default may be left out", () => {
    const text = JSON.stringify(planJsonSchema());
    expect(text).toContain('"simSeed"');
    expect(JSON.parse(text).properties.plan.properties.fleet.items.required ?? []).not.toContain("queueMode");
  });
});
