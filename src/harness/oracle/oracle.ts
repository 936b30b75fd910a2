/**
 * The oracle: folds over a history, event by event, and keeps the tally of every requirement.
 *
 * Reading an event changes the model (uplink.ts, downlink.ts, rest/, passing-of-time.ts) and yields facts; checkers judge facts.
 * It holds no event longer than a device or device task needs it, so it also judges a long run as it happens.
 */
import type { Plan } from "../../scenarios/plan.ts";
import type {
  DeliveryEvent,
  EffectEvent,
  History,
  HistoryEvent,
  HistoryHeader,
  RestPurpose,
} from "../history/history.ts";
import type { Finding, Tally } from "../record/finding.ts";
import type { Judge } from "./checker.ts";
import { CHECKERS } from "./checkers/all.ts";
import { createContext, type OracleContext } from "./context.ts";
import { declaredGrounds } from "./declared-grounds.ts";
import { readDownlink } from "./downlink.ts";
import { readUnreachable } from "./exchanges/maybe-failed.ts";
import type { Fact } from "./facts.ts";
import { noteTruth } from "./firmware/notes.ts";
import { messageKey } from "./message-key.ts";
import { advance } from "./passing-of-time.ts";
import { type OpenRequest, readRestAnswer, readRestFailure, readRestRequest } from "./rest/rest.ts";
import { readServerEvent } from "./restarts.ts";
import { readUplink } from "./uplink.ts";
import type { DeviceView } from "./views/device-view.ts";
import type { Exchange } from "./views/exchange-view.ts";
import { type Window, windowOf } from "./window.ts";

/** A choice that the server made in this history: it must be one within a campaign. */
export interface ObservedChoice {
  readonly requirement: string;
  readonly choice: string;
  readonly value: string;
  readonly event: number;
}

/** What the oracle says of one run. */
export interface Judgement {
  /** Only requirements of which something was examined, undecided or violated. */
  readonly tallies: readonly Tally[];
  readonly choices: readonly ObservedChoice[];
  /** A bound was hit, or the run was interrupted: what was not examined may still be true. */
  readonly cutOff: boolean;
  /** REST requests that got no answer at all: the target is in trouble, or gone. */
  readonly unanswered: readonly string[];
  /** The model at the end, for charts. */
  readonly context: OracleContext;
  /** Everything that was concluded, in order; only when the history was judged as a whole. */
  readonly facts?: readonly SeenFact[];
}

/** A fact, and the index of the event at which it was concluded. */
export interface SeenFact {
  readonly fact: Fact;
  readonly event: number;
}

/** Takes the events of one history in their order; `end` is called once, after the last. */
export interface Oracle {
  step(event: HistoryEvent): void;
  end(): Judgement;
}

/** Judges a whole history. */
export function judge(plan: Plan, history: History): Judgement {
  const facts: SeenFact[] = [];
  const oracle = createOracle(plan, history.header, (fact, event) => void facts.push({ fact, event }));
  for (const event of history.events) oracle.step(event);
  return { ...oracle.end(), facts };
}

/** @param observe called with each fact when it is concluded, and the index of the event at which it was */
export function createOracle(plan: Plan, header: HistoryHeader, observe?: (fact: Fact, event: number) => void): Oracle {
  const tallies = createTallies((requirement) =>
    header.mode === "live" ? declaredGrounds(plan.profile, requirement) : "",
  );
  const handlers = handlersByKind();
  const emit = (fact: Fact): void => {
    observe?.(fact, index);
    for (const handler of handlers.get(fact.kind) ?? []) handler(fact, tallies.judge, context);
  };
  const context = createContext(plan, header, emit);
  const requests = new Map<number, OpenRequest>();
  const unanswered: string[] = [];
  let index = -1;
  let cutOff = false;
  let last: Window = { earliest: 0, latest: 0 };

  const pass = (devices: readonly DeviceView[], window: Window): void => letTimePass(context, devices, window, index);
  const concerned = (device: number | undefined, window: Window): void =>
    pass(device === undefined ? [] : context.devices.slice(device, device + 1), window);

  return {
    step(event) {
      index++;
      const window = windowOf(event);
      last = window.latest >= last.latest ? window : last;
      switch (event.kind) {
        case "uplink":
        case "downlink":
        case "unreachable":
        case "firmware":
          concerned(event.device, window);
          readOfDevice(context, event, index);
          return;
        case "delivery":
        case "effect":
          countOnDevice(context, event, index);
          return;
        case "device":
          if (event.event === "reboot") countReboot(context, event.device);
          return;
        case "rest-request":
          // It reaches nobody, and leads to nothing.
          if (context.down !== undefined) return;
          pass(targetsOf(context, event.purpose), window);
          requests.set(event.ticket, readRestRequest(context, event, index));
          return;
        case "rest-answer": {
          const asked = take(requests, event.ticket);
          pass(targetsOf(context, asked?.purpose), window);
          if (asked !== undefined) readRestAnswer(context, asked, event, index);
          return;
        }
        case "rest-failure": {
          const asked = take(requests, event.ticket);
          if (context.down === undefined) unanswered.push(event.reason);
          if (asked !== undefined) readRestFailure(context, asked);
          return;
        }
        case "server":
          pass(context.devices, window);
          readServerEvent(context, event, index);
          return;
        case "mark":
          cutOff ||= event.mark === "cut-off";
      }
    },
    end() {
      pass(context.devices, last);
      emit({ kind: "end", window: last, event: index, cutOff: cutOff || context.down !== undefined });
      judgeConflicts(tallies.choices, tallies.judge);
      return { tallies: tallies.result(), choices: tallies.choices, cutOff, unanswered, context };
    },
  };
}

