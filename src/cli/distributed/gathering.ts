/**
 * The coordinator's side of who takes part in a run: announces it again and again, hears the workers, and knows how
 * many are ready. What becomes of them is decided in members.ts.
 */
import {
  createMembers,
  type Members,
  type MembersInput,
  type MembersNews,
  readyMembers,
  stepMembers,
} from "../../harness/distributed/members.ts";
import { type Announcement, readWorkerMessage } from "../../harness/distributed/messages.ts";
import { now } from "../../platform/clock.ts";
import { pause } from "../../platform/timers.ts";
import type { Instant, Micros } from "../../protocol/time.ts";
import { ANNOUNCEMENTS, messagesOf, REPEAT_EVERY, SILENCE } from "./names.ts";
import { channelName, type RedisLink } from "./redis-link.ts";

export type RunState = Announcement["state"];

export interface Gathering {
  readonly ready: number;
  readonly taking: number;
  /** Says it at once, and from now on. */
  state(state: RunState): void;
  /** Says when all begin, at once and from now on. */
  start(at: Instant): void;
  /** Settles when it holds, or at the end of the time, or at the signal: whether it holds. */
  until(holds: (members: Members) => boolean, within: Micros, signal: AbortSignal): Promise<boolean>;
  close(): void;
}

export interface GatheringOptions extends Pick<Announcement, "run" | "version" | "work" | "locks"> {
  readonly workers: number;
  readonly onNews: (news: MembersNews) => void;
}

export async function openGathering(link: RedisLink, options: GatheringOptions): Promise<Gathering> {
  const { run, version, work, locks, workers, onNews } = options;
  const over = new AbortController();
  let members = createMembers({ wanted: workers, version, silence: SILENCE });
  let state: RunState = "gathering";
  let startAt: number | undefined;
  const announce = (): void => {
    const ids = [...members.workers.keys()];
    const open = ids.length < workers && (state === "gathering" || state === "working");
    const announcement: Announcement = {
      run,
      version,
      work,
      state,
      members: ids,
      open,
      locks,
      ...(startAt === undefined ? {} : { startAt }),
    };
    link.publish(channelName(link, ANNOUNCEMENTS), announcement);
  };
  const step = (input: MembersInput): void => {
    const before = members;
    const { members: next, news } = stepMembers(members, input);
    members = next;
    for (const each of news) onNews(each);
    if (before.workers.size !== members.workers.size) announce();
  };
  await link.listen(channelName(link, messagesOf(run)), (text) => {
    const message = readWorkerMessage(text, run);
    if (message !== undefined) step({ kind: "message", message, at: now() });
  });
  void (async () => {
    while (!over.signal.aborted) {
      announce();
      // Whoever cannot be heard because Redis is away is not silent.
      if (link.commands.status === "ready") step({ kind: "tick", at: now() });
      await pause(REPEAT_EVERY, over.signal);
    }
  })();
  return {
    get ready() {
      return readyMembers(members);
    },
    get taking() {
      return members.workers.size;
    },
    state(next) {
      state = next;
      announce();
    },
    start(at) {
      startAt = at;
      announce();
    },
    until: (holds, within, signal) => waitUntil(() => holds(members), within, signal),
    close() {
      over.abort();
      link.unlisten(channelName(link, messagesOf(run)));
    },
  };
}

/** Between two looks. */
const LOOK: Micros = (REPEAT_EVERY / 20) as Micros;

async function waitUntil(holds: () => boolean, within: Micros, signal: AbortSignal): Promise<boolean> {
  const end = now() + within;
  while (!holds()) {
    if (signal.aborted || now() >= end) return false;
    await pause(LOOK, signal);
  }
  return true;
}
