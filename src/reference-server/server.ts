/**
 * The reference server: its parts put together, and each input brought to the part that it is for.
 *
 * Sans-I/O: no socket, timer, clock or disk; see `protocol/server-port.ts`. Deadlines that are due are served before
 * the input that comes with them, in the order of their times.
 *
 * Source: docs/semantics.md, column "reference server".
 */
import { digestOf } from "../platform/secrets.ts";
import { createBlockwiseEndpoint } from "../protocol/coap/blockwise-endpoint.ts";
import type { CoapEndpoint } from "../protocol/coap/endpoint.ts";
import { unknownCriticalOptions } from "../protocol/coap/options.ts";
import type { CoapParams } from "../protocol/coap/params.ts";
import type { CoapRules } from "../protocol/coap/rules.ts";
import type { CoapContent, CoapEffect, CoapMessage, IncomingId } from "../protocol/coap/types.ts";
import type { CompleteProfile } from "../protocol/profile.ts";
import type { RandomSource } from "../protocol/random.ts";
import type { RestRequest, ServerEffect, ServerInput, ServerPort, StoredRecord } from "../protocol/server-port.ts";
import { type Instant, NEVER } from "../protocol/time.ts";
import { createAdmission } from "./admission.ts";
import { createBearerTokens } from "./bearer-tokens.ts";
import type { Context } from "./context.ts";
import { createDispatcher, type Dispatcher } from "./dispatcher.ts";
import { type EngineLimits, NO_LIMITS } from "./engine-limits.ts";
import { wholeStep } from "./half-done-step.ts";
import { createIdentifiers, startKey } from "./identifiers.ts";
import { imageResponse } from "./ota/downloads.ts";
import { createImageTable } from "./ota/images.ts";
import { FIRMWARE_SETTINGS, type FirmwareSettings } from "./ota/settings.ts";
import { createOutbox } from "./outbox.ts";
import { TABLES } from "./records.ts";
import { createRegistrationInterface, type Reply } from "./registration-interface.ts";
import { createRegistrations, type Registrations } from "./registrations.ts";
import { createAccess } from "./rest/access.ts";
import { type Handler, notReady } from "./rest/answer.ts";
import { createTaskHandler } from "./rest/create-task.ts";
import { createDeviceHandlers } from "./rest/device-handlers.ts";
import { withinDeviceLimits, withinTaskLimits } from "./rest/limited.ts";
import { createPropertyHandlers } from "./rest/property-handlers.ts";
import { createRouter, type Handlers } from "./rest/router.ts";
import { createTaskHandlers } from "./rest/task-handlers.ts";
import { createTaskListHandlers } from "./rest/task-lists.ts";
import { createTokenHandlers } from "./rest/token-handlers.ts";
import { createUpdateHandlers } from "./rest/update-handlers.ts";
import { restore, startsBefore } from "./restore.ts";
import { REFERENCE_RULES } from "./rules.ts";
import type { ServerRules } from "./server-rules.ts";
import { createSteadyClock } from "./steady-clock.ts";
import { createTaskLifecycle, type TaskLifecycle } from "./task-lifecycle.ts";
import { createTaskTable } from "./task-table.ts";

export interface ReferenceServerOptions {
  readonly profile: CompleteProfile;
  readonly coap: CoapParams;
  readonly random: RandomSource;
  /** Replaces single decisions of the server; for variants, not for configuration. */
  readonly rules?: Partial<ServerRules> | undefined;
  /** The same for its CoAP endpoint. */
  readonly coapRules?: Partial<CoapRules> | undefined;
  /** Enrols every endpoint that registers under the type `default`. Row 27. */
  readonly open?: boolean | undefined;
  /** The administrator's bearer token; without one, whoever comes may do what is not some owner's alone. */
  readonly token?: string | undefined;
  /** Makes the text of a bearer token; without it none can be made. */
  readonly newToken?: (() => string) | undefined;
  /** A Register must have the device's token: docs/security.md. */
  readonly requiresDeviceToken?: boolean | undefined;
  /** How firmware updates are done; what it leaves open is done as `FIRMWARE_SETTINGS` says. */
  readonly firmware?: Partial<FirmwareSettings> | undefined;
  /** Default: none. */
  readonly limits?: Partial<EngineLimits> | undefined;
}

