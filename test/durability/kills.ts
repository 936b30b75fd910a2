/**
 * Kills the server with SIGKILL at random moments under load, starts it again on the same store, and looks whether
 * everything that it acknowledged is there.
 *
 * Clients create tasks, cancel them and set server properties over HTTP; devices on UDP register, update, answer, refuse
 * or stay silent. What they were told goes into a ledger. When a moment comes is random; which moments, the seed says.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { now } from "../../src/platform/clock.ts";
import { createRandomSource } from "../../src/platform/random.ts";
import { pause } from "../../src/platform/timers.ts";
import { after, millis, seconds } from "../../src/protocol/time.ts";
import { createLedger, type Ledger, type Look, type ShownTask } from "./ledger.ts";
import { changed, type LiveDevice, openDevice } from "./live-device.ts";
import { type Program, type ServerProcess, startServe } from "./server-process.ts";

export interface KillOptions {
  readonly program: Program;
  readonly kills: number;
  readonly seed: string;
  /** What `--data` gets. */
  readonly data: string;
  /** For the file of devices. */
  readonly directory: string;
  readonly onKill?: (report: KillReport) => void;
}

export interface KillReport {
  readonly kills: number;
  readonly acknowledgedTasks: number;
  readonly acknowledgedCancellations: number;
  /** Requests that ended without an answer because the server was killed. */
  readonly unanswered: number;
  /** Looks at a task by GET. */
  readonly looks: number;
  readonly executions: number;
  /** From the start of the process to its first line, the longest, in milliseconds. */
  readonly slowestStart: number;
  readonly violations: readonly string[];
}

const DEVICES = 12;
const CLIENTS = 4;
/** Beyond those that are open: how many tasks that were over are looked at again after each kill. */
const SAMPLE = 20;
const PROPERTY = "deviceProperties.device.timezone";
const TIMES = ["--stop-with-stdin", "--ack-timeout", "150ms", "--max-retransmit", "1", "--response-timeout", "500ms"];

export async function runKills(options: KillOptions): Promise<KillReport> {
  const run = new KillRun(options);
  try {
    return await run.all();
  } finally {
    await run.close();
  }
}

class KillRun {
  private readonly options: KillOptions;
  private readonly random: () => number;
  private readonly ledger: Ledger;
  private readonly args: readonly string[];
  private readonly floors = new Map<string, { acknowledged: number; sent: number; busy: boolean }>();
  private readonly registered = new Set<string>();
  private devices: readonly LiveDevice[] = [];
  private server: ServerProcess | undefined;
  private epoch = 0;
  private isUp = false;
  private values = 0;
  private counts = { cancellations: 0, unanswered: 0, looks: 0, executions: 0, slowestStart: 0 };

  constructor(options: KillOptions) {
    this.options = options;
    this.random = createRandomSource(options.seed)("kills");
    this.ledger = createLedger(({ taskType, taskParameters }) =>
      taskType === "W" ? (taskParameters as { value: string }).value : undefined,
    );
    const file = path.join(options.directory, "fleet.json");
    const devices = Array.from({ length: DEVICES }, (_, index) => ({ did: `d${index}`, dtid: "sensor" }));
    writeFileSync(file, JSON.stringify({ deviceTypes: [{ dtid: "sensor", name: "Sensor" }], devices }));
    this.args = ["--data", options.data, "--devices", file, ...TIMES];
  }

  async all(): Promise<KillReport> {
    await this.start();
    const coap = this.server?.coap ?? "";
    this.devices = await Promise.all(
      Array.from({ length: DEVICES }, (_, index) =>
        openDevice(`d${index}`, coap, (request) => this.answer(index, request)),
      ),
    );
    for (let kill = 1; kill <= this.options.kills; kill += 1) {
      await this.loadUntilKilled();
      await this.start();
      await this.lookAtAll(SAMPLE);
      this.options.onKill?.(this.report(kill));
    }
    await this.settle();
    await this.lookAtAll(Number.POSITIVE_INFINITY);
    return this.report(this.options.kills);
  }

