/** The process of one part: measures, prints one line of JSON, ends. A server prints its port and waits to be ended. */
import { onParentGone } from "../src/platform/process.ts";
import type { Measurement } from "./measure.ts";

const [part = "", ...args] = process.argv.slice(2);

async function measure(): Promise<Measurement> {
  const [first = "", second = ""] = args;
  switch (part) {
    case "world":
      return (await import("./world-exchanges.ts")).runWorld(first);
    case "device-days":
      return (await import("./device-days.ts")).runFleet(first);
    case "fleet-scale":
      return (await import("./fleet-scale.ts")).runFleetScale(Number(first), Number(second));
    case "campaign":
      return (await import("./campaign.ts")).runPlans();
    case "live":
      return (await import("./live-get.ts")).runLive(first, Number(second));
    case "store":
      return (await import("./store.ts")).runStore(first, Number(second));
    case "registrations":
      return (await import("./registrations.ts")).runRegistrations(first, Number(second));
    case "large-task":
      return (await import("./large-task.ts")).runLargeTask(Number(first));
    case "finished-tasks":
      return (await import("./finished-tasks.ts")).runFinishedTasks(first, Number(second));
    case "fleet-datagrams":
      return (await import("./fleet-generators.ts")).runDatagrams(first, Number(second));
    case "fleet-registers":
      return (await import("./fleet-generators.ts")).runFleetRegisters(Number(first), Number(second));
    case "live-server":
      return (await import("./live-servers.ts")).startLiveServer(first);
    default:
      throw new Error(`no part is called "${part}"`);
  }
}

console.log(JSON.stringify(await measure()));
if (part !== "live-server") process.exit(0);
onParentGone(() => process.exit(0));
