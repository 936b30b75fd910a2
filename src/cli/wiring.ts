/**
 * The real services: the only place that joins the harness with the reference server and its mutants.
 */
import { fileURLToPath } from "node:url";
import { runCampaign } from "../harness/campaign.ts";
import { startServerProcess } from "../harness/live/reference-live.ts";
import { replaySavedPlan } from "../harness/replay.ts";
import type { BuildServer } from "../harness/simulate.ts";
import { now } from "../platform/clock.ts";
import { onParentGone } from "../platform/process.ts";
import { freshSeed } from "../platform/random.ts";
import { resolveHost } from "../platform/udp.ts";
import { completeProfile, type Profile } from "../protocol/profile.ts";
import { startServer } from "../reference-server/adapters/serve.ts";
import { createMemoryStore, withStore } from "../reference-server/memory-store.ts";
import { createReferenceServer } from "../reference-server/server.ts";
import { drawStateChart } from "../reports/chart.ts";
import packageJson from "../../package.json" with { type: "json" };
import { openCoapProbe } from "./preflight/coap-probe.ts";
import { openRestProbe } from "./preflight/rest-probe.ts";
import type { RunningServer, ServeSettings, Services } from "./services.ts";
import { timeOfDay } from "./time-of-day.ts";
