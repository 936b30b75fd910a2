import { afterEach, describe, expect, it } from "vitest";
import { exists, readText } from "../../platform/files.ts";
import { openRestartableProcess, type ServerPlace } from "./restartable-process.ts";
import type { RestartableServer } from "./restartable-server.ts";

/** Listens where it is told, notes each start in its data, and says where it is. */
const SERVER = `
  const [http, coap, data] = process.argv.slice(1);
  require("fs").appendFileSync(data, "started " + http + " " + coap + "\\n");
  const web = require("http").createServer((request, response) => response.end("{}"));
  const udp = require("dgram").createSocket("udp4");
  web.listen(Number(http), "127.0.0.1", () => udp.bind(Number(coap), "127.0.0.1", () => {
    const at = { http: "http://127.0.0.1:" + web.address().port, coap: "coap://127.0.0.1:" + udp.address().port };
    console.log(JSON.stringify({ ready: true, ...at }));
  }));
  process.on("SIGTERM", () => require("fs").appendFileSync(data, "asked to stop\\n"));
  process.stdin.on("end", () => process.exit()).resume();
`;

const open: RestartableServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

describe("openRestartableProcess", () => {
  it("kills the process without asking it, and starts it again on the same ports with the same data", async () => {
    const places: ServerPlace[] = [];
    const server = await openRestartableProcess((place) => {
      places.push(place);
      return ["-e", SERVER, `${place.http}`, `${place.coap}`, place.data ?? ""];
    });
    open.push(server);
    const { http } = server.target;
    expect((await fetch(http)).status).toBe(200);
    await server.kill();
    await expect(fetch(http)).rejects.toThrow();
    await server.start();
    expect((await fetch(http)).status).toBe(200);
    const [first, second] = places;
    expect(first).toMatchObject({ http: 0, coap: 0 });
    expect(second).toEqual({
      http: Number(new URL(http).port),
      coap: Number(server.target.coap.split(":")[1]),
      data: first?.data,
    });
    const data = first?.data ?? "";
    expect(await readText(data)).toBe(`started 0 0\nstarted ${second?.http} ${second?.coap}\n`);
    await server.close();
    await expect(fetch(http)).rejects.toThrow();
    expect(await exists(data)).toBe(false);
  });

  it("leaves nothing behind when the server does not start", async () => {
    let data = "";
    const failing = openRestartableProcess((place) => {
      data = place.data ?? "";
      return ["-e", "process.exit(3)"];
    });
    await expect(failing).rejects.toMatchObject({ code: "child-failed" });
    expect(await exists(data.replace(/\/[^/]+$/, ""))).toBe(false);
  });
});
