/** The published JSON Schemas in docs/, as somebody else's validator reads them. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";

const DOCS = path.join(import.meta.dirname, "..", "..", "docs");

/** @returns what is wrong with the value by `docs/NAME.schema.json`; nothing: it fits */
export function mistakes(name: string, value: unknown): readonly string[] {
  const schema: unknown = JSON.parse(readFileSync(path.join(DOCS, `${name}.schema.json`), "utf8"));
  const validate = new Ajv2020({ allErrors: true, strict: true }).compile(schema as object);
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
