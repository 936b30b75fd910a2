/**
 * What commands need from the rest of the program. main.ts gives them the real things, tests give them others.
 */
import type { Adapter } from "../harness/adapter/adapter.ts";
import type { CampaignResult } from "../harness/campaign/campaign.ts";
import type { CampaignOptions, Threads } from "../harness/campaign/campaign-options.ts";
import type { Target } from "../harness/execution/target.ts";
import type { runFleet } from "../harness/fleet/run-fleet.ts";
import type { RestartableServers } from "../harness/live/restartable-server.ts";
import type { runLoad } from "../harness/load/run-load.ts";
import type { ReplayOutcome } from "../harness/record/replay-outcome.ts";
import type { SavedPlan } from "../harness/record/verdict.ts";
import type { SelfTestCase, SelfTestResult } from "../harness/selftest/case.ts";
import type { BuildServer } from "../harness/simulation/build-server.ts";
import type { Profile } from "../protocol/profile.ts";
import type { CrossOrigins } from "../reference-server/adapters/cross-origin.ts";
import type { LogLevel } from "../reference-server/adapters/log-levels.ts";
import type { ServeLimits } from "../reference-server/adapters/serve-limits.ts";
import type { Chart } from "../reports/charts/chart.ts";
import type { Plan } from "../scenarios/plan.ts";
import type { Requirement } from "../scenarios/requirements.ts";
import type { AdapterChoice } from "./adapters.ts";
import type { openDistributedRun } from "./distributed/coordinator.ts";
import type { runWorker } from "./distributed/worker-process.ts";
import type { PreflightProbes } from "./preflight/probes.ts";

export interface Services {
  readonly version: string;
  /** How the user calls this program: what commands to copy begin with. */
  readonly program: string;
  readonly nodeVersion: string;
  readonly mutants: readonly MutantSummary[];
  readonly variants: readonly VariantSummary[];
  /** The reference server, or the copy of it that has the defect of this id; several, with commas between them. */
  serverFor(mutant: string | undefined): BuildServer;
  runCampaign(options: CampaignOptions): Promise<CampaignResult>;
  /** Starts threads that share the work of a simulated campaign. */
  openPlanRunner: Threads["open"];
  /** Starts threads that share the cases of a self-test. */
  openSelfTest(threads: number, signal?: AbortSignal): SelfTestRunner;
  /** How many threads can compute at once. */
  processors(): number;
  replaySavedPlan(saved: SavedPlan, target: Target, signal?: AbortSignal): Promise<ReplayOutcome>;
  /** The smallest plan that exercises a requirement, as far as a few seconds of search find it. */
  smallestExample(requirement: Requirement): Promise<Plan | undefined>;
  /** Starts the reference server in a process of its own. */
  startReferenceLive(profile: Profile): Promise<ReferenceLive>;
  /** Brings up what stands between a server and us that does not speak the task API. */
  openAdapter(choice: AdapterChoice): Promise<Adapter>;
  /** Starts the reference server in this process. */
  startServer(settings: ServeSettings): Promise<RunningServer>;
  /** Runs a fleet in this process. */
  runFleet: typeof runFleet;
  /** Runs a fleet and tasks for it. */
  runLoad: typeof runLoad;
  /** Waits for the workers of a distributed run. */
  openDistributedRun: typeof openDistributedRun;
  /** Takes part in distributed runs until the signal. */
  runWorker: typeof runWorker;
  /** What tells this process from others of this machine. */
  processName(): string;
  openProbes(): Promise<PreflightProbes>;
  /** Bytes of a PNG. */
  drawPng(chart: Chart): Promise<Uint8Array>;
  /** `host:port` with the host as an address. */
  resolveAddress(host: string, port: number): Promise<string>;
  /** Settles when standard input has ended. */
  inputEnded(): Promise<void>;
  /** Settles at SIGTERM. */
  terminated(): Promise<void>;
  randomSeed(): string;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** The time of day, `2026-01-01T00:00:00Z`. */
  timeOfDay(): string;
}

export interface MutantSummary {
  readonly id: string;
  readonly sentence: string;
  /** What it must break. */
  readonly requirement: string;
  readonly source: string;
  /** What it declares; absent: what the reference server declares. */
  readonly profile?: Profile;
}

export interface VariantSummary {
  readonly id: string;
  readonly sentence: string;
  /** What allows it. */
  readonly choice: string;
  readonly profile?: Profile;
}

export interface SelfTestRunner {
  /** Cases that run at the same time. */
  readonly lanes: number;
  run(selfTest: SelfTestCase): Promise<SelfTestResult>;
  close(): Promise<void>;
}

export interface RunningServer {
  /** `http://127.0.0.1:8080/v1.1` */
  readonly http: string;
  /** `coap://127.0.0.1:5683` */
  readonly coap: string;
  /** Settles when it can no longer work, with what to tell the user; else never. */
  readonly failure?: Promise<Error>;
  close(): Promise<void>;
}

export interface ReferenceLive extends RunningServer {
  /** More of the same kind, for plans that kill their server. */
  readonly restartable?: RestartableServers;
}

export interface ServeSettings {
  readonly host: string;
  /** 0: a free one. */
  readonly httpPort: number;
  readonly coapPort: number;
  readonly profile: Profile;
  readonly token: string | undefined;
  readonly requiresDeviceToken: boolean;
  readonly open: boolean;
  /** A file, or the URL of a PostgreSQL database; `undefined`: memory. */
  readonly data: string | undefined;
  /** Name or numeric address; `undefined`: the one that the server listens on. */
  readonly publicHost: string | undefined;
  readonly firmwareDelivery: "pull" | "push";
  readonly logLevel: LogLevel;
  /** Whose pages may use the API from a browser; `undefined`: those of this server only. */
  readonly crossOrigins: CrossOrigins | undefined;
  readonly provision: Provision | undefined;
  /** Requests per token; `undefined`: any number. */
  readonly rateLimit: { readonly perMinute: number; readonly perDay: number } | undefined;
  /** What is left out has the default that `serve --help` shows. */
  readonly limits: Partial<ServeLimits>;
}

/** What `serve` knows from the beginning: bodies of POST /devicetypes and POST /devices. */
export interface Provision {
  readonly deviceTypes: readonly unknown[];
  readonly devices: readonly unknown[];
}
