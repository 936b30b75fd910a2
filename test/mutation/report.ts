/**
 * The last step of `npm run mutation`: writes docs/mutation.md from Stryker's report, and fails below 90 %.
 */
import path from "node:path";
import { readJson, writeText } from "../../src/platform/files.ts";
import { EQUIVALENTS } from "./equivalents.ts";
import { LEARNT } from "./learnt.ts";
import { renderMutationPage } from "./page.ts";
import { explainedBy, MutationReport, percentKilled, scoreFiles, total } from "./score.ts";

const LEAST_PERCENT = 90;

const root = path.join(import.meta.dirname, "..", "..");
const report = MutationReport.parse(await readJson(path.join(root, "reports/mutation/mutation.json")));
const scores = scoreFiles(report, explainedBy(EQUIVALENTS));
await writeText(path.join(root, "docs/mutation.md"), renderMutationPage(scores, LEARNT));
if (percentKilled(total(scores)) < LEAST_PERCENT) process.exitCode = 1;
