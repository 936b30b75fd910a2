/**
 * The target `reference-live`: the reference server in a process of its own, reached like anybody else's.
 *
 * The harness knows no server. It gets the command that starts one, and learns from the line that this prints when it
 * is ready where to reach it.
 */
import { z } from "zod";
import { HarnessError } from "../../platform/errors.ts";
import { type ChildEnd, startChild } from "../../platform/process.ts";
import { address } from "../../protocol/address.ts";
import type { Micros } from "../../protocol/time.ts";
import type { LiveTarget } from "./run-live.ts";

/** The line that `serve` prints. */
const ReadyLine = z.object({ ready: z.literal(true), http: z.url(), coap: z.string().regex(/^coap:\/\/.+:\d+$/) });

export interface ServerCommand {
  /** Arguments for Node: the entry, then `serve` and its options; both ports 0. */
  readonly args: readonly string[];
  /** Default: the Node that runs this. */
  readonly command?: string;
  readonly token?: string;
  readonly readyWithin?: Micros;
}

export interface ServerProcess {
  readonly target: LiveTarget;
  /** Settles when the process has ended, however that came about. */
  readonly ended: Promise<ChildEnd>;
  /** Ends it. May be called twice. */
  stop(): Promise<ChildEnd>;
  /** Ends it as a power failure would. */
  kill(): Promise<ChildEnd>;
}

/** @throws HarnessError `child-failed`: it does not start, or says something else than where it listens */
export async function startServerProcess({ args, command, token, readyWithin }: ServerCommand): Promise<ServerProcess> {
  const child = await startChild({
    command: command ?? process.execPath,
    args,
    ...(readyWithin === undefined ? {} : { readyWithin }),
  });
  const ready = ReadyLine.safeParse(child.ready);
  if (!ready.success) {
    await child.stop();
    throw new HarnessError(
      "child-failed",
      `${args.join(" ")}: ${JSON.stringify(child.ready)} does not say where it listens`,
    );
  }
  const target = { http: ready.data.http, coap: address(ready.data.coap.slice("coap://".length)) };
  const { ended, stop, kill } = child;
  return { target: token === undefined ? target : { ...target, token }, ended, stop, kill };
}
