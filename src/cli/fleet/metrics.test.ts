import { describe, expect, it } from "vitest";
import { createFleetMeter } from "../../harness/fleet/meter.ts";
import { createSeries } from "../../harness/load/series.ts";
import type { FleetSnapshot } from "../../harness/record/fleet-result.ts";
import { createLoadMetrics } from "../load/load-metrics.ts";
import { statusLine } from "./fleet-text.ts";
import { createFleetMetrics, serveMetrics } from "./metrics.ts";

const snapshot = (at: number, sent: number): FleetSnapshot => ({
  at,
  phase: "running",
  devices: 5_000,
  started: 1_200,
  registered: 1_000,
  asleep: 10,
  waiting: 0,
  inFlight: 200,
  counts: { ...createFleetMeter().counts, sent, retransmissions: 2, unanswered: 1 },
  responses: { "register 2.01": 1_000, "register 4.00": 3 },
  worstLateness: 2_500,
  refusals: 0,
});

describe("createFleetMetrics", () => {
  it("shows the last snapshot, not the sum of all", async () => {
    const metrics = createFleetMetrics();
    metrics.update(snapshot(1_000_000, 100));
    metrics.update(snapshot(2_000_000, 150));
    const text = await metrics.text();
    for (const line of [
      'fleetproof_fleet_datagrams_total{direction="sent"} 150',
      'fleetproof_fleet_responses_total{operation="register",code="4.00"} 3',
      "fleetproof_fleet_devices_registered 1000",
      "fleetproof_fleet_worst_lateness_seconds 0.0025",
    ])
      expect(text.split("\n")).toContain(line);
  });

  it("is served at /metrics on loopback, and nowhere else", async () => {
    const server = await serveMetrics(0, createFleetMetrics());
    try {
      const page = await fetch(`http://127.0.0.1:${server.port}/metrics`);
      expect([page.status, page.headers.get("content-type")]).toEqual([200, expect.stringContaining("text/plain")]);
      expect((await fetch(`http://127.0.0.1:${server.port}/`)).status).toBe(404);
    } finally {
      await server.close();
    }
  });
});

describe("createLoadMetrics", () => {
  it("shows how tasks ended, and percentiles in seconds, on the same page", async () => {
    const metrics = createFleetMetrics();
    const series = createSeries();
    series.count("failed", { operation: "read", code: "5000" }, 2);
    series.record("task.completion", { operation: "read" }, 1_500);
    createLoadMetrics(metrics.registry).update({ phase: "asking", asked: 9, underWay: 4, series });
    const text = await metrics.text();
    expect(text).toContain('fleetproof_load_outcomes{outcome="failed",operation="read",code="5000"} 2');
    expect(text).toContain('fleetproof_load_task_completion_seconds{quantile="0.99"} 0.0015');
    expect(text).toContain("fleetproof_load_tasks_under_way 4");
  });
});

describe("statusLine", () => {
  it("says for whom a fleet that leaves still waits", () => {
    const leaving = { ...snapshot(2_000_000, 150), phase: "leaving" as const, registered: 9, inFlight: 6 };
    expect(statusLine(leaving, undefined)).toContain(
      "2 s  leaving (6 wait for the answer to their De-register, 3 offline or not yet asked to)  registered 9/5,000",
    );
    expect(statusLine({ ...leaving, registered: 0, inFlight: 0 }, undefined)).toContain("2 s  leaving  registered 0/");
  });

  it("shows counts, rates since the line before, and what went wrong", () => {
    const line = statusLine(snapshot(2_000_000, 150), snapshot(1_000_000, 100));
    expect(line).toBe(
      "2 s  registered 1,000/5,000  asleep 10  in flight 200  sent 50/s  received 0/s  retransmitted 2  errors 4",
    );
  });
});
