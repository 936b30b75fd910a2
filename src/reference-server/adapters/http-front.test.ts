/** Limits of the HTTP front, and the pages beside the API. What it makes of a good request is tested in host.test.ts. */
import net from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { EMPTY_PROFILE } from "../../protocol/profile.ts";
import { millis, seconds } from "../../protocol/time.ts";
import { type ServeOptions, startServer } from "./serve.ts";

const start = async (
  options: Partial<ServeOptions> = {},
): Promise<{ readonly http: string; readonly origin: string }> => {
  const server = await startServer({
    profile: EMPTY_PROFILE,
    provision: { deviceTypes: [{ dtid: "t", name: "T" }], devices: [] },
    ...options,
  });
  onTestFinished(() => server.close(millis(100)));
  return { http: server.http, origin: new URL(server.http).origin };
};

/** Sends text on a connection of its own, and gives everything that comes until the server ends it. */
const raw = (http: string, text: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = net.connect(Number(new URL(http).port), "127.0.0.1", () => void socket.write(text));
    let received = "";
    socket.setEncoding("utf8");
    socket.on("data", (more: string) => {
      received += more;
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(received));
  });

const envelopeOf = (answer: string): unknown => JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4));

describe("pages beside the API", () => {
  it("shows the OpenAPI document and a page for browsers, without a token; the page runs and fetches nothing", async () => {
    const { origin, http } = await start({ token: "secret" });
    const openapi = await fetch(`${origin}/openapi.json`);
    expect([openapi.status, openapi.headers.get("content-type")]).toEqual([200, "application/json; charset=utf-8"]);
    expect(await openapi.json()).toMatchObject({ openapi: "3.1.0", servers: [{ url: "/v1.1" }] });
    const docs = await fetch(`${origin}/docs`);
    expect([docs.status, docs.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(docs.headers.get("content-security-policy")).toContain("default-src 'none'");
    const page = await docs.text();
    expect(page).toContain(`'${http}/devicemgmt/tasks?dtid=`);
    expect(page).not.toMatch(/<script|<link|<img|src=/);
    expect((await fetch(`${origin}/docs`, { method: "POST" })).status).toBe(404);
  });

  it("shows the bounds of the server's own profile", async () => {
    const { origin } = await start({ profile: { ...EMPTY_PROFILE, expiresAfterBounds: { min: 7, max: 77 } } });
    const { components } = (await (await fetch(`${origin}/openapi.json`)).json()) as never as {
      readonly components: { readonly schemas: { readonly TaskRequest: unknown } };
    };
    expect(components.schemas.TaskRequest).toMatchObject({
      properties: { taskParameters: { properties: { expiresAfter: { minimum: 7, maximum: 77 } } } },
    });
  });
});

describe("limits", () => {
  it("takes 16,384 characters of path and query, and answers 414 to more and 431 to more than Node reads", async () => {
    const { http } = await start();
    const ask = (length: number) => {
      const begin = `${new URL(http).pathname}/devicemgmt/tasks?dtid=t&x=`;
      return fetch(`${new URL(http).origin}${begin}${"x".repeat(length - begin.length)}`);
    };
    expect((await ask(16_384)).status).toBe(200);
    const long = await ask(16_385);
    expect([long.status, await long.json()]).toMatchObject([414, { error: { code: 414 } }]);
    const tooLong = await raw(http, `GET /v1.1/x?${"x".repeat(40_000)} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect([tooLong.split("\r\n")[0], envelopeOf(tooLong)]).toMatchObject([
      "HTTP/1.1 431 Request Header Fields Too Large",
      { error: { code: 431 } },
    ]);
  });

  it("answers what is no HTTP with 400 and the envelope", async () => {
    const { http } = await start();
    const answer = await raw(http, "HELLO\r\n\r\n");
    expect([answer.split("\r\n")[0], envelopeOf(answer)]).toMatchObject([
      "HTTP/1.1 400 Bad Request",
      { error: { code: 4001 } },
    ]);
  });

  it.each([
    ["header fields", "GET /v1.1/devicemgmt/tasks HTTP/1.1\r\nHost: x\r\n"],
    [
      "a body",
      "POST /v1.1/devices HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
    ],
  ])("ends a connection on which %s do not end: 408 with the envelope", async (_, beginning) => {
    const timeouts = { headers: millis(50), request: millis(50), silence: seconds(60) };
    const { http } = await start({ timeouts });
    const answer = await raw(http, beginning);
    expect([answer.split("\r\n")[0], envelopeOf(answer)]).toMatchObject([
      "HTTP/1.1 408 Request Timeout",
      { error: { code: 408 } },
    ]);
  });

  it("ends a connection on which nothing happens", async () => {
    const { http } = await start({ timeouts: { headers: seconds(60), request: seconds(60), silence: millis(50) } });
    expect(await raw(http, "")).toBe("");
  });

  it("keeps browsers from storing and from guessing what an answer is", async () => {
    const { http } = await start();
    const { headers } = await fetch(`${http}/devicemgmt/tasks?dtid=t`);
    expect([headers.get("cache-control"), headers.get("x-content-type-options")]).toEqual(["no-store", "nosniff"]);
    expect(headers.get("x-rate-limit-limit")).toBeNull();
  });
});

describe("the rate limit", () => {
  it("answers 429 with the envelope beyond 2 requests of a token, and another token and the pages go on", async () => {
    const { http, origin } = await start({ rateLimit: { perMinute: 2, perDay: 1_000 } });
    const ask = (token: string) =>
      fetch(`${http}/devicemgmt/tasks?dtid=t`, { headers: { Authorization: `Bearer ${token}` } });
    const first = await ask("a");
    expect([
      first.status,
      first.headers.get("x-rate-limit-limit"),
      first.headers.get("x-rate-limit-remaining"),
    ]).toEqual([200, "2/1000", "1/999"]);
    expect(first.headers.get("x-rate-limit-reset")).toMatch(/^\d{10}\/\d{10}$/);
    expect((await ask("a")).status).toBe(200);
    const third = await ask("a");
    expect([third.status, await third.json()]).toEqual([
      429,
      { error: { code: 429, message: expect.stringContaining("2/1000") } },
    ]);
    expect(third.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(third.headers.get("x-rate-limit-remaining")).toBe("0/998");
    expect((await ask("b")).status).toBe(200);
    expect((await fetch(`${origin}/docs`)).status).toBe(200);
  });

  it("counts the page's content and events as well, and the page itself says so in its frame", async () => {
    const { origin } = await start({ rateLimit: { perMinute: 3, perDay: 1_000 } });
    const content = await fetch(`${origin}/web/content`);
    expect([content.status, content.headers.get("x-rate-limit-remaining")]).toEqual([200, "2/999"]);
    const aborter = new AbortController();
    const events = await fetch(`${origin}/events`, { signal: aborter.signal });
    expect([events.status, events.headers.get("x-rate-limit-remaining")]).toEqual([200, "1/998"]);
    aborter.abort();
    expect(await (await fetch(`${origin}/`)).text()).toContain('id="devices"');
    for (const path of ["/web/content", "/events", "/v1.1/devicemgmt/tasks?dtid=t"]) {
      const refused = await fetch(`${origin}${path}`);
      expect([path, refused.status, await refused.json()]).toMatchObject([path, 429, { error: { code: 429 } }]);
    }
    const page = await fetch(`${origin}/`);
    const text = await page.text();
    expect([page.status, text.includes("the rate limit of 3/1000 is exceeded"), text.includes('id="devices"')]).toEqual(
      [200, true, false],
    );
    for (const path of ["/web/page.js", "/healthz", "/metrics"]) {
      expect((await fetch(`${origin}${path}`)).status).toBe(200);
    }
  });
});