/** Time passes for these devices; not while the server is down. */
function letTimePass(context: OracleContext, devices: readonly DeviceView[], window: Window, index: number): void {
  if (context.down !== undefined) return;
  for (const device of devices) advance(context, device, window, index);
}

type DeviceNews = Extract<HistoryEvent, { kind: "uplink" | "downlink" | "unreachable" | "firmware" }>;

function readOfDevice(context: OracleContext, event: DeviceNews, index: number): void {
  if (event.kind === "uplink") readUplink(context, event, index);
  else if (event.kind === "downlink") readDownlink(context, event, index);
  else if (event.kind === "unreachable") readUnreachable(context, event);
  else noteTruth(context, event, index);
}

/** A request that is open no more. */
function take(requests: Map<number, OpenRequest>, ticket: number): OpenRequest | undefined {
  const asked = requests.get(ticket);
  requests.delete(ticket);
  return asked;
}

/** The devices that a REST request is about. */
function targetsOf(context: OracleContext, purpose: RestPurpose | undefined): readonly DeviceView[] {
  if (purpose === undefined || !("task" in purpose || "device" in purpose)) return [];
  const named = (index: number): readonly DeviceView[] => context.devices.slice(index, index + 1);
  if (purpose.kind === "poll-mirror") return named(purpose.device);
  if (purpose.kind === "create-task") return purpose.devices.flatMap(named);
  return context.tasks.get(purpose.task)?.devices.map(({ device }) => device) ?? [];
}

function judgeConflicts(choices: readonly ObservedChoice[], judge: Judge): void {
  for (const [first, second] of conflictingChoices(choices)) {
    const expected = `${first.choice} becomes one code: ${first.value} as before`;
    judge.violate(first.requirement, expected, second.value, [first.event, second.event]);
  }
}

/** Two different values of what must be one choice, at most one pair per choice. */
function conflictingChoices(
  choices: readonly ObservedChoice[],
): readonly (readonly [ObservedChoice, ObservedChoice])[] {
  const first = new Map<string, ObservedChoice>();
  const conflicts = new Map<string, readonly [ObservedChoice, ObservedChoice]>();
  for (const choice of choices) {
    const key = `${choice.requirement} ${choice.choice}`;
    const known = first.get(key);
    if (known === undefined) first.set(key, choice);
    else if (known.value !== choice.value && !conflicts.has(key)) conflicts.set(key, [known, choice]);
  }
  return [...conflicts.values()];
}

type Handler = (fact: Fact, judge: Judge, context: OracleContext) => void;

function handlersByKind(): ReadonlyMap<Fact["kind"], readonly Handler[]> {
  const byKind = new Map<Fact["kind"], Handler[]>();
  for (const checker of CHECKERS) {
    for (const [kind, handler] of Object.entries(checker.on) as [Fact["kind"], Handler][]) {
      byKind.set(kind, [...(byKind.get(kind) ?? []), handler]);
    }
  }
  return byKind;
}

interface MutableTally {
  examined: number;
  undecided: number;
  readonly findings: Finding[];
}

/** One device in trouble can repeat the same violation at every poll: enough is enough. */
const MOST_FINDINGS = 20;

/** @param groundsOf what is put behind the expectations of findings */
function createTallies(groundsOf: (requirement: string) => string) {
  const tallies = new Map<string, MutableTally>();
  const choices: ObservedChoice[] = [];
  const of = (requirement: string): MutableTally => {
    const known = tallies.get(requirement);
    if (known !== undefined) return known;
    const fresh: MutableTally = { examined: 0, undecided: 0, findings: [] };
    tallies.set(requirement, fresh);
    return fresh;
  };
  const judge: Judge = {
    pass: (requirement) => {
      of(requirement).examined++;
    },
    undecided: (requirement) => {
      of(requirement).undecided++;
    },
    violate: (requirement, expected, actual, events) => {
      const tally = of(requirement);
      tally.examined++;
      if (tally.findings.length >= MOST_FINDINGS) return;
      tally.findings.push({ requirement, expected: `${expected}${groundsOf(requirement)}`, actual, events });
    },
    choose: (requirement, choice, value, event) => {
      choices.push({ requirement, choice, value, event });
    },
  };
  const result = (): readonly Tally[] =>
    [...tallies]
      .map(([requirement, tally]) => ({ requirement, ...tally }))
      .sort((a, b) => (a.requirement < b.requirement ? -1 : 1));
  return { judge, choices, result };
}

/** Deliveries and effects are counted per exchange; executions per device task. */
function countOnDevice(context: OracleContext, event: DeliveryEvent | EffectEvent, index: number): void {
  const device = context.devices[event.device];
  if (device === undefined) return;
  const key = event.kind === "effect" ? { token: event.token, messageId: event.messageId } : messageKey(event.bytes);
  const exchange: Exchange | undefined = key === undefined ? undefined : device.exchanges.get(key.token);
  if (exchange === undefined || exchange.messageId !== key?.messageId) return;
  if (event.kind === "delivery") {
    exchange.deliveries++;
    return;
  }
  exchange.effects++;
  if (event.effect === "written") exchange.written.push({ path: event.path, value: event.value, event: index });
  if (event.effect === "executed" && exchange.task !== undefined) exchange.task.executed++;
}

function countReboot(context: OracleContext, index: number): void {
  const device = context.devices[index];
  if (device !== undefined) device.reboots++;
}
