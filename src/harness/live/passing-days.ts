/**
 * Lets days pass in a live run, by turning the clock of the target: when nothing can be on its way between us and the
 * server, and nothing is to happen for a while.
 *
 * What would be due in the meantime on our side ends the turn before it comes: the plan's next step, a deadline of a
 * device, the moment at which a task is to begin. What is due in the server, it does late: for that it has, after each
 * turn, the time that its profile grants it to react. So all that is judged afterwards is judged as ever.
 */
import { after, between, earliest, type Instant, type Micros, micros, millis, NEVER } from "../../protocol/time.ts";
import { paceOf } from "../../scenarios/pace.ts";
import { isCreation, type Plan, restartsServer } from "../../scenarios/plan.ts";
import type { Agenda, Waker } from "./agenda.ts";
import type { TurnableClock } from "./turnable-clock.ts";

/** Spans of real time around a turn. */
export interface TurnTimes {
  /** After the last event, until nothing can be on its way any more, and the server has done what it had to. */
  readonly silence: Micros;
  /** From the turn to the next thing that happens: the server does what was due meanwhile. */
  readonly lead: Micros;
  /** A shorter wait is waited for. */
  readonly worth: Micros;
}

const MARGIN = millis(300);
/** What a turn has to save at least. */
const SAVES = millis(5_000);

export function turnTimes({ profile }: Pick<Plan, "profile">): TurnTimes {
  const { giveUpLatest, responseTimeout, reaction } = paceOf(profile, "live");
  const silence = millis(giveUpLatest + responseTimeout + reaction + 300);
  const lead = micros(millis(reaction) + MARGIN);
  return { silence, lead, worth: micros(silence + lead + SAVES) };
}

/** Spans between two moments at which the plan does something, milliseconds. */
function waitsOf({ operations, quietFrom, until }: Plan): readonly number[] {
  const moments = [0, ...operations.map(({ at }) => at), quietFrom, until].sort((a, b) => a - b);
  return moments.slice(1).map((moment, index) => moment - (moments[index] ?? 0));
}

/**
 * Whether a plan has waits for which it is worth while to turn the clock. Not one that kills its server, nor one whose
 * server retries by a timer: that does something on its own, at a moment which nobody can tell from outside.
 */
export function passesDays(plan: Plan): boolean {
  if (restartsServer(plan) || plan.profile.timerRetry !== undefined) return false;
  const { worth } = turnTimes(plan);
  return waitsOf(plan).some((wait) => millis(wait) > worth);
}

/** Milliseconds that the plan takes when its days are turned away, about. */
export function turnedDuration(plan: Plan): number {
  const { silence, lead, worth } = turnTimes(plan);
  const turned = (silence + lead) / 1_000;
  return waitsOf(plan).reduce((sum, wait) => sum + (millis(wait) > worth ? turned : wait), 0);
}

export interface PassingDaysOptions {
  readonly plan: Plan;
  readonly clock: TurnableClock;
  readonly agenda: Agenda;
  /** When the plan or a device does something next; `NEVER`: nothing does. */
  next(): Instant;
  /** Whether something is under way. */
  isBusy(): boolean;
  /** It could not be turned: the run is worth nothing. */
  readonly onTrouble: (error: unknown) => void;
}

export interface PassingDays {
  /** The server's clock is being turned: when what comes now was sent, nobody knows. */
  readonly turning: boolean;
  /** Plan time 0. */
  begin(start: Instant): void;
  /** There is an event to record. */
  happened(): void;
  /** To be called when what happens next has changed. */
  look(): void;
  close(): void;
}

/** Between two looks at what is under way. */
const PATIENCE = millis(100);

export function createPassingDays(options: PassingDaysOptions): PassingDays {
  const { plan, clock, agenda, onTrouble } = options;
  const times = turnTimes(plan);
  let turning = false;
  let closed = false;
  let lastEvent = agenda.now();
  /** When tasks are to begin, in order: the server does something of its own then. */
  let beginnings: readonly Instant[] = [];

  const turn = async (milliseconds: number): Promise<void> => {
    turning = true;
    try {
      await clock.turn(milliseconds);
    } catch (error) {
      onTrouble(error);
      return;
    } finally {
      turning = false;
    }
    if (closed) return;
    agenda.turn(millis(milliseconds));
    look();
  };

  const look = (): void => {
    if (turning || closed) return;
    const now = agenda.now();
    const next = earliest(options.next(), beginnings.find((at) => at > now) ?? NEVER);
    if (next === NEVER) return;
    const wait = between(now, next);
    const begun = beginnings.findLast((at) => at <= now) ?? lastEvent;
    const quiet = after(begun > lastEvent ? begun : lastEvent, times.silence);
    if (wait <= micros(times.lead + SAVES)) waker.want(after(next, PATIENCE));
    else if (options.isBusy() || quiet > now) waker.want(earliest(next, quiet > now ? quiet : after(now, PATIENCE)));
    else void turn(Math.floor((wait - times.lead) / 1_000));
  };
  const waker: Waker = agenda.waker(look);

  return {
    get turning() {
      return turning;
    },
    begin(start) {
      const scheduled = plan.operations.flatMap((each) => (isCreation(each) ? [each.scheduledOn ?? 0] : []));
      beginnings = scheduled.map((at) => after(start, millis(at))).sort((a, b) => a - b);
    },
    happened() {
      lastEvent = agenda.now();
    },
    look,
    close() {
      closed = true;
      waker.want(NEVER);
    },
  };
}
