/**
 * The real services: the only place that joins the harness with the reference server and its mutants.
 *
 * What one command needs and is slow to load (the HTTP server, the CoAP peer, the canvas) is loaded by that command.
 */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { runCampaign } from "../harness/campaign/campaign.ts";
import { runFleet } from "../harness/fleet/run-fleet.ts";
import { startServerProcess } from "../harness/live/reference-live.ts";
import { openRestartableProcess, type ServerPlace } from "../harness/live/restartable-process.ts";
import { runLoad } from "../harness/load/run-load.ts";
import { replaySavedPlan } from "../harness/saved/replay.ts";
import { smallestExample } from "../harness/simulation/smallest-example.ts";
import { MUTANTS } from "../mutants/all-mutants.ts";
import { LEGAL_VARIANTS } from "../mutants/legal-variants.ts";
import { now } from "../platform/clock.ts";
import { HarnessError, systemCode } from "../platform/errors.ts";
import { readJson } from "../platform/files.ts";
import { onInputEnd, onInterrupt, processors } from "../platform/process.ts";
import { freshSeed } from "../platform/random.ts";
import { pause } from "../platform/timers.ts";
import { resolveHost } from "../platform/udp.ts";
import { ARTIK, type Profile } from "../protocol/profile.ts";
import { millis, toUnixMillis } from "../protocol/time.ts";
import type { Chart } from "../reports/charts/chart.ts";
import { drawPng } from "../reports/charts/draw-png.ts";
import type { Plan } from "../scenarios/plan.ts";
import type { Requirement } from "../scenarios/requirements.ts";
import { openAdapter } from "./adapters.ts";
import { recipeOf, serverOf } from "./server-recipe.ts";
import type { ReferenceLive, RunningServer, ServeSettings, Services } from "./services.ts";
import { timeOfDay } from "./time-of-day.ts";
import { openPlanRunner, openSelfTest } from "./worker-pool.ts";

export async function createServices(): Promise<Services> {
  return {
    version: await ownVersion(),
    program: programName(process.env.npm_lifecycle_event),
    nodeVersion: process.version,
    mutants: MUTANTS,
    variants: LEGAL_VARIANTS,
    serverFor: (mutant) => serverOf(recipeOf(mutant)),
    runCampaign,
    openPlanRunner,
    openSelfTest,
    processors,
    replaySavedPlan,
    smallestExample: findExample,
    startReferenceLive,
    openAdapter,
    startServer: serve,
    runFleet,
    runLoad,
    openDistributedRun: async (options) => (await import("./distributed/coordinator.ts")).openDistributedRun(options),
    runWorker: async (options) => (await import("./distributed/worker-process.ts")).runWorker(options),
    processName: () => String(process.pid),
    openProbes: async () => ({
      openRest: (await import("./preflight/rest-probe.ts")).openRestProbe,
      openCoap: (await import("./preflight/coap-probe.ts")).openCoapProbe,
      unixTime: () => toUnixMillis(now()),
      pause: (milliseconds) => pause(millis(milliseconds)),
    }),
    drawPng: draw,
    resolveAddress: resolveHost,
    inputEnded: () => new Promise((resolve) => onInputEnd(resolve)),
    terminated: () =>
      new Promise((resolve) => {
        onInterrupt((signal) => signal === "SIGTERM" && resolve());
      }),
    randomSeed: freshSeed,
    now: () => now() / 1_000,
    timeOfDay: () => timeOfDay(now()),
  };
}

/** What a module that is not there, or was built for another machine, is reported by. */
const NOT_LOADED: readonly string[] = ["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND", "ERR_DLOPEN_FAILED"];

/** @throws HarnessError where the drawing library is not installed: it is optional, since not every machine can have it */
async function draw(chart: Chart): Promise<Uint8Array> {
  try {
    return await drawPng(chart);
  } catch (cause) {
    if (!NOT_LOADED.includes(systemCode(cause) ?? "")) throw cause;
    const message = "pictures need a package that is not installed: npm install chartjs-node-canvas chart.js";
    throw new HarnessError("package-missing", message, { cause });
  }
}

/** Microseconds for finding an example and making it small. */
const EXAMPLE_TIME = 4_000_000;

function findExample({ id, families }: Requirement): Promise<Plan | undefined> {
  const end = now() + EXAMPLE_TIME;
  const build = serverOf(recipeOf(undefined));
  return smallestExample({ requirement: id, families, profile: ARTIK, build, mayContinue: () => now() < end });
}

async function serve(settings: ServeSettings): Promise<RunningServer> {
  const { startServer } = await import("../reference-server/adapters/serve.ts");
  const { openStore } = await import("../reference-server/adapters/open-store.ts");
  const { host, httpPort, coapPort, profile, token, open, data, provision, rateLimit, crossOrigins } = settings;
  const { requiresDeviceToken, limits, logLevel, publicHost, firmwareDelivery } = settings;
  const { createLog } = await import("../reference-server/adapters/log.ts");
  return startServer({
    version: await ownVersion(),
    log: createLog(logLevel),
    host,
    http: httpPort,
    coap: coapPort,
    profile,
    open,
    rateLimit,
    crossOrigins,
    requiresDeviceToken,
    limits,
    publicHost,
    firmwareDelivery,
    ...(data === undefined ? {} : { store: await openStore(data) }),
    ...(token === undefined ? {} : { token }),
    ...(provision === undefined ? {} : { provision }),
  });
}

async function startReferenceLive(profile: Profile): Promise<ReferenceLive> {
  const serve = ({ http, coap, data }: ServerPlace): readonly string[] => {
    const options = ["--http", `${http}`, "--coap", `${coap}`, "--stop-with-stdin", "--log-level", "error"];
    const stored = data === undefined ? [] : ["--data", data];
    return [...ownEntry(), "serve", ...options, ...stored, "--profile", JSON.stringify(profile)];
  };
  const { target, stop } = await startServerProcess({ args: serve({ http: 0, coap: 0 }) });
  return {
    http: target.http,
    coap: `coap://${target.coap}`,
    restartable: { serves: "each-plan", open: () => openRestartableProcess(serve) },
    close: async () => void (await stop()),
  };
}

/** In the checkout the program is a script of npm and has no name of its own. */
const programName = (script: string | undefined): string =>
  script === "start" || script === "fleetproof" ? "npm run -s fleetproof --" : "npx fleetproof";

/** Arguments with which Node runs this program: the build, or in the checkout the sources through tsx. */
function ownEntry(): readonly string[] {
  const fromSources = import.meta.url.endsWith(".ts");
  const main = fileURLToPath(new URL(fromSources ? "./main.ts" : "./main.js", import.meta.url));
  return fromSources ? ["--import", "tsx", main] : [main];
}

async function ownVersion(): Promise<string> {
  const file = fileURLToPath(new URL("../../package.json", import.meta.url));
  return z.object({ version: z.string() }).parse(await readJson(file)).version;
}
