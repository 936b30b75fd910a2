/**
 * What a running fleet shows to Prometheus: the last snapshot, once a second, whoever asks and how often. Labels are
 * bounded: operations, codes, directions.
 */
import { Counter, Gauge, Registry } from "prom-client";
import { serveText, type TextServer } from "../../harness/live/text-server.ts";
import type { FleetSnapshot } from "../../harness/record/fleet-result.ts";

export interface FleetMetrics {
  update(snapshot: FleetSnapshot): void;
  /** For what else is to be shown on the same page. */
  readonly registry: Registry;
  text(): Promise<string>;
}

const GAUGES = [
  ["devices", "Devices of this process.", (s: FleetSnapshot) => s.devices],
  ["devices_started", "Devices that have tried to register.", (s: FleetSnapshot) => s.started],
  ["devices_registered", "Devices that hold a registration.", (s: FleetSnapshot) => s.registered],
  ["devices_asleep", "Registered devices that are not listening.", (s: FleetSnapshot) => s.asleep],
  ["registers_in_flight", "First Registers and De-registers under way.", (s: FleetSnapshot) => s.inFlight],
  ["registers_waiting", "Devices that are due and wait for a place.", (s: FleetSnapshot) => s.waiting],
  ["worst_lateness_seconds", "How late this process was at worst.", (s: FleetSnapshot) => s.worstLateness / 1e6],
] as const;

const COUNTERS = [
  ["datagrams_total", { direction: "sent" }, (s: FleetSnapshot) => s.counts.sent],
  ["datagrams_total", { direction: "received" }, (s: FleetSnapshot) => s.counts.received],
  ["lost_datagrams_total", { direction: "sent" }, (s: FleetSnapshot) => s.counts.lostUp],
  ["lost_datagrams_total", { direction: "received" }, (s: FleetSnapshot) => s.counts.lostDown],
  ["retransmissions_total", { by: "devices" }, (s: FleetSnapshot) => s.counts.retransmissions],
  ["retransmissions_total", { by: "server" }, (s: FleetSnapshot) => s.counts.serverRetransmissions],
  ["effects_total", { effect: "read" }, (s: FleetSnapshot) => s.counts.reads],
  ["effects_total", { effect: "written" }, (s: FleetSnapshot) => s.counts.writes],
  ["effects_total", { effect: "executed" }, (s: FleetSnapshot) => s.counts.executions],
  ["unanswered_requests_total", {}, (s: FleetSnapshot) => s.counts.unanswered],
  ["server_requests_total", {}, (s: FleetSnapshot) => s.counts.serverRequests],
] as const;

const HELP: Readonly<Record<(typeof COUNTERS)[number][0], string>> = {
  datagrams_total: "Datagrams at the sockets of the devices.",
  lost_datagrams_total: "Datagrams lost by the fleet's own links, on purpose.",
  retransmissions_total: "Repeated Confirmable messages.",
  effects_total: "What devices did because of requests.",
  unanswered_requests_total: "Requests of devices without a response.",
  server_requests_total: "Requests to devices, copies not counted.",
};

export function createFleetMetrics(): FleetMetrics {
  const registry = new Registry();
  const registers = [registry];
  const gauges = GAUGES.map(([name, help, value]) => {
    const gauge = new Gauge({ name: `fleetproof_fleet_${name}`, help, registers });
    return (snapshot: FleetSnapshot) => gauge.set(value(snapshot));
  });
  const counters = new Map<string, Counter>();
  const counterOf = (name: keyof typeof HELP, labels: object): Counter => {
    const known = counters.get(name);
    if (known !== undefined) return known;
    const labelNames = Object.keys(labels);
    const fresh = new Counter({ name: `fleetproof_fleet_${name}`, help: HELP[name], labelNames, registers });
    counters.set(name, fresh);
    return fresh;
  };
  const responses = new Counter({
    name: "fleetproof_fleet_responses_total",
    help: "Responses to requests of devices.",
    labelNames: ["operation", "code"],
    registers,
  });
  return {
    registry,
    text: () => registry.metrics(),
    update(snapshot) {
      for (const set of gauges) set(snapshot);
      // A counter of prom-client cannot be set: it begins anew, and is read only between two snapshots.
      for (const [name, labels] of COUNTERS) counterOf(name, labels).reset();
      for (const [name, labels, value] of COUNTERS) counterOf(name, labels).inc({ ...labels }, value(snapshot));
      responses.reset();
      for (const [key, count] of Object.entries(snapshot.responses)) {
        const [operation = "", code = ""] = key.split(" ");
        responses.inc({ operation, code }, count);
      }
    },
  };
}

/** @throws HarnessError `address-in-use` */
export const serveMetrics = (port: number, metrics: FleetMetrics): Promise<TextServer> =>
  serveText(port, { path: "/metrics", contentType: metrics.registry.contentType, text: () => metrics.text() });
