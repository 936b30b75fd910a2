/**
 * Renders the pages of docs/ that are made from tables and schemas of the program.
 *
 * `npm run docs` writes them; with `--check` nothing is written, and a page that differs ends in exit code 1.
 */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { fleetJsonSchema, renderFleetFilesPage } from "../src/cli/fleet-page.ts";
import { renderWorkloadFilesPage, workloadJsonSchema } from "../src/cli/load/workload-page.ts";
import { profileJsonSchema, renderProfilesPage } from "../src/cli/profile-page.ts";
import { COVERAGE_NAMES } from "../src/harness/coverage/coverage-names.ts";
import { exists, readText, writeText } from "../src/platform/files.ts";
import { ARTIK, completeProfile } from "../src/protocol/profile.ts";
import { boundsOf } from "../src/reference-server/adapters/api-pages.ts";
import { renderProcedurePage } from "../src/reference-server/ota/procedure-text.ts";
import { renderApiPage } from "../src/reference-server/rest/api-markdown.ts";
import { REFERENCE_RULES } from "../src/reference-server/rules.ts";
import { renderRequirementsPage } from "../src/reports/catalogue-text.ts";
import { renderCoveragePage } from "../src/reports/coverage-text.ts";
import { renderFamiliesPage } from "../src/reports/families-text.ts";
import {
  coverageJsonSchema,
  fleetResultJsonSchema,
  loadJsonSchema,
  planJsonSchema,
  runJsonSchema,
  tasksJsonSchema,
  verdictJsonSchema,
} from "../src/reports/json-schema.ts";
import { ALL_BLOCKS } from "../src/scenarios/blocks/all-blocks.ts";
import { ALL_FAMILIES } from "../src/scenarios/families/all-families.ts";
import { REQUIREMENTS } from "../src/scenarios/requirements.ts";

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const PAGES = [
  { name: "requirements.md", render: () => renderRequirementsPage(REQUIREMENTS) },
  { name: "families.md", render: () => renderFamiliesPage(ALL_FAMILIES, ALL_BLOCKS) },
  { name: "rest-api.md", render: () => renderApiPage(boundsOf(REFERENCE_RULES, completeProfile(ARTIK))) },
  { name: "ota-steps.md", render: renderProcedurePage },
  { name: "coverage.md", render: () => renderCoveragePage(COVERAGE_NAMES) },
  { name: "verdict.schema.json", render: () => json(verdictJsonSchema()) },
  { name: "plan.schema.json", render: () => json(planJsonSchema()) },
  { name: "run.schema.json", render: () => json(runJsonSchema()) },
  { name: "coverage.schema.json", render: () => json(coverageJsonSchema()) },
  { name: "tasks.schema.json", render: () => json(tasksJsonSchema()) },
  { name: "load.schema.json", render: () => json(loadJsonSchema()) },
  { name: "fleet-result.schema.json", render: () => json(fleetResultJsonSchema()) },
  { name: "profiles.md", render: renderProfilesPage },
  { name: "profile.schema.json", render: () => json(profileJsonSchema()) },
  { name: "fleet-files.md", render: renderFleetFilesPage },
  { name: "fleet.schema.json", render: () => json(fleetJsonSchema()) },
  { name: "workload-files.md", render: renderWorkloadFilesPage },
  { name: "workload.schema.json", render: () => json(workloadJsonSchema()) },
] as const;

const directory = path.dirname(fileURLToPath(import.meta.url));
const checkOnly = process.argv.includes("--check");
const stale: string[] = [];

for (const { name, render } of PAGES) {
  const file = path.join(directory, name);
  const wanted = render();
  if ((await exists(file)) && (await readText(file)) === wanted) continue;
  if (checkOnly) stale.push(`docs/${name}`);
  else await writeText(file, wanted);
}

if (stale.length > 0) {
  console.error(`${stale.join(", ")} differ from what the program says: run npm run docs`);
  process.exitCode = 1;
}
