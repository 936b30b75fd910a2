/**
 * The connection of a coordinator or a worker to Redis: commands, messages, the time of Redis, and one answer to "is it
 * gone for good?". It comes back by itself; after a while without it, or when it has come back empty, it is lost.
 */
import type { Redis, RedisOptions } from "ioredis";
import { HarnessError, UsageError } from "../../platform/errors.ts";
import { pause } from "../../platform/timers.ts";
import { type Instant, type Micros, toSeconds } from "../../protocol/time.ts";
import { loadPackages, type QueuePackages } from "./packages.ts";

export interface RedisLink {
  /** The address without a password, for people. */
  readonly shown: string;
  readonly packages: QueuePackages;
  /** Waits for Redis while it is away; ask only beside `lost`. */
  readonly commands: Redis;
  /** Aborted, with a HarnessError as reason, when Redis was away for too long. */
  readonly lost: AbortSignal;
  /** Sends to whoever listens now. Never fails: what is said is said again. */
  publish(channel: string, message: unknown): void;
  listen(channel: string, hear: (text: string) => void): Promise<void>;
  unlisten(channel: string): void;
  /** The clock that coordinator and workers share. */
  time(): Promise<Instant>;
  /** Calls back once for each time when it goes away, unless it was closed here. */
  onAway(listener: () => void): void;
  /** Calls back each time when it has come back. */
  onReturn(listener: () => void): void;
  /** Gives it up now. */
  lose(reason: string): void;
  close(): void;
}

/** Channels do not know the numbered databases of Redis, keys do: a run is only visible in its own. */
export const channelName = (link: Pick<RedisLink, "commands">, name: string): string =>
  `fleetproof:${link.commands.options.db ?? 0}:${name}`;

/** @throws UsageError `bad-value` */
export function readRedisUrl(option: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    url !== undefined &&
    /^rediss?:$/.test(url.protocol) &&
    url.hostname !== "" &&
    /^(\/\d{0,4})?$/.test(url.pathname)
  )
    return url;
  throw new UsageError("bad-value", `--${option}: "${text}" is not an address such as redis://127.0.0.1:6379`);
}

export function withoutPassword(url: URL): string {
  const shown = new URL(url);
  if (shown.password !== "") shown.password = "…";
  return decodeURI(shown.href).replace(/\/$/, "");
}

/**
 * @param patience how long Redis may be away
 * @throws HarnessError `package-missing`; `queue-not-usable`: nobody answers there, or it does not let us in
 */
export async function openRedisLink(url: URL, patience: Micros): Promise<RedisLink> {
  const packages = await loadPackages();
  const shown = withoutPassword(url);
  let closed = false;
  const options: RedisOptions = {
    lazyConnect: true,
    // A worker's blocking reads outlive any number of reconnections.
    maxRetriesPerRequest: null,
    connectTimeout: 5_000,
    retryStrategy: (times) => (closed ? null : Math.min(times * 100, 1_000)),
  };
  const commands = new packages.ioredis.Redis(url.href, options);
  await connected(commands, shown);
  const listening = commands.duplicate();
  listening.on("error", () => undefined);
  await connected(listening, shown);
  const lost = new AbortController();
  const lose = (reason: string): void =>
    lost.abort(new HarnessError("queue-not-usable", `${shown} is lost: ${reason}`));
  const stopWatching = watch(commands, patience, lose);
  const hearers = new Map<string, (text: string) => void>();
  listening.on("message", (channel, text) => hearers.get(channel)?.(text));
  return {
    shown,
    packages,
    commands,
    lost: lost.signal,
    lose,
    publish(channel, message) {
      // While Redis is away, messages are not kept: the next one says more.
      if (commands.status === "ready") commands.publish(channel, JSON.stringify(message)).catch(() => undefined);
    },
    async listen(channel, hear) {
      hearers.set(channel, hear);
      await listening.subscribe(channel);
    },
    unlisten(channel) {
      hearers.delete(channel);
      if (listening.status === "ready") listening.unsubscribe(channel).catch(() => undefined);
    },
    async time() {
      const [seconds, micro] = await commands.time();
      return (Number(seconds) * 1_000_000 + Number(micro)) as Instant;
    },
    onAway(listener) {
      let away = false;
      commands.on("ready", () => {
        away = false;
      });
      commands.on("close", () => {
        if (!away && !closed) listener();
        away = true;
      });
    },
    onReturn: (listener) => void commands.on("ready", listener),
    close() {
      closed = true;
      stopWatching();
      commands.disconnect();
      listening.disconnect();
    },
  };
}

async function connected(client: Redis, shown: string): Promise<void> {
  let said: Error | undefined;
  const hear = (error: Error): void => {
    said ??= error;
  };
  client.on("error", hear);
  try {
    await client.connect();
  } catch (cause) {
    client.disconnect();
    const reason = said ?? (cause instanceof Error ? cause : undefined);
    throw new HarnessError("queue-not-usable", `${shown} cannot be used: ${reason?.message ?? String(cause)}`, {
      cause,
    });
  }
}

/** Starts to count when the connection breaks, and stops when it is back. Returns how to end that. */
function watch(client: Redis, patience: Micros, lose: (reason: string) => void): () => void {
  let back: AbortController | undefined;
  let over = false;
  client.on("close", () => {
    if (over || back !== undefined) return;
    const waiting = new AbortController();
    back = waiting;
    void pause(patience, waiting.signal).then(() => {
      if (!waiting.signal.aborted) lose(`no connection for ${toSeconds(patience)} s`);
    });
  });
  client.on("ready", () => {
    back?.abort();
    back = undefined;
  });
  return () => {
    over = true;
    back?.abort();
  };
}