/** Makes a server that knows nothing; `start` brings back what its store remembers. */
export function createReferenceServer(options: ReferenceServerOptions): ServerPort {
  const context = newContext(options);
  const { outbox, images } = context;
  const clock = createSteadyClock();
  const registrations = createRegistrations(context);
  let coap = newEndpoint(options, 0, registrations);
  let phase: "ready" | "restoring" = "ready";
  let lastSequence = 0;
  const dispatcher = createDispatcher(context, () => coap, perform);
  const lifecycle = createTaskLifecycle(context, dispatcher);
  const devices = createRegistrationInterface(context, registrations, dispatcher);
  const admission = createAdmission(context, options.requiresDeviceToken === true);
  const newTask = createTaskHandler(context, lifecycle, () => ++lastSequence);
  const router = createRouter(context, createHandlers(context, lifecycle, newTask, options.newToken));

  /** @param identity proved of who sent the datagram that these are of */
  function perform(effects: readonly CoapEffect[], now: Instant, identity?: string): void {
    for (const effect of effects) {
      if (effect.kind === "send") outbox.send(effect.to, effect.bytes);
      else if (effect.kind === "request") incoming(effect, now, identity);
      else if (effect.kind === "response") dispatcher.responded(effect.id, effect.message, now);
      else dispatcher.failed(effect.id, effect.reason, now);
    }
  }

  function incoming({ id, message, from }: RequestEffect, now: Instant, identity: string | undefined): void {
    const early = isUnderstood(message) ? (imageResponse(images, message) ?? admission(message, identity)) : BAD_OPTION;
    const { content, afterwards } = replyOf(early) ?? devices.handle(message, from, now, identity);
    if (!context.rules.answersFirst) afterwards?.();
    perform(answered(coap, context.rules.answersSeparately, id, content, now), now);
    if (context.rules.answersFirst) afterwards?.();
  }

  function rest(ticket: number, request: RestRequest, now: Instant): void {
    const { response, afterwards } = phase === "ready" ? router(request, now) : notReady();
    if (!context.rules.answersTaskFirst) afterwards?.();
    outbox.answer(ticket, context.rules.rendered(response));
    if (context.rules.answersTaskFirst) afterwards?.();
  }

  function restored(rows: readonly StoredRecord[], outside: Instant): void {
    if (phase === "ready") return;
    phase = "ready";
    const now = clock.resume(rows, outside);
    const starts = startsBefore(rows);
    context.identifiers = createIdentifiers(options.random, starts);
    coap = newEndpoint(options, starts, registrations);
    restore(context, registrations, rows, now);
    for (const task of context.tasks.values()) {
      lastSequence = Math.max(lastSequence, task.sequence);
      lifecycle.watch(task);
    }
    outbox.store(TABLES.start, "", () => ({ starts: starts + 1 }));
    // Whoever is gone by now gets nothing of what came due while nobody was there, whichever of the two was first.
    devices.tick(now);
    serveDue(now);
    tryAtStart(context, dispatcher, now);
  }

  /** Whose turn it is at one instant: tasks expire and registrations end before anything new is sent. */
  const clocks: readonly Clock[] = [
    { deadline: () => lifecycle.deadline, tick: (now) => lifecycle.tick(now) },
    { deadline: () => registrations.deadline, tick: (now) => devices.tick(now) },
    { deadline: () => dispatcher.deadline, tick: (now) => dispatcher.tick(now) },
    { deadline: () => coap.deadline, tick: (now) => perform(coap.tick(now), now) },
  ];

  function serveDue(now: Instant): void {
    if (isLate(clocks, now)) for (const end of [devices.tick, lifecycle.end]) end(now);
    for (let clock = firstOf(clocks); clock.deadline() <= now; clock = firstOf(clocks)) clock.tick(now);
  }

  function take(input: Exclude<ServerInput, { readonly kind: "rows" }>, now: Instant): void {
    if (input.kind === "start") {
      phase = "restoring";
      outbox.queryAll();
    } else if (input.kind === "datagram") received(input, now);
    else if (input.kind === "unreachable") perform(coap.unreachable(input.address, now), now);
    else if (input.kind === "rest") rest(input.ticket, input.request, now);
  }

  /** A device sends again what came too early. */
  function received({ from, bytes, identity }: DatagramInput, now: Instant): void {
    if (phase === "restoring") return;
    devices.heard(from, now);
    perform(coap.receive(from, bytes, now), now, identity);
  }

  return {
    get deadline() {
      return clock.outside(firstOf(clocks).deadline());
    },
    handle(input, now): readonly ServerEffect[] {
      if (input.kind === "persisted") return outbox.persisted(input.ticket);
      return wholeStep(outbox, () => {
        serveDue(clock.at(now));
        if (input.kind === "rows") restored(input.rows, now);
        else take(input, clock.at(now));
      });
    },
  };
}

