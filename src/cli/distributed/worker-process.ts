/**
 * A worker of distributed runs: hears which runs are announced, offers itself to one, takes part until that is over, and
 * waits for the next. Ends at Ctrl-C, or when Redis is away for too long.
 */
import { type Announcement, readAnnouncement, type WorkerMessage } from "../../harness/distributed/messages.ts";
import { now } from "../../platform/clock.ts";
import { uniqueName } from "../../platform/hash.ts";
import { pause } from "../../platform/timers.ts";
import { between, type Instant, seconds, toSeconds } from "../../protocol/time.ts";
import { ANNOUNCEMENTS, messagesOf, REPEAT_EVERY, SILENCE } from "./names.ts";
import { channelName, openRedisLink, type RedisLink } from "./redis-link.ts";
import { openSession, type Session } from "./session.ts";
import type { WorkerServices } from "./worker-jobs.ts";

export interface WorkerOptions {
  readonly redis: URL;
  /** For people; also in results. */
  readonly name: string;
  readonly services: WorkerServices;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** How long Redis may be away. */
const PATIENCE = seconds(30);
/** An offer to which nothing is said for so long is none any more. */
const OFFER_HOLDS = seconds(3);

/** @throws HarnessError `queue-not-usable`: Redis is not there, or was away for too long; `package-missing` */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { redis, name, signal, say } = options;
  const link = await openRedisLink(redis, PATIENCE);
  const worker = new WorkerProcess(link, options);
  try {
    link.onAway(() => say(`${link.shown} is away; trying again for ${toSeconds(PATIENCE)} s`));
    link.onReturn(() => say(`${link.shown} is back`));
    await link.listen(channelName(link, ANNOUNCEMENTS), (text) => worker.hear(text));
    say(`worker ${name} of Fleetproof ${options.services.version} waits for runs at ${link.shown}`);
    const either = AbortSignal.any([signal, link.lost]);
    while (!either.aborted) {
      worker.tick();
      await pause(REPEAT_EVERY, either);
    }
    link.lost.throwIfAborted();
  } finally {
    await worker.close();
    link.close();
  }
}

/** Where the worker stands; a class because messages and the clock change the same state. */
class WorkerProcess {
  private readonly id = uniqueName().slice(0, 16);
  private readonly link: RedisLink;
  private readonly options: WorkerOptions;
  private offer: { readonly run: string; readonly at: Instant } | undefined;
  private session: Session | undefined;
  /** The run of which it is, or is just becoming or ceasing to be, a member. */
  private run: string | undefined;
  private heardAt: Instant = now();
  private readonly refused = new Set<string>();
  private over = false;
  /** What goes on beside messages: becoming and ceasing to be a member. */
  private change: Promise<void> = Promise.resolve();

  constructor(link: RedisLink, options: WorkerOptions) {
    this.link = link;
    this.options = options;
  }

  hear(text: string): void {
    if (this.over) return;
    const heard = readAnnouncement(text, this.options.services.version);
    if (heard === undefined) return;
    if (heard.kind === "other-version") this.refuse(heard.run, heard.version);
    else if (heard.announcement.run === this.run) this.follow(heard.announcement);
    else if (this.run === undefined) this.consider(heard.announcement);
  }

  /** Tells the coordinator that it is there; ends a run whose coordinator is not. */
  tick(): void {
    if (this.session === undefined || this.run === undefined) return;
    // While Redis is away nobody can be heard.
    if (this.link.commands.status !== "ready") this.heardAt = now();
    if (between(this.heardAt, now()) <= SILENCE) {
      this.send(this.run, "ready");
      return;
    }
    this.options.say(`run ${this.run}: nothing is heard of its coordinator any more; it is given up`);
    this.end((session) => session.abandon());
  }

  async close(): Promise<void> {
    this.over = true;
    const usable = this.link.commands.status === "ready";
    this.end((session) => (usable ? session.leave() : session.abandon()));
    await this.change;
  }

  private refuse(run: string, version: string): void {
    if (!this.refused.has(run))
      this.options.say(
        `run ${run} is refused: its coordinator runs Fleetproof ${version}, this worker ${this.options.services.version}`,
      );
    this.refused.add(run);
    this.send(run, "refuses");
  }

  private consider(announcement: Announcement): void {
    const { run, state, members, open } = announcement;
    if (state === "over" || state === "stopping") return;
    if (members.includes(this.id)) {
      this.join(announcement);
      return;
    }
    const at = now();
    if (this.offer !== undefined && this.offer.run !== run && between(this.offer.at, at) < OFFER_HOLDS) return;
    this.offer = open ? { run, at } : undefined;
    if (open) this.send(run, "offers");
  }

  private join(announcement: Announcement): void {
    const { run, work } = announcement;
    this.run = run;
    this.heardAt = now();
    this.options.say(`run ${run}: takes part in ${work}`);
    this.change = this.change.then(async () => {
      this.session = await openSession(this.link, { ...this.options, announcement });
      if (this.run === run) this.send(run, "ready");
    });
    this.change.catch(() => undefined);
  }

  private follow({ run, state, members, startAt }: Announcement): void {
    this.heardAt = now();
    if (startAt !== undefined) this.session?.start(startAt);
    if (state === "stopping") this.session?.stop();
    if (state === "over" || !members.includes(this.id)) {
      this.options.say(`run ${run} is over: ${this.session?.done ?? 0} jobs done`);
      this.end((session) => session.abandon());
    }
  }

  private end(how: (session: Session) => Promise<void>): void {
    const { run } = this;
    if (run === undefined) return;
    this.run = undefined;
    this.offer = undefined;
    this.change = this.change
      .then(async () => {
        const { session } = this;
        this.session = undefined;
        if (session !== undefined) await how(session);
      })
      .then(() => this.send(run, "leaves"));
    this.change.catch(() => undefined);
  }

  private send(run: string, state: WorkerMessage["state"]): void {
    const { name, services } = this.options;
    const message: WorkerMessage = { run, version: services.version, worker: this.id, name, state };
    this.link.publish(channelName(this.link, messagesOf(run)), message);
  }
}