  async close(): Promise<void> {
    this.isUp = false;
    await Promise.all(this.devices.map((device) => device.close()));
    await this.server?.signal("SIGKILL").catch(() => undefined);
  }

  private below(bound: number): number {
    return this.random() % bound;
  }

  private async start(): Promise<void> {
    const began = now();
    this.server = await startServe(
      this.options.program,
      this.args,
      this.server === undefined ? {} : { at: this.server },
    );
    this.counts.slowestStart = Math.max(this.counts.slowestStart, (now() - began) / 1_000);
    this.epoch += 1;
    this.isUp = true;
  }

  /** Some answer late or never, so that the kill finds exchanges in every stage. */
  private answer(index: number, request: LiveDevice["requests"][number]) {
    const kind = this.below(10);
    if (kind === 0 && this.isUp) return "silent";
    if (kind === 1) return { ...changed, code: "4.05" as const };
    if (request.code === "0.03") {
      this.counts.executions += 1;
      this.ledger.executed(`d${index}`, new TextDecoder().decode(request.payload), this.epoch);
    }
    if (request.code !== "0.01") return changed;
    return { ...changed, code: "2.05" as const, payload: new TextEncoder().encode("UTC") };
  }

  private async loadUntilKilled(): Promise<void> {
    const { server } = this;
    if (server === undefined) throw new Error("no server");
    const clients = Array.from({ length: CLIENTS }, () => this.client());
    const devices = this.devices.map((device) => this.keepsInTouch(device));
    await pause(millis(50 + this.below(600)));
    await server.signal("SIGKILL");
    this.isUp = false;
    await Promise.all([...clients, ...devices]);
  }

  private async keepsInTouch(device: LiveDevice): Promise<void> {
    while (this.isUp) {
      const known = this.registered.has(device.did);
      const code = await (known ? device.update() : device.register());
      if (known && code !== undefined && code !== "2.04") {
        this.ledger.violated(
          `${device.did} was registered, and its Update is answered with ${code} in epoch ${this.epoch}`,
        );
      }
      if (code === "2.01") this.registered.add(device.did);
      await pause(millis(20 + this.below(200)));
    }
  }

  private async client(): Promise<void> {
    while (this.isUp) {
      const kind = this.below(10);
      if (kind < 5) await this.create();
      else if (kind < 7) await this.cancel();
      else if (kind < 9) await this.look(this.any());
      else await this.setFloor();
    }
  }

  private any(): string | undefined {
    const { tasks } = this.ledger;
    // Mostly one of the last, which are under way.
    const from = this.below(4) === 0 ? 0 : Math.max(0, tasks.length - 20);
    return tasks[from + this.below(Math.max(1, tasks.length - from))];
  }

  private async create(): Promise<void> {
    const dids = [...new Set(Array.from({ length: 1 + this.below(4) }, () => `d${this.below(DEVICES)}`))];
    this.values += 1;
    const kinds = [
      { taskType: "W", property: PROPERTY, taskParameters: { value: `v${this.values}` } },
      { taskType: "W", property: PROPERTY, taskParameters: { value: `v${this.values}` } },
      { taskType: "R", property: PROPERTY },
      { taskType: "E", property: "deviceProperties.device.reboot" },
    ];
    const answer = await this.ask("POST", "devicemgmt/tasks", {
      dtid: "sensor",
      dids,
      ...kinds[this.below(kinds.length)],
    });
    if (answer === undefined) return;
    if (answer.status !== 201)
      return this.ledger.violated(`POST of a task: ${answer.status} ${JSON.stringify(answer.body)}`);
    this.ledger.acknowledged(answer.body.data as ShownTask);
  }

  private async cancel(): Promise<void> {
    const id = this.any();
    if (id === undefined) return;
    const did = this.below(2) === 0 ? undefined : `d${this.below(DEVICES)}`;
    const where = did === undefined ? `devicemgmt/tasks/${id}` : `devicemgmt/tasks/${id}/devices/${did}`;
    const answer = await this.ask("PUT", where, { status: "CANCELLED" });
    if (answer?.status !== 200) return;
    this.counts.cancellations += 1;
    const { status } = answer.body.data as { status: string };
    this.ledger.cancelled(id, did === undefined ? { status } : { status, did });
  }

