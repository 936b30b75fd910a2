import path from "node:path";
import { describe, expect, it } from "vitest";
import { readText } from "../platform/files.ts";
import { Profile } from "../protocol/profile.ts";
import { profileJsonSchema, renderProfilesPage } from "./profile-page.ts";
import { withTimes } from "./profiles.ts";

interface Node {
  readonly description?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
}

const fields = ({ properties = {} }: Node, place: string): readonly (readonly [string, Node])[] =>
  Object.entries(properties).flatMap(([name, field]) => [
    [`${place}${name}`, field] as const,
    ...fields(field, `${place}${name}.`),
  ]);

describe("the JSON Schema of a profile", () => {
  const all = fields(profileJsonSchema() as Node, "");

  it("describes every field, and says the unit of each number that is a time", () => {
    expect(all.length).toBeGreaterThan(25);
    expect(all.filter(([, { description = "" }]) => description === "").map(([name]) => name)).toEqual([]);
    const times = all.filter(([name, { type }]) => type === "number" && name !== "coap.ackRandomFactor");
    expect(times.length).toBeGreaterThan(8);
    for (const [name, { description }] of times) expect(`${name}: ${description}`).toMatch(/[Ss]econds, more than 0/);
  });

  it("is closed, and needs no field", () => {
    const schema = profileJsonSchema() as { additionalProperties: boolean; required?: string[] };
    expect([schema.additionalProperties, schema.required]).toEqual([false, undefined]);
  });
});

describe("the page about profiles", () => {
  it("has an example that is a profile", () => {
    const example = /```json\n([\s\S]*?)```/.exec(renderProfilesPage())?.[1] ?? "";
    expect(Profile.parse(JSON.parse(example))).toMatchObject({ name: "my-server", reaction: 1 });
  });

  it.each(["profiles.md", "profile.schema.json"])("stands in docs/%s as the program says it", async (name) => {
    const found = await readText(path.join(import.meta.dirname, "..", "..", "docs", name));
    const schema = `${JSON.stringify(profileJsonSchema(), null, 2)}\n`;
    expect(found).toBe(name.endsWith(".md") ? renderProfilesPage() : schema);
  });
});

describe("withTimes", () => {
  it("puts the times of the command line, in milliseconds, into the profile, in seconds, and leaves the others", () => {
    const profile = Profile.parse({ awakeWindow: 93, coap: { ackTimeout: 1 } });
    expect(withTimes(profile, { "awake-window": 3_000, reaction: 500, "max-retransmit": 1 })).toMatchObject({
      awakeWindow: 3,
      reaction: 0.5,
      coap: { ackTimeout: 1, maxRetransmit: 1 },
    });
    expect(withTimes(profile, {})).toEqual(profile);
  });
});
