/** What `npm pack` makes: nothing is missing, nothing is too much, and it works in an empty folder. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT, readPages } from "./docs/pages.ts";

interface Manifest {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

let directory: string;
/** The unpacked package where a user has it. */
let installed: string;
/** Names in the tarball, from the root of the package. */
let packed: readonly string[];

function must(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${status}\n${stdout}${stderr}`);
  return stdout;
}

/** The checkout as far as it is packed, with a build that is not older than the sources. */
function stage(folder: string): void {
  mkdirSync(folder);
  for (const name of ["docs", "examples", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "package.json"])
    cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  const out = path.join(folder, "dist");
  if (isBuilt()) {
    cpSync(path.join(ROOT, "dist"), out, { recursive: true });
    return;
  }
  const compiler = path.join(ROOT, "node_modules", "typescript", "bin", "tsc");
  // Types are checked elsewhere.
  must(process.execPath, [compiler, "-p", "tsconfig.build.json", "--outDir", out, "--noCheck"], ROOT);
  const files = path.join("reference-server", "web", "static");
  cpSync(path.join(ROOT, "src", files), path.join(out, files), { recursive: true });
}

/** Whether `npm ci` or `npm run build` has built what the sources are now, as in CI. */
function isBuilt(): boolean {
  const built = path.join(ROOT, "dist", "cli", "main.js");
  if (!existsSync(built)) return false;
  const sources = readdirSync(path.join(ROOT, "src"), { recursive: true, encoding: "utf8" });
  const changed = ["package.json", "tsconfig.build.json", ...sources.map((name) => path.join("src", name))];
  return Math.max(...changed.map((name) => statSync(path.join(ROOT, name)).mtimeMs)) < statSync(built).mtimeMs;
}

/**
 * As npm does it, but that the dependencies are those of the checkout: no network is needed. The optional ones, which draw
 * pictures, are left out: npm leaves them out on a machine that has neither a build of their library nor a compiler.
 */
function install(tarball: string, project: string): void {
  const modules = path.join(project, "node_modules");
  mkdirSync(path.join(modules, ".bin"), { recursive: true });
  must("tar", ["-xzf", tarball, "-C", modules], project);
  must("mv", ["package", "fleetproof"], modules);
  const { dependencies, bin } = manifest();
  for (const name of Object.keys(dependencies)) {
    mkdirSync(path.dirname(path.join(modules, name)), { recursive: true });
    symlinkSync(path.join(ROOT, "node_modules", name), path.join(modules, name));
  }
  for (const [name, file] of Object.entries(bin)) {
    chmodSync(path.join(installed, file), 0o755);
    symlinkSync(path.join("..", "fleetproof", file), path.join(modules, ".bin", name));
  }
}

const manifest = (): Manifest => JSON.parse(readFileSync(path.join(installed, "package.json"), "utf8")) as Manifest;

const start = (command: string, ...args: readonly string[]) =>
  spawnSync(command, args, {
    cwd: path.join(directory, "project"),
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
const byNpx = (...args: readonly string[]) => start("npx", "--no-install", "fleetproof", ...args);
const byLink = (...args: readonly string[]) => start(path.join("node_modules", ".bin", "fleetproof"), ...args);

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), "fleetproof-package-"));
  const staged = path.join(directory, "staged");
  const project = path.join(directory, "project");
  installed = path.join(project, "node_modules", "fleetproof");
  stage(staged);
  const [made] = JSON.parse(must("npm", ["pack", "--ignore-scripts", "--json"], staged)) as readonly {
    readonly filename: string;
    readonly files: readonly { readonly path: string }[];
  }[];
  packed = made?.files.map((file) => file.path) ?? [];
  mkdirSync(project);
  install(path.join(staged, made?.filename ?? ""), project);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("the package", () => {
  it("has no error and no warning by publint", async () => {
    const { messages } = await publint({ pkgDir: installed, level: "warning", strict: true, pack: false });
    expect(messages).toEqual([]);
  });

  it("holds the program, the pages and the examples, and nothing that only developers need", () => {
    expect(packed).toEqual(
      expect.arrayContaining(["dist/cli/main.js", "docs/README.md", "examples/README.md", "LICENSE", "package.json"]),
    );
    const tooMuch =
      /\.test\.|(^|\/)test-|test-kit|\.map$|(^|\/)node_modules\/|^src\/|^test\/|^(?!dist\/).*(?<!\.d)\.ts$/;
    expect(packed.filter((name) => tooMuch.test(name) && !name.startsWith("examples/"))).toEqual([]);
    expect(packed.filter((name) => !/^(dist|docs|examples)\/|^[A-Z]+(\.md)?$|^package\.json$/.test(name))).toEqual([]);
  });

  it("holds what the README and the pages link to", () => {
    const pages = readPages().filter(({ name }) => packed.includes(name));
    const missing = pages.flatMap(({ name, links }) =>
      links
        .filter((link) => !/^[a-z][a-z+.-]*:|^#/i.test(link))
        .map((link) => path.join(path.dirname(name), link.split("#")[0] ?? ""))
        .filter((file) => !existsSync(path.join(installed, file)))
        .map((file) => `${name}: ${file}`),
    );
    expect(missing).toEqual([]);
    expect(pages.length).toBeGreaterThan(20);
  });

  it("prints its help, and its version", () => {
    const help = byNpx("--help");
    expect({ status: help.status, stderr: help.stderr }).toMatchObject({ status: 0 });
    expect(help.stdout).toContain("fleetproof verify");
    expect(byLink("--version").stdout.trim()).toBe(manifest().version);
  });

  it("verifies the reference server with its declared dependencies alone, in threads of its own", () => {
    const { status, stdout, stderr } = byNpx("verify", "--runs", "20", "--seed", "pack", "--jobs", "2");
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stdout).toContain("PASS");
    expect(existsSync(path.join(directory, "project", "fleetproof-out", "report.html"))).toBe(true);
  });

  it("does without pictures where their library is not installed, and says how to get it", () => {
    const { status, stderr } = byLink("report", "fleetproof-out", "--format", "png");
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: "fleetproof: pictures need a package that is not installed: npm install chartjs-node-canvas chart.js\n",
    });
  });

  it("can be imported by an adapter", () => {
    const script = 'import { defineTarget } from "fleetproof"; console.log(typeof defineTarget);';
    const { stdout, stderr } = start(process.execPath, "--input-type=module", "--eval", script);
    expect({ stdout, stderr }).toEqual({ stdout: "function\n", stderr: "" });
  });

  it("comes with examples that work from where it is installed", () => {
    const plan = path.join("node_modules", "fleetproof", "examples", "retry-by-timer.plan.json");
    const { status, stdout } = byLink("replay", plan);
    expect(status).toBe(1);
    expect(stdout).toContain("REPRODUCED");
  });
});
