/**
 * The metrics of a server, for Prometheus. What the watch counts is read when somebody asks; it costs the same however many
 * devices and tasks there are. Labels are bounded: endpoints, statuses, classes.
 *
 * Each server has a registry of its own: two in one process do not mix.
 */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { DIRECTIONS, MESSAGE_CLASSES } from "../watch/traffic.ts";
import type { Watch } from "../watch/watch.ts";

export interface Metrics {
  readonly contentType: string;
  /** The Prometheus text format. */
  text(): Promise<string>;
  /** @param endpoint its id, or `none` */
  answered(endpoint: string, status: number): void;
  /** @param seconds how long the store took */
  committed(seconds: number): void;
}

export interface MetricsSource {
  readonly watch: Pick<Watch, "fleet" | "traffic" | "waitingCommits">;
  /** Browsers that follow the events. */
  readonly followers: () => number;
  /** Seconds since the start. */
  readonly uptime: () => number;
  readonly version: string;
}

/** Seconds. A commit of SQLite takes about a millisecond on an SSD, one of PostgreSQL a few. */
const COMMIT_BUCKETS = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export function createMetrics(source: MetricsSource): Metrics {
  const registry = new Registry();
  addFleet(registry, source);
  addTraffic(registry, source);
  const requests = new Counter({
    name: "fleetproof_rest_requests_total",
    help: "Answered requests of the REST API, by endpoint and HTTP status.",
    labelNames: ["endpoint", "status"],
    registers: [registry],
  });
  const commits = new Histogram({
    name: "fleetproof_store_commit_seconds",
    help: "How long the durable store took for a commit.",
    buckets: COMMIT_BUCKETS,
    registers: [registry],
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    answered: (endpoint, status) => requests.inc({ endpoint, status }),
    committed: (seconds) => commits.observe(seconds),
  };
}

function addFleet(registry: Registry, { watch: { fleet }, version, uptime }: MetricsSource): void {
  const gauge = (name: string, help: string, value: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value());
      },
    });
  };
  const byStatus = (name: string, help: string, counts: Readonly<Record<string, number>>): void => {
    new Gauge({
      name,
      help,
      labelNames: ["status"],
      registers: [registry],
      collect() {
        for (const [status, count] of Object.entries(counts)) this.set({ status }, count);
      },
    });
  };
  gauge("fleetproof_devices", "Devices that the server knows.", () => fleet.devices.size);
  gauge("fleetproof_registered_devices", "Devices that are registered.", () => fleet.registered);
  byStatus("fleetproof_tasks", "Tasks that the server keeps, by status.", fleet.tasks.tasks);
  byStatus("fleetproof_device_tasks", "Device tasks that the server keeps, by status.", fleet.tasks.deviceTasks);
  counter(registry, "fleetproof_attempts_total", "Attempts of device tasks.", () => fleet.tasks.attempts);
  gauge("fleetproof_uptime_seconds", "Seconds since the start.", uptime);
  new Gauge({
    name: "fleetproof_info",
    help: "Always 1; the label has the version.",
    labelNames: ["version"],
    registers: [registry],
  }).set({ version }, 1);
}

function addTraffic(registry: Registry, { watch, followers }: MetricsSource): void {
  const { traffic } = watch;
  new Counter({
    name: "fleetproof_coap_messages_total",
    help: "CoAP messages, by direction and class; copies included.",
    labelNames: ["direction", "class"],
    registers: [registry],
    collect() {
      this.reset();
      for (const direction of DIRECTIONS) {
        for (const name of MESSAGE_CLASSES) this.inc({ direction, class: name }, traffic[direction][name]);
      }
    },
  });
  counter(
    registry,
    "fleetproof_coap_retransmissions_total",
    "Confirmable messages that the server has sent again.",
    () => traffic.retransmissions,
  );
  new Gauge({
    name: "fleetproof_store_waiting_changes",
    help: "Changes that wait for the store, and the answers that wait with them.",
    registers: [registry],
    collect() {
      this.set(watch.waitingCommits);
    },
  });
  new Gauge({
    name: "fleetproof_event_followers",
    help: "Browsers that follow the events.",
    registers: [registry],
    collect() {
      this.set(followers());
    },
  });
}

/** A number that is counted elsewhere. */
function counter(registry: Registry, name: string, help: string, value: () => number): void {
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(value());
    },
  });
}
