import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Capabilities } from "../harness/adapter/capabilities.ts";
import type { SavedPlan } from "../harness/record/verdict.ts";
import { HarnessError, UsageError } from "../platform/errors.ts";
import { EMPTY_PROFILE } from "../protocol/profile.ts";
import { type Micros, millis, seconds } from "../protocol/time.ts";
import { openAdapter, readAdapter, readSavedAdapter, wordsOf } from "./adapters.ts";
import { chooseTarget } from "./saved-target.ts";
import { openTarget, readSavedTarget, readTarget, targetName, targetOptions } from "./targets.ts";
import { testBench } from "./test-kit.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "fleetproof-adapters-"));
});
afterAll(() => rm(directory, { recursive: true }));

describe("readAdapter", () => {
  it("reads one of the three, or none", () => {
    expect(readAdapter({})).toBeUndefined();
    expect(readAdapter({ adapter: "./a.js" })).toEqual({ kind: "adapter", option: "adapter", text: "./a.js" });
    expect(readAdapter({ "adapter-url": "http://127.0.0.1:9/" })).toMatchObject({ option: "adapter-url" });
  });

  it("takes a time-out that goes with each of them, for a recorded one too", () => {
    const choice = readTarget({ target: "sim", adapter: "a.js", "adapter-timeout": 30_000 });
    expect(choice).toMatchObject({ text: "a.js", patience: seconds(30) });
    expect([targetName(choice), targetOptions(choice)]).toEqual([
      "adapter a.js",
      "--adapter a.js --adapter-timeout 30000ms",
    ]);
    const saved = { target: "adapter b.js", mutant: undefined } as unknown as SavedPlan;
    expect(chooseTarget({ "adapter-timeout": 500 }, saved, "f")).toMatchObject({ text: "b.js", patience: millis(500) });
  });

  it("refuses a time-out without an adapter", () => {
    const without = "--adapter-timeout goes with an adapter";
    expect(() => readTarget({ target: "sim", "adapter-timeout": 1 })).toThrow(without);
    const saved = { target: "sim", mutant: undefined } as unknown as SavedPlan;
    expect(() => chooseTarget({ "adapter-timeout": 1 }, saved, "f")).toThrow(without);
    expect(chooseTarget({}, saved, "f")).toMatchObject({ kind: "sim" });
  });

  it.each([
    [{ adapter: "a.js", "adapter-url": "http://h/" }, "--adapter and --adapter-url name two targets"],
    [{ "adapter-url": "127.0.0.1:9000" }, '--adapter-url: "127.0.0.1:9000" is not a URL'],
    [{ "adapter-command": "python3 'a.py" }, "has a quote that does not end"],
  ])("refuses %j", (texts, message) => {
    expect(() => readAdapter(texts)).toThrow(message);
  });

  it.each([
    { adapter: "./my server.js" },
    { "adapter-command": "python3 adapter.py --deep 'a b'" },
    { "adapter-url": "http://127.0.0.1:9000/x" },
  ])("reads back from records what %j is called there", (texts) => {
    const choice = readTarget({ target: "sim", ...texts });
    expect(readSavedTarget(targetName(choice), undefined)).toEqual(choice);
    expect(readSavedAdapter("http://127.0.0.1:8080/v1.1 coap://127.0.0.1:5683")).toBeUndefined();
  });

  it("says how the same target is named for another command", () => {
    expect(targetOptions(readTarget({ target: "sim", adapter: "a.js" }))).toBe("--adapter a.js");
    expect(targetOptions(readTarget({ target: "sim", "adapter-command": "python3 a.py" }))).toBe(
      '--adapter-command "python3 a.py"',
    );
  });
});

describe("readTarget", () => {
  it.each([
    [{ target: "http://h/v1.1" }, "--target"],
    [{ target: "sim", coap: "coap://h" }, "--coap"],
    [{ target: "sim", mutant: "never-retries" }, "--mutant"],
    [{ target: "sim", token: "T" }, "--token"],
  ])("refuses an adapter together with %j", (texts, option) => {
    expect(() => readTarget({ ...texts, adapter: "a.js" })).toThrow(
      `${option} goes with another target than --adapter`,
    );
  });
});

describe("wordsOf", () => {
  it.each([
    ["python3 adapter.py", ["python3", "adapter.py"]],
    ["  a  'b c' \"d e\" f'g h'i  ", ["a", "b c", "d e", "fg hi"]],
    ["a '' b", ["a", "", "b"]],
    ["a 'b", undefined],
    ['a "b', undefined],
    ["it's", undefined],
  ])("reads %j", (line, words) => {
    expect(wordsOf(line)).toEqual(words);
  });
});

describe("openAdapter", () => {
  const opening = async (name: string, text: string, patience?: Micros): Promise<unknown> => {
    const file = path.join(directory, name);
    await writeFile(file, text);
    return openAdapter({ kind: "adapter", option: "adapter", text: file, patience }).catch((error: unknown) => error);
  };

  it("loads a module of plain JavaScript, which need not import anything", async () => {
    const text = `export default { capabilities: {}, coap: "coap://127.0.0.1:1", provision() {}, createTask() {}, deviceStatuses() {} };`;
    const adapter = await opening("works.mjs", text, seconds(3));
    expect(adapter).toMatchObject({ coap: "coap://127.0.0.1:1", patience: seconds(3) });
  });

  it("says where a package is looked for that a module imports", async () => {
    const other = await opening("other.mjs", `import "no-such-package"; export default {};`);
    expect(String(other)).toMatch(
      /Cannot find package 'no-such-package'.*; packages are looked for from the folder of/,
    );
  });

  it("tells a file that is missing from one that cannot be loaded, and from one that is no target", async () => {
    const missing = await openAdapter({ kind: "adapter", option: "adapter", text: "./no.js" }).catch((e: unknown) => e);
    expect([missing instanceof UsageError, String(missing)]).toEqual([
      true,
      "UsageError: --adapter: there is no file ./no.js",
    ]);
    const broken = await opening("broken.mjs", "export default {");
    expect(broken).toBeInstanceOf(HarnessError);
    expect(String(broken)).toContain("broken.mjs cannot be loaded: ");
    expect(String(await opening("empty.mjs", "export const a = 1;"))).toContain("its default export is nothing");
  });
});

describe("openTarget of an adapter", () => {
  it("is a live target with the address that the adapter gives, and closes it", async () => {
    const closed: string[] = [];
    const adapter = {
      name: "a.js",
      coap: "coap://localhost",
      capabilities: Capabilities.parse({}),
      verbs: new Set<never>(),
      call: async () => ({ kind: "result", value: undefined }) as const,
      close: async () => void closed.push("adapter"),
    };
    const { services } = testBench({ openAdapter: async () => adapter });
    const opened = await openTarget(
      { kind: "adapter", option: "adapter", text: "a.js" },
      EMPTY_PROFILE,
      undefined,
      services,
    );
    expect(opened.target).toMatchObject({ kind: "live", name: "adapter a.js", http: "a.js", coap: "localhost:5683" });
    expect(opened.target).not.toHaveProperty("restartable");
    await opened.close();
    expect(closed).toEqual(["adapter"]);
    const resolveAddress = async () => {
      throw new HarnessError("host-not-found", "no such host");
    };
    const unresolved = openTarget({ kind: "adapter", option: "adapter", text: "a.js" }, EMPTY_PROFILE, undefined, {
      ...services,
      resolveAddress,
    });
    await expect(unresolved).rejects.toThrow("no such host");
    expect(closed).toEqual(["adapter", "adapter"]);
  });
});
