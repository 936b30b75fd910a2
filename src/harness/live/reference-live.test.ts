import { describe, expect, it } from "vitest";
import { startServerProcess } from "./reference-live.ts";

const says = (line: string): readonly string[] => [
  "-e",
  `console.log(${JSON.stringify(line)}); process.stdin.resume();`,
];

describe("startServerProcess", () => {
  it("gives the target that the ready line names, with the token, and ends the process when told", async () => {
    const line = '{"ready":true,"http":"http://127.0.0.1:8080/v1.1","coap":"coap://127.0.0.1:5683"}';
    const server = await startServerProcess({ args: says(line), token: "T" });
    expect(server.target).toEqual({ http: "http://127.0.0.1:8080/v1.1", coap: "127.0.0.1:5683", token: "T" });
    const end = await server.stop();
    expect([end.code, end.signal]).toContainEqual(end.signal === null ? 0 : "SIGTERM");
    expect(await server.ended).toEqual(end);
  });

  it.each(['{"ready":false}', '{"ready":true,"http":"nowhere","coap":"coap://127.0.0.1:5683"}', "42"])(
    "refuses a process that says %s",
    async (line) => {
      await expect(startServerProcess({ args: says(line) })).rejects.toMatchObject({ code: "child-failed" });
    },
  );
});
