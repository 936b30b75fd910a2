import { afterEach, describe, expect, it } from "vitest";
import { HarnessError } from "../../platform/errors.ts";
import { type Micros, seconds } from "../../protocol/time.ts";
import type { Adapter } from "./adapter.ts";
import { openProcessAdapter } from "./process-adapter.ts";

const open: Adapter[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((adapter) => adapter.close()));
});

/** What every program of these tests begins with: a log line, and how to answer. */
const BEGIN = `
const say = (answer) => process.stdout.write(JSON.stringify(answer) + "\\n");
const HELLO = { protocol: 1, coap: "coap://127.0.0.1:5683", capabilities: {}, verbs: ["provision", "createTask", "deviceStatuses", "close"] };
console.error("the adapter begins");
require("node:readline").createInterface(process.stdin).on("line", (line) => {
  const { id, verb, arguments: given } = JSON.parse(line);
  if (verb === "hello") return hello(id, given);
  answer(id, verb, given);
});
`;

async function start(program: string, patience: Micros = seconds(20)): Promise<Adapter> {
  const hello = program.includes("hello =") ? "" : "const hello = (id) => say({ id, result: HELLO });";
  const adapter = await openProcessAdapter({
    name: "python3 adapter.py",
    command: process.execPath,
    args: ["-e", `${BEGIN}${hello}${program}`],
    patience,
  });
  open.push(adapter);
  return adapter;
}

const failure = async (work: Promise<unknown>): Promise<HarnessError> => {
  const error = await work.catch((thrown: unknown) => thrown);
  if (error instanceof HarnessError) return error;
  throw new Error(`no harness error: ${String(error)}`);
};

describe("openProcessAdapter", () => {
  it("asks by lines of JSON, takes answers in any order, and tells the adapter when it is over", async () => {
    const adapter = await start(`
      let first;
      const answer = (id, verb, given) => {
        if (verb === "close") { console.error("closing"); return say({ id, result: null }); }
        if (first === undefined) { first = { id, given }; return; }
        say({ id, refused: { status: 404, message: "no such task" } });
        say({ id: first.id, result: first.given });
      };`);
    expect([...adapter.verbs]).toEqual(["provision", "createTask", "deviceStatuses"]);
    const calls = [
      adapter.call("createTask", { request: { dids: ["ü"] } }),
      adapter.call("deviceStatuses", { taskId: "x" }),
    ];
    expect(await Promise.all(calls)).toEqual([
      { kind: "result", value: { request: { dids: ["ü"] } } },
      { kind: "refused", status: 404, message: "no such task" },
    ]);
  });

  it("gives an error as an error, with the last that was written to standard error, and goes on", async () => {
    const adapter = await start(`
      const answer = (id, verb) => verb === "provision" ? say({ id, error: "KeyError: 'did'" }) : say({ id, result: "t" });`);
    expect(await adapter.call("provision", { devices: [] })).toEqual({
      kind: "failed",
      reason: "KeyError: 'did'; it said: the adapter begins",
    });
    expect(await adapter.call("createTask", {})).toEqual({ kind: "result", value: "t" });
  });

  it.each([
    ["ends", "process.exit(3)", /^it ended with exit code 3; it said: the adapter begins/],
    ["writes what is no JSON", 'console.log("creating")', /^it wrote "creating" is no answer: it has no id/],
    ["writes an answer with no result", "say({ id })", /is no answer: besides its id it has one of result/],
    ["answers what nobody asked", "say({ id: 99, result: 1 })", /^it answered question 99, which nobody asked/],
  ])("is gone for good when it %s", async (_, then, wanted) => {
    const adapter = await start(`const answer = (id) => { ${then} };`);
    for (const _again of [1, 2]) {
      const outcome = await adapter.call("createTask", {});
      expect(outcome).toMatchObject({ kind: "failed", gone: true, reason: expect.stringMatching(wanted) });
    }
  });

  it("is a harness error when it says nothing, is what it cannot be, or cannot be started", async () => {
    const silent = start("const hello = () => {}; const answer = () => {};", seconds(0.1));
    expect((await failure(silent)).message).toContain(
      "hello: no answer within 0.1 s; --adapter-timeout gives it longer",
    );
    const wrong = start('const hello = (id) => say({ id, error: "port in use" }); const answer = () => {};');
    expect((await failure(wrong)).message).toBe("python3 adapter.py: hello: port in use; it said: the adapter begins");
    const missing = openProcessAdapter({ name: "no-such-program", command: "./no-such-program", args: [] });
    expect((await failure(missing)).message).toMatch(/no-such-program: hello: it could not be started: .*ENOENT/);
  });
});
