/** Services and streams for tests of commands: everything is recorded, nothing is started. */
import type { CampaignResult } from "../harness/campaign/campaign.ts";
import type { CampaignOptions } from "../harness/campaign/campaign-options.ts";
import type { Verdict } from "../harness/record/verdict.ts";
import type { CommandIo } from "./io.ts";
import type { ServeSettings, Services } from "./services.ts";

export const PASSED: Verdict = {
  formatVersion: 1,
  outcome: "pass",
  reason: "1 requirements kept in 3 plans",
  target: "sim",
  seed: "4711",
  profile: "artik",
  runs: 3,
  distinctSequences: 3,
  devices: 4,
  cutOff: 0,
  harnessErrors: [],
  interrupted: false,
  requirements: [],
  failures: [],
  observedChoices: [],
};

export interface TestBench {
  readonly io: CommandIo;
  readonly services: Services;
  readonly out: () => string;
  readonly err: () => string;
  readonly campaigns: CampaignOptions[];
  readonly served: ServeSettings[];
  readonly closed: string[];
  readonly abort: () => void;
}

const unexpected = (what: string) => (): never => {
  throw new Error(`${what} is not expected in this test`);
};

export function testBench(changes: Partial<Services> = {}, verdict: Partial<Verdict> = {}): TestBench {
  const written = { out: "", err: "" };
  const stop = new AbortController();
  const campaigns: CampaignOptions[] = [];
  const served: ServeSettings[] = [];
  const closed: string[] = [];
  const running = (name: string) => ({
    http: "http://127.0.0.1:8080/v1.1",
    coap: "coap://127.0.0.1:5683",
    close: async () => void closed.push(name),
  });
  const services: Services = {
    version: "0.1.0",
    program: "npx fleetproof",
    nodeVersion: "v20.20.2",
    mutants: [{ id: "never-retries", sentence: "It never retries.", requirement: "R-04", source: "nowhere" }],
    variants: [],
    smallestExample: async () => undefined,
    openSelfTest: () => unexpected("a self-test")(),
    serverFor: () => unexpected("a server"),
    runCampaign: async (options): Promise<CampaignResult> => {
      campaigns.push(options);
      return {
        verdict: { ...PASSED, seed: options.seed, ...verdict },
        failures: [],
        states: undefined,
        coverage: { formatVersion: 1, conditions: {}, transitions: {} },
        tasks: { formatVersion: 1, ends: [] },
      };
    },
    openPlanRunner: unexpected("a thread"),
    processors: () => 4,
    replaySavedPlan: unexpected("a replay"),
    startReferenceLive: async () => running("reference-live"),
    startServer: async (settings) => {
      served.push(settings);
      return running("serve");
    },
    openAdapter: unexpected("an adapter"),
    runFleet: unexpected("a fleet"),
    runLoad: unexpected("a load"),
    openDistributedRun: unexpected("a distributed run"),
    runWorker: unexpected("a worker"),
    processName: () => "4711",
    openProbes: unexpected("a probe"),
    drawPng: unexpected("a chart"),
    resolveAddress: async (host, port) => `${host}:${port}`,
    inputEnded: unexpected("waiting for standard input"),
    terminated: unexpected("waiting for SIGTERM"),
    randomSeed: () => "random-seed",
    now: () => 0,
    timeOfDay: () => "2026-01-01T00:00:00Z",
    ...changes,
  };
  const io: CommandIo = {
    out(text) {
      written.out += text;
    },
    err(text) {
      written.err += text;
    },
    outIsTerminal: false,
    errIsTerminal: false,
    columns: 80,
    colours: false,
    signal: stop.signal,
  };
  return {
    io,
    services,
    out: () => written.out,
    err: () => written.err,
    campaigns,
    served,
    closed,
    abort: () => stop.abort(),
  };
}