function createHandlers(
  context: Context,
  lifecycle: TaskLifecycle,
  newTask: Handler,
  newToken: ReferenceServerOptions["newToken"],
): Handlers {
  const access = createAccess(context);
  return {
    "create-task": withinTaskLimits(context, newTask),
    ...createTaskHandlers(context, access, lifecycle),
    ...createTaskListHandlers(context, access),
    ...withinDeviceLimits(context, createDeviceHandlers(context, access, lifecycle)),
    ...createPropertyHandlers(context, access),
    ...createUpdateHandlers(context, access),
    ...createTokenHandlers(context, newToken),
  };
}

/** A server for which its start is a trigger of all devices that are registered. Row 26. */
function tryAtStart({ rules, devices }: Context, dispatcher: Dispatcher, now: Instant): void {
  if (!rules.triesAtStart()) return;
  for (const device of devices.values()) dispatcher.occasion(device, "update", now);
}

const newContext = (options: ReferenceServerOptions): Context => ({
  rules: { ...REFERENCE_RULES, ...options.rules },
  profile: options.profile,
  outbox: createOutbox(),
  administrator: options.token === undefined ? undefined : digestOf(options.token),
  bearerTokens: createBearerTokens(),
  limits: { ...NO_LIMITS, ...options.limits },
  open: options.open ?? false,
  deviceTypes: new Map(),
  devices: new Map(),
  tasks: createTaskTable(),
  images: createImageTable(),
  firmware: { ...FIRMWARE_SETTINGS, ...options.firmware },
  identifiers: createIdentifiers(options.random, 0),
});

const replyOf = (content: CoapContent | undefined): Reply | undefined => content && { content };

type RequestEffect = Extract<CoapEffect, { readonly kind: "request" }>;
type DatagramInput = Extract<ServerInput, { readonly kind: "datagram" }>;

interface Clock {
  readonly deadline: () => Instant;
  readonly tick: (now: Instant) => void;
}

/** The clock that is due first; the earlier in the list among equals. */
function firstOf(clocks: readonly Clock[]): Clock {
  let first: Clock = NO_CLOCK;
  let at: Instant = NEVER;
  for (const clock of clocks) {
    const deadline = clock.deadline();
    if (deadline >= at) continue;
    first = clock;
    at = deadline;
  }
  return first;
}

/** A process that was suspended wakes late: who is gone, and what is over by now, gets nothing of what came due before. */
const isLate = (clocks: readonly Clock[], now: Instant): boolean => firstOf(clocks).deadline() < now;

const NO_CLOCK: Clock = { deadline: () => NEVER, tick: () => undefined };

/** Streams are keyed by the number of the start: a message id or token from before a restart does not come again. */
const newEndpoint = (
  { coap, random, coapRules, limits }: ReferenceServerOptions,
  start: number,
  registrations: Registrations,
): CoapEndpoint =>
  createBlockwiseEndpoint({
    params: coap,
    random: (key) => random(startKey(start, key)),
    rules: coapRules,
    limit:
      limits?.messages === undefined || limits.messages === Number.POSITIVE_INFINITY
        ? undefined
        : { messages: limits.messages, isKnown: (from) => registrations.from(from) !== undefined },
  });

/** Piggybacked on the ACK, or after an empty one in a message of its own. RFC 7252 §5.2.1, §5.2.2 */
const answered = (
  coap: CoapEndpoint,
  separately: boolean,
  id: IncomingId,
  content: CoapContent,
  now: Instant,
): readonly CoapEffect[] => [...(separately ? coap.acknowledge(id, now) : []), ...coap.respond(id, content, now)];

/** RFC 7252 §5.4.1 */
const isUnderstood = (message: CoapMessage): boolean => unknownCriticalOptions(message).length === 0;

const BAD_OPTION: CoapContent = { code: "4.02", options: [], payload: new Uint8Array(0) };
