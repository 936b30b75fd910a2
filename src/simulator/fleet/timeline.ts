/**
 * What happens to one device of a fleet, in the order of time, made as it is asked for.
 *
 * Several causes may keep a device offline at the same time: it is back when the last of them has ended. Nothing
 * happens to a device before it registers for the first time; if it is offline then, that is what happens first.
 */

import type { FleetFile, FleetGroup } from "../model/fleet.ts";
import type { FleetSpan } from "../model/fleet-time.ts";
import { type Decide, PART } from "./decisions.ts";
import { drawMillis } from "./spans.ts";
import type { FleetTimeline, Happening } from "./types.ts";
import { affects, connectivityWindows, eventWindow, type WindowStream } from "./windows.ts";

/** Something that goes on beside the others. */
interface Source {
  /** When its next step is; `Infinity`: none. */
  at: number;
  /** Takes the step, and sets `at` anew. */
  step(): Step;
}
type Step = "cut" | "restored" | Happening;

const EMPTY: FleetTimeline = Object.freeze({ nextAt: Number.POSITIVE_INFINITY, take: () => undefined });

/** What the happenings of one device depend on. Times are milliseconds from the start of the run. */
export interface TimelineOptions {
  readonly file: FleetFile;
  readonly group: FleetGroup;
  readonly device: number;
  readonly decide: Decide;
  readonly registersAt: number;
  /** Nothing is told that happens later. */
  readonly duration: number;
}

/** The happenings of one device, from its first Register on. */
export function createTimeline(options: TimelineOptions): FleetTimeline {
  const sources = sourcesOf(options);
  return sources.length === 0 ? EMPTY : new Timeline(sources, options.registersAt, options.duration);
}

class Timeline implements FleetTimeline {
  private readonly sources: readonly Source[];
  private readonly duration: number;
  /** How many causes keep the device offline. */
  private depth = 0;
  private next: Happening | undefined;

  constructor(sources: readonly Source[], from: number, duration: number) {
    this.sources = sources;
    this.duration = duration;
    for (let first = this.first(); first.at < from; first = this.first()) this.happeningOf(first);
    this.next = this.depth > 0 ? { at: from, kind: "offline" } : this.find();
  }

  get nextAt(): number {
    return this.next?.at ?? Number.POSITIVE_INFINITY;
  }

  take(): Happening | undefined {
    const { next } = this;
    if (next !== undefined) this.next = this.find();
    return next;
  }

  private find(): Happening | undefined {
    for (let first = this.first(); first.at <= this.duration; first = this.first()) {
      const happening = this.happeningOf(first);
      if (happening !== undefined) return happening;
    }
    return undefined;
  }

  private first(): Source {
    return this.sources.reduce((first, source) => (source.at < first.at ? source : first));
  }

  private happeningOf(source: Source): Happening | undefined {
    const { at } = source;
    const step = source.step();
    if (step === "cut") return ++this.depth === 1 ? { at, kind: "offline" } : undefined;
    if (step === "restored") return --this.depth === 0 ? { at, kind: "online" } : undefined;
    return step;
  }
}

function sourcesOf({ file, group, device, decide, registersAt }: TimelineOptions): readonly Source[] {
  const sources: Source[] = [];
  const cycle = connectivityWindows(group.connectivity, device, decide);
  if (cycle !== undefined) sources.push(new Windows(cycle));
  file.events.forEach((event, index) => {
    if (!affects(event, index, group.name, device, decide)) return;
    const { from, until } = eventWindow(event, index, device, decide);
    if (event.kind === "power-cut") sources.push(new Once({ at: from, kind: "power-cut", lasts: until - from }));
    else sources.push(new Windows(once({ from, until })));
  });
  const recurring = (span: FleetSpan | undefined, part: number, kind: RecurringKind): void => {
    if (span !== undefined) sources.push(new Recurring(span, (n) => decide(device, part, 0, n), kind, registersAt));
  };
  recurring(group.reboots, PART.reboots, "reboot");
  recurring(group.factoryResets, PART["factory-resets"], "factory-reset");
  recurring(group.registrationLoss, PART["registration-loss"], "lose-registration");
  recurring(group.nat?.rebinding, PART.rebinding, "rebind");
  return sources;
}

function once<T>(value: T): () => T | undefined {
  let left: T | undefined = value;
  return () => {
    const given = left;
    left = undefined;
    return given;
  };
}

class Windows implements Source {
  at: number;
  private readonly stream: WindowStream;
  private until = 0;
  private inside = false;

  constructor(stream: WindowStream) {
    this.stream = stream;
    this.at = this.advance();
  }

  step(): Step {
    this.inside = !this.inside;
    this.at = this.inside ? this.until : this.advance();
    return this.inside ? "cut" : "restored";
  }

  private advance(): number {
    const window = this.stream();
    this.until = window?.until ?? Number.POSITIVE_INFINITY;
    return window?.from ?? Number.POSITIVE_INFINITY;
  }
}

class Once implements Source {
  at: number;
  private readonly happening: Happening;

  constructor(happening: Happening) {
    this.happening = happening;
    this.at = happening.at;
  }

  step(): Step {
    this.at = Number.POSITIVE_INFINITY;
    return this.happening;
  }
}

type RecurringKind = Exclude<Happening["kind"], "offline" | "online" | "power-cut">;

/** Counted from the first Register on. */
class Recurring implements Source {
  at: number;
  private readonly span: FleetSpan;
  private readonly hash: (index: number) => number;
  private readonly kind: RecurringKind;
  private count = 0;

  constructor(span: FleetSpan, hash: (index: number) => number, kind: RecurringKind, from: number) {
    this.span = span;
    this.hash = hash;
    this.kind = kind;
    this.at = from + this.wait();
  }

  step(): Step {
    const { at, kind } = this;
    this.at = at + this.wait();
    return { at, kind };
  }

  /** A millisecond at least, or time would stand. */
  private wait(): number {
    return Math.max(1, drawMillis(this.span, this.hash(this.count++)));
  }
}
