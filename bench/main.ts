/**
 * `npm run -s bench [-- NAME…]`: compiles the sources as they are shipped, and measures them.
 *
 * What runs is the compiler's output, as in a release: the parts are processes of plain Node, without a loader of
 * TypeScript in them.
 */
import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const ROOT = path.join(import.meta.dirname, "..");
const BUILD = path.join(ROOT, "node_modules", ".cache", "fleetproof-bench");

function run(args: readonly string[]): void {
  const { status, error } = spawnSync(process.execPath, [...args], { stdio: "inherit" });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

run([path.join(ROOT, "node_modules", "typescript", "bin", "tsc"), "-p", path.join(ROOT, "bench", "tsconfig.json")]);
// Below node_modules a file is CommonJS unless a package.json beside it says otherwise; `serve` reads its version there.
const { version } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
writeFileSync(path.join(BUILD, "package.json"), `${JSON.stringify({ type: "module", version })}\n`);
const pages = path.join("src", "reference-server", "web", "static");
cpSync(path.join(ROOT, pages), path.join(BUILD, pages), { recursive: true });
run([path.join(BUILD, "bench", "run.js"), ...process.argv.slice(2)]);
