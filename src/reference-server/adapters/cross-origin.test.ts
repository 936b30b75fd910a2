/** What browsers ask on behalf of pages of other origins, and what they are told. WHATWG Fetch §3.2. */
import { describe, expect, it, onTestFinished } from "vitest";
import { EMPTY_PROFILE } from "../../protocol/profile.ts";
import { millis } from "../../protocol/time.ts";
import { createLog } from "./log.ts";
import { type ServeOptions, startServer } from "./serve.ts";

const PAGE = "https://console.example";
const TOKEN = { Authorization: "Bearer secret" };

async function start(options: Partial<ServeOptions> = {}) {
  const server = await startServer({
    profile: EMPTY_PROFILE,
    provision: { deviceTypes: [{ dtid: "t", name: "T" }], devices: [] },
    token: "secret",
    ...options,
  });
  onTestFinished(() => server.close(millis(100)));
  const ask = (path: string, headers: Record<string, string>, init: RequestInit = {}): Promise<Response> =>
    fetch(`${server.http}${path}`, { ...init, headers: { Origin: PAGE, ...headers } });
  const preflight = (origin: string, path = "/devicemgmt/tasks"): Promise<Response> =>
    ask(path, { Origin: origin, "Access-Control-Request-Method": "POST" }, { method: "OPTIONS" });
  return { ask, preflight, origin: new URL(server.http).origin };
}

const allowed = ({ headers }: Response): string | null => headers.get("access-control-allow-origin");
const list = (text: string | null): readonly string[] => (text ?? "").toLowerCase().split(", ").sort();

describe("pages of other origins", () => {
  it("are told nothing unless --cors is given: neither the preflight nor the answer allows them", async () => {
    const { ask, preflight } = await start();
    const asked = await preflight(PAGE);
    expect([asked.status, allowed(asked), asked.headers.get("access-control-allow-headers")]).toEqual([
      204,
      null,
      null,
    ]);
    const answer = await ask("/devicemgmt/tasks?dtid=t", TOKEN);
    expect([answer.status, allowed(answer), answer.headers.get("vary")]).toEqual([200, null, null]);
  });

  it("may ask before they send, without a token and without using up the rate limit", async () => {
    const { ask, preflight } = await start({ crossOrigins: [PAGE], rateLimit: { perMinute: 1, perDay: 9 } });
    for (let i = 0; i < 3; i += 1) {
      const asked = await preflight(PAGE);
      expect([asked.status, allowed(asked), await asked.text()]).toEqual([204, PAGE, ""]);
      expect(list(asked.headers.get("access-control-allow-methods"))).toEqual(["delete", "get", "head", "post", "put"]);
      expect(list(asked.headers.get("access-control-allow-headers"))).toEqual(["authorization", "content-type"]);
      expect(asked.headers.get("access-control-max-age")).toBe("600");
    }
    expect((await ask("/devicemgmt/tasks?dtid=t", TOKEN)).status).toBe(200);
    expect((await ask("/devicemgmt/tasks?dtid=t", TOKEN)).status).toBe(429);
  });

  it("may read answers with X-Rate-Limit-*, Retry-After and Location, and refusals: 201, 400, 401, 404, 413, 414, 429", async () => {
    const { ask } = await start({ crossOrigins: [PAGE], rateLimit: { perMinute: 6, perDay: 9 } });
    const json = { ...TOKEN, "Content-Type": "application/json" };
    const task = { dtid: "t", taskType: "R", property: "deviceProperties.device.timezone" };
    const post = (body: string) => ask("/devicemgmt/tasks", json, { method: "POST", body });
    const answers = [
      await post(JSON.stringify(task)),
      await post("{"),
      await ask("/devicemgmt/tasks?dtid=t", {}),
      await ask("/devicemgmt/tasks/none", TOKEN),
      await post("x".repeat(5 * 1024 * 1024)),
      await ask(`/x?${"x".repeat(17_000)}`, TOKEN),
      ...(await Promise.all([1, 2, 3].map(() => ask("/devicemgmt/tasks?dtid=t", TOKEN)))),
    ];
    expect(answers.slice(0, 6).map(({ status }) => status)).toEqual([201, 400, 401, 404, 413, 414]);
    expect(answers.map(({ status }) => status)).toContain(429);
    expect(new Set(answers.map(allowed))).toEqual(new Set([PAGE]));
    for (const { headers } of answers) {
      expect(list(headers.get("access-control-expose-headers"))).toEqual([
        "location",
        "retry-after",
        "x-rate-limit-limit",
        "x-rate-limit-remaining",
        "x-rate-limit-reset",
      ]);
    }
    expect(answers[0]?.headers.get("location")).toMatch(/\/devicemgmt\/tasks\//);
  });

  it("are told apart: one that is not listed is allowed nothing, and caches are told that the answer varies", async () => {
    const { ask, preflight } = await start({ crossOrigins: ["https://other.example", PAGE] });
    for (const origin of [
      "https://evil.example",
      "https://console.example.evil.example",
      "http://console.example",
      "null",
    ]) {
      const asked = await preflight(origin);
      expect([origin, allowed(asked), asked.headers.get("vary")]).toEqual([origin, null, "Origin"]);
      expect(allowed(await ask("/devicemgmt/tasks?dtid=t", { ...TOKEN, Origin: origin }))).toBeNull();
    }
    expect(allowed(await preflight("https://other.example"))).toBe("https://other.example");
  });

  it("are all let in by *, never with the browser's own credentials, and the page's token is needed as ever", async () => {
    const { ask, preflight } = await start({ crossOrigins: "*" });
    const asked = await preflight("https://anything.example");
    expect([allowed(asked), asked.headers.get("access-control-allow-credentials")]).toEqual(["*", null]);
    expect((await ask("/devicemgmt/tasks?dtid=t", {})).status).toBe(401);
    expect((await ask("/devicemgmt/tasks?dtid=t", TOKEN)).status).toBe(200);
  });

  it("reach the API and its description only: not the web page, its events or the metrics", async () => {
    const { origin } = await start({ crossOrigins: "*" });
    const answers = ["/openapi.json", "/", "/web/content", "/events", "/metrics", "/healthz", "/docs"].map((path) =>
      fetch(`${origin}${path}`, { headers: { Origin: PAGE } }),
    );
    expect((await Promise.all(answers)).map(allowed)).toEqual(["*", null, null, null, null, null, null]);
  });

  it("is warned of in the log when all pages get in and nobody needs a token", async () => {
    for (const [token, times] of [
      [undefined, 1],
      ["secret", 0],
    ] as const) {
      const lines: string[] = [];
      await start({ token, crossOrigins: "*", log: createLog("warn", (line) => lines.push(line)) });
      expect(lines.filter((line) => line.includes("open-to-all-pages"))).toHaveLength(times);
    }
  });
});