  private async setFloor(): Promise<void> {
    const did = `d${this.below(DEVICES)}`;
    const floor = this.floors.get(did) ?? { acknowledged: 0, sent: 0, busy: false };
    this.floors.set(did, floor);
    if (floor.busy) return void (await pause(millis(1)));
    floor.busy = true;
    floor.sent += 1;
    const { sent } = floor;
    const answer = await this.ask("POST", `devicemgmt/devices/${did}/serverproperties`, { floor: sent });
    floor.busy = false;
    if (answer?.status === 200) floor.acknowledged = sent;
  }

  private async look(id: string | undefined): Promise<void> {
    if (id === undefined) return;
    const { epoch } = this;
    const answer = await this.ask("GET", `devicemgmt/tasks/${id}/statuses`);
    if (answer === undefined) return;
    this.counts.looks += 1;
    const task = answer.body.data as (ShownTask & { statuses: Look["statuses"] }) | undefined;
    const look = answer.status === 200 && task !== undefined ? { task, statuses: task.statuses } : undefined;
    this.ledger.looked(id, answer.status, look, epoch);
  }

  private async lookAtAll(sample: number): Promise<void> {
    const open = new Set(this.ledger.open());
    const over = this.ledger.tasks.filter((id) => !open.has(id));
    const again =
      sample >= over.length ? over : Array.from({ length: sample }, () => over[this.below(over.length)] ?? "");
    const wanted = [...open, ...again];
    const looker = async (): Promise<void> => {
      for (let id = wanted.pop(); id !== undefined; id = wanted.pop()) {
        await this.look(id);
        await this.lookAtHistory(id);
      }
    };
    await Promise.all(Array.from({ length: 2 * CLIENTS }, looker));
    for (const [did, { acknowledged, sent }] of this.floors) {
      const answer = await this.ask("GET", `devicemgmt/devices/${did}/properties`);
      const text = JSON.stringify(answer?.body);
      const floor = Number(/"floor":(?:\{"value":)?"?(\d+)/.exec(text)?.[1] ?? 0);
      if (floor >= acknowledged && floor <= sent) continue;
      this.ledger.violated(`${did}: floor ${acknowledged} was acknowledged, ${sent} sent, ${floor} is shown`);
    }
  }

  private async lookAtHistory(id: string): Promise<void> {
    const answer = await this.ask("GET", `devicemgmt/tasks/${id}/statuses/history`);
    const { history = [] } = (answer?.body.data ?? {}) as { history?: readonly unknown[] };
    this.ledger.history(
      id,
      history.map((entry) => JSON.stringify(entry)),
    );
  }

  /** With every device there and willing, every task comes to its end: none was forgotten. */
  private async settle(): Promise<void> {
    const end = after(now(), seconds(60));
    while (this.ledger.open().length > 0) {
      await Promise.all(
        this.devices.map((device) => (this.registered.has(device.did) ? device.update() : device.register())),
      );
      await pause(millis(300));
      await Promise.all(this.ledger.open().map((id) => this.look(id)));
      if (now() > end) return this.ledger.violated(`open for ever: ${this.ledger.open().join(", ")}`);
    }
  }

  /** `undefined`: no answer, and the server is gone. */
  private async ask(method: string, where: string, body?: unknown) {
    try {
      const response = await fetch(`${this.server?.http}/${where}`, {
        method,
        headers: { "Content-Type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    } catch {
      this.counts.unanswered += 1;
      return undefined;
    }
  }

  private report(kills: number): KillReport {
    const { cancellations, ...counts } = this.counts;
    return {
      kills,
      acknowledgedTasks: this.ledger.tasks.length,
      acknowledgedCancellations: cancellations,
      ...counts,
      violations: this.ledger.violations,
    };
  }
}
