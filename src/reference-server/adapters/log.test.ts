import { describe, expect, it } from "vitest";
import { address } from "../../protocol/address.ts";
import { createLog, createRefusalLog, logNotice, type Refusal } from "./log.ts";

function setUp(level: Parameters<typeof createLog>[0]) {
  const lines: string[] = [];
  const parsed = (): readonly Record<string, unknown>[] =>
    lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { log: createLog(level, (line) => lines.push(line)), lines, parsed };
}

const refusal = (status: number): Refusal => ({
  method: "GET",
  endpoint: "get-task",
  status,
  code: status,
  field: undefined,
});

describe("createLog", () => {
  it("writes one line of JSON with level, time of day, event and fields", () => {
    const { log, lines, parsed } = setUp("info");
    logNotice(log, { kind: "registered", ep: "d1", lifetime: 60, address: address("10.0.0.1:1"), queueMode: true });
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    expect(parsed()).toEqual([
      {
        level: "info",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        event: "registered",
        ep: "d1",
        lifetime: 60,
        address: "10.0.0.1:1",
        queueMode: true,
        msg: "device registered",
      },
    ]);
  });

  it("says at info that a device task has ended, with its code, and nothing of each Update", () => {
    const { log, parsed } = setUp("info");
    logNotice(log, { kind: "registration-updated", ep: "d1", lifetime: 60, address: address("10.0.0.1:1") });
    logNotice(log, { kind: "device-task-ended", task: "t", ep: "d1", status: "FAILED", attempts: 2, code: "4040" });
    expect(parsed()).toMatchObject([{ event: "device-task-ended", status: "FAILED", code: "4040", attempts: 2 }]);
  });

  it("says nothing at all at silent", () => {
    const { log, lines } = setUp("silent");
    log.error({ event: "bug" }, "a mistake");
    expect(lines).toEqual([]);
  });
});

describe("createRefusalLog", () => {
  it("logs 20 refusals in a second, and then how many more there were", () => {
    const { log, parsed } = setUp("info");
    const refused = createRefusalLog(log);
    for (let count = 0; count < 50; count += 1) refused(refusal(404), 7);
    refused(refusal(404), 8);
    expect(parsed()).toHaveLength(22);
    expect(parsed()[20]).toMatchObject({ event: "requests-refused", more: 30 });
    expect(parsed()[21]).toMatchObject({ event: "request-refused", endpoint: "get-task", status: 404 });
  });

  it("takes what is the server's own fault as a warning", () => {
    const { log, parsed } = setUp("warn");
    const refused = createRefusalLog(log);
    refused(refusal(404), 1);
    refused(refusal(503), 1);
    expect(parsed()).toMatchObject([{ level: "warn", status: 503 }]);
  });
});
