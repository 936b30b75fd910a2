/**
 * The structure of the code base, held: which folder may import which, and who may touch time, sockets and randomness.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const SOURCE = path.join(import.meta.dirname, "..", "src");

/** A folder may import itself, and what stands here. docs/architecture.md explains the order. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  platform: ["protocol"],
  "reference-server": ["protocol", "platform"],
  simulator: ["protocol", "platform"],
  scenarios: ["protocol", "simulator/model"],
  mutants: ["protocol", "platform", "reference-server", "simulator"],
  harness: ["protocol", "platform", "simulator", "scenarios"],
  reports: ["protocol", "scenarios", "harness/record", "harness/history/history.ts"],
  cli: ["protocol", "platform", "reference-server", "simulator", "scenarios", "mutants", "harness", "reports"],
};

/** Packages that only some folders may use; every other package may be imported anywhere. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  express: ["reference-server/adapters"],
  libsql: ["reference-server/adapters"],
  pg: ["reference-server/adapters"],
  pino: ["reference-server/adapters"],
  "hdr-histogram-js": ["harness/load"],
  "prom-client": ["reference-server/adapters", "cli/fleet", "cli/load"],
  yargs: ["cli"],
  yaml: ["cli"],
  piscina: ["cli"],
  coap: ["cli/preflight"],
  bullmq: ["cli/distributed"],
  ioredis: ["cli/distributed"],
  "chartjs-node-canvas": ["reports"],
  "cli-table3": ["reports", "cli"],
  "fast-check": ["scenarios"],
  seedrandom: ["platform"],
};

/** The one door: names of time, timers, sockets, files, processes and randomness, and who may say them. */
const DOORS: readonly { readonly name: string; readonly pattern: RegExp; readonly also: readonly string[] }[] = [
  { name: "Date", pattern: /\bnew Date\b|\bDate\.(now|parse|UTC)\b/, also: [] },
  { name: "performance", pattern: /\bperformance\.(now|timeOrigin|timing)\b/, also: [] },
  { name: "timers", pattern: /\b(setTimeout|setInterval|setImmediate|queueMicrotask)\s*\(/, also: [] },
  { name: "Math.random", pattern: /\bMath\.random\b/, also: [] },
  { name: "process.hrtime", pattern: /\bprocess\.hrtime\b/, also: [] },
  { name: "transcendental Math", pattern: /\bMath\.(sin|cos|tan|exp|log|log2|log10|sqrt|pow)\b/, also: ["reports"] },
  { name: "dgram, net, tls", pattern: /from "node:(dgram|net|tls)"/, also: [] },
  { name: "files", pattern: /from "node:fs(\/promises)?"/, also: [] },
  { name: "processes", pattern: /from "node:(child_process|worker_threads)"/, also: [] },
  { name: "crypto", pattern: /from "node:crypto"/, also: [] },
  { name: "http", pattern: /from "node:https?"/, also: ["reference-server/adapters", "harness/live"] },
  { name: "DNS", pattern: /from "node:dns(\/promises)?"/, also: [] },
];

interface SourceFile {
  readonly name: string;
  readonly folder: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const withoutComments = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|\s)\/\/.*$/gm, "");

/** All of src but tests: a test may look through any door. */
const files: readonly SourceFile[] = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter(
    (name) =>
      name.endsWith(".ts") &&
      !/\.(test|d)\.ts$/.test(name) &&
      !/(^|\/)(test-kit|scripted-run|test-history)\.ts$/.test(name),
  )
  .map((name) => {
    const text = withoutComments(readFileSync(path.join(SOURCE, name), "utf8"));
    const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].flatMap(([, target]) => target ?? []);
    return { name, folder: name.split(path.sep)[0] ?? "", text, imports };
  });

/** Where a relative import leads, below src; `undefined` outside of it. */
function below(file: SourceFile, target: string): string | undefined {
  const resolved = path.relative(SOURCE, path.resolve(SOURCE, path.dirname(file.name), target));
  return resolved.startsWith("..") ? undefined : resolved;
}

const inside = (name: string, folders: readonly string[]): boolean =>
  folders.some((folder) => name === folder || name.startsWith(`${folder}/`));

describe("the folders of src", () => {
  it("are the nine of the architecture, and hold something", () => {
    expect([...new Set(files.map(({ folder }) => folder))].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  it("import downward only", () => {
    const wrong = files.flatMap((file) =>
      file.imports
        .filter((target) => target.startsWith("."))
        .flatMap((target) => {
          const to = below(file, target);
          if (to === undefined)
            return target.endsWith("package.json") && file.folder === "cli" ? [] : [`${file.name} → ${target}`];
          const allowed = inside(to, [file.folder, ...(MAY_IMPORT[file.folder] ?? [])]);
          return allowed ? [] : [`${file.name} → ${to}`];
        }),
    );
    expect(wrong).toEqual([]);
  });

  it("use packages where they belong", () => {
    const wrong = files.flatMap((file) =>
      file.imports
        .filter((target) => !target.startsWith(".") && !target.startsWith("node:"))
        .map((target) => target.split("/")[0] ?? target)
        .filter((name) => PACKAGES[name] !== undefined && !inside(file.name, PACKAGES[name]))
        .map((name) => `${file.name} → ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it.each(DOORS)("leave $name to platform/", ({ pattern, also }) => {
    const wrong = files.filter((file) => !inside(file.name, ["platform", ...also]) && pattern.test(file.text));
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it("keep the judge and the judged apart: the oracle imports nothing of the server", () => {
    const oracle = files.filter(({ name }) => name.startsWith("harness/"));
    expect(oracle.length).toBeGreaterThan(10);
    expect(oracle.filter(({ imports }) => imports.some((target) => /reference-server|mutants/.test(target)))).toEqual(
      [],
    );
  });
});

describe("the rules themselves", () => {
  it("see a forbidden import and a forbidden name (a check that cannot fail is none)", () => {
    expect(inside("reference-server/server.ts", ["harness", "scenarios"])).toBe(false);
    expect(DOORS.find(({ name }) => name === "Date")?.pattern.test("const t = Date.now();")).toBe(true);
    expect(DOORS.find(({ name }) => name === "timers")?.pattern.test("setTimeout(() => {}, 1)")).toBe(true);
    expect(withoutComments("/* Date.now() */ a // Date.now()\nb")).not.toContain("Date");
  });
});
