/**
 * `npm run durability -- [KILLS] [SEED] [STORE]`: kills a server under load so many times (default 200) and says what was
 * found. STORE is what `serve --data` takes; default: a SQLite file in a temporary directory.
 */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { runKills } from "./kills.ts";
import { compileProgram } from "./server-process.ts";

const print = (text: string): void => void process.stdout.write(`${text}\n`);

const [kills = "200", seed = "durability", store] = process.argv.slice(2);
const directory = mkdtempSync(path.join(os.tmpdir(), "fleetproof-durability-"));
const program = compileProgram();
try {
  const { violations, ...report } = await runKills({
    program,
    kills: Number(kills),
    seed,
    data: store ?? path.join(directory, "server.db"),
    directory,
    onKill: ({ kills: done, acknowledgedTasks, violations: found }) => {
      if (done % 10 === 0) print(`${done} kills, ${acknowledgedTasks} tasks, ${found.length} violations`);
    },
  });
  print(JSON.stringify({ seed, ...report, violations: violations.length }, null, 2));
  for (const violation of violations.slice(0, 20)) print(violation);
  process.exitCode = violations.length === 0 ? 0 : 1;
} finally {
  program.remove();
  rmSync(directory, { recursive: true, force: true });
}
