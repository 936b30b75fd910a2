/** Shows a fleet while it runs: a status line, lines of JSON, metrics; each where the user asked for it. */
import type { FleetSnapshot, FleetSummary } from "../../harness/record/fleet-result.ts";
import type { CommandIo } from "../io.ts";
import { createProgressLine } from "../progress.ts";
import type { Services } from "../services.ts";
import { statusLine, summaryLines } from "./fleet-text.ts";
import { createFleetMetrics, type FleetMetrics, serveMetrics } from "./metrics.ts";

export interface FleetShow {
  /** For what else is to be shown on the same page. */
  readonly metrics: FleetMetrics;
  /** To be called once a second. @param more what else there is: text for the status line, fields for the line of JSON */
  second(snapshot: FleetSnapshot, more?: { readonly text: string; readonly json: object }): void;
  summary(summary: FleetSummary): void;
  close(): Promise<void>;
}

export interface FleetShowOptions {
  readonly "json-lines": boolean;
  readonly metrics?: number | undefined;
}

/** @throws HarnessError `address-in-use`: the port of the metrics */
export async function openFleetShow(
  options: FleetShowOptions,
  services: Pick<Services, "now">,
  io: CommandIo,
): Promise<FleetShow> {
  const metrics = createFleetMetrics();
  const server = options.metrics === undefined ? undefined : await serveMetrics(options.metrics, metrics);
  if (server !== undefined) io.err(`metrics: http://127.0.0.1:${server.port}/metrics\n`);
  const progress = createProgressLine(io, services.now);
  let before: FleetSnapshot | undefined;
  const json = (value: unknown): void => {
    if (options["json-lines"]) io.out(`${JSON.stringify(value)}\n`);
  };
  return {
    metrics,
    second(snapshot, more = { text: "", json: {} }) {
      metrics.update(snapshot);
      progress.show(`${statusLine(snapshot, before)}${more.text}`);
      before = snapshot;
      json({ kind: "status", ...snapshot, ...more.json });
    },
    summary(summary) {
      progress.clear();
      metrics.update(summary);
      json({ kind: "summary", ...summary });
      const text = summaryLines(summary).map((line) => `${line}\n`);
      if (options["json-lines"]) io.err(text.join(""));
      else io.out(text.join(""));
    },
    async close() {
      progress.clear();
      await server?.close();
    },
  };
}
