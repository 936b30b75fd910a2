import { describe, expect, it } from "vitest";
import { millis, seconds } from "../protocol/time.ts";
import { type ChildOptions, onInterrupt, openFileLimit, processors, startChild } from "./process.ts";

const node = (script: string): ChildOptions => ({ command: process.execPath, args: ["-e", script] });
const STAYS = "setInterval(() => {}, 1000);";

describe("startChild", () => {
  it("gives the first line, and ends the child when told", async () => {
    const child = await startChild(node(`console.log('{"ready":true}'); console.log("more"); ${STAYS}`));
    expect(child.ready).toEqual({ ready: true });
    expect(await child.stop()).toMatchObject({ code: null, signal: "SIGTERM" });
    expect(await child.stop()).toMatchObject({ signal: "SIGTERM" });
  });

  it("waits for the whole line", async () => {
    const child = await startChild(
      node(`process.stdout.write('{"a"'); setTimeout(() => console.log(":1}"), 30); ${STAYS}`),
    );
    expect(child.ready).toEqual({ a: 1 });
    await child.stop();
  });

  it("kills a child that does not listen to SIGTERM", async () => {
    const child = await startChild({
      ...node(`process.on("SIGTERM", () => {}); console.log("1"); ${STAYS}`),
      stopWithin: millis(50),
    });
    expect(await child.stop()).toMatchObject({ signal: "SIGKILL" });
  });

  it("lets a child end in its own way when its standard input closes", async () => {
    const child = await startChild(
      node(
        `process.on("SIGTERM", () => {}); process.stdin.on("end", () => process.exit(7)).resume(); console.log("1");`,
      ),
    );
    expect(await child.stop()).toMatchObject({ code: 7 });
  });

  it("tells its end to who waits for it", async () => {
    const child = await startChild(node(`console.log("1"); console.error("bye"); process.exitCode = 3;`));
    expect(await child.ended).toMatchObject({ code: 3, stderr: "bye\n" });
  });

  it.each([
    [
      "ends before it is ready",
      node("console.error('no port'); process.exit(70)"),
      /exit code 70 before it was ready; it said: no port/,
    ],
    ["prints no JSON", node(`console.log("hello"); ${STAYS}`), /JSON/],
    ["is not ready in time", { ...node(STAYS), readyWithin: millis(50) }, /not ready after 0.05 s/],
    ["does not exist", { command: "/no/such/program", args: [] }, /no\/such\/program.*ENOENT/],
  ])("refuses a child that %s", async (_, options: ChildOptions, message) => {
    await expect(startChild({ stopWithin: seconds(1), ...options })).rejects.toMatchObject({
      code: "child-failed",
      message: expect.stringMatching(message),
    });
  });
});

describe("onInterrupt", () => {
  it("calls back at each signal until it is undone", () => {
    const signals: string[] = [];
    const before = process.listenerCount("SIGINT");
    const undo = onInterrupt((signal) => signals.push(signal));
    process.emit("SIGINT");
    process.emit("SIGTERM");
    undo();
    expect(signals).toEqual(["SIGINT", "SIGTERM"]);
    expect(process.listenerCount("SIGINT")).toBe(before);
  });
});

describe("limits", () => {
  it("are positive where the system tells them", () => {
    expect(processors()).toBeGreaterThan(0);
    const limit = openFileLimit();
    if (limit !== undefined) expect(limit).toBeGreaterThan(0);
  });
});
