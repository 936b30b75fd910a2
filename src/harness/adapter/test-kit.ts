/** For the tests of this folder: a definition of a target that works and keeps what it was asked, and its adapter. */
import type { Adapter } from "./adapter.ts";
import { openModuleAdapter } from "./module-adapter.ts";

export interface TestTarget {
  readonly adapter: Adapter;
  /** `createTask [{"dids":["d"],…}]` */
  readonly asked: readonly string[];
}

/** @param changes replace what is there; `undefined` takes it away */
export async function testTarget(changes: Readonly<Record<string, unknown>> = {}): Promise<TestTarget> {
  const asked: string[] = [];
  const remembers =
    (verb: string, result: (...values: readonly unknown[]) => unknown) =>
    async (...values: readonly unknown[]) => {
      asked.push(`${verb} ${JSON.stringify(values.filter((value) => value !== undefined))}`);
      return result(...values);
    };
  const usual = {
    capabilities: {},
    coap: "coap://127.0.0.1:5683",
    provision: remembers("provision", () => undefined),
    createTask: remembers("createTask", () => "t1"),
    deviceStatuses: remembers("deviceStatuses", () => [{ did: "d", status: "QUEUED" }]),
  };
  const replaced = Object.entries(changes).map(([name, value]) => [
    name,
    typeof value === "function" ? remembers(name, value as () => unknown) : value,
  ]);
  const all = { ...usual, ...Object.fromEntries(replaced) };
  const definition = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return { adapter: await openModuleAdapter("./my-server.js", definition), asked };
}
