/**
 * A second task server, written from the documents alone and unlike the reference server on purpose: the witness that
 * the oracle accuses no correct server.
 *
 * Each device is an actor that knows nothing of the others; what happened to a device task is a log that is only added
 * to; the message layer is its own. In memory, sans-I/O, and as a `ServerPort` driven like any other server.
 *
 * Left out, since no plan asks for it: lists of tasks, filters, firmware updates, notifications.
 *
 * Spec: docs/semantics.md.
 */
import type { Address } from "../../src/protocol/address.ts";
import type { CoapParams } from "../../src/protocol/coap/params.ts";
import type { RandomSource } from "../../src/protocol/random.ts";
import type { RestRequest, ServerEffect, ServerInput, ServerPort } from "../../src/protocol/server-port.ts";
import { after, type Instant, millis } from "../../src/protocol/time.ts";
import { Agenda } from "./agenda.ts";
import { DeviceActor } from "./device-actor.ts";
import type { Habits } from "./habits.ts";
import { Messages } from "./messages.ts";
import { Registrations } from "./registrations.ts";
import { TaskApi } from "./task-api.ts";

export interface SecondServerContext {
  readonly coap: CoapParams;
  readonly random: RandomSource;
}

export const createSecondServer = (habits: Habits, context: SecondServerContext): ServerPort =>
  new SecondServer(habits, context);

class SecondServer implements ServerPort {
  private readonly habits: Habits;
  private readonly random: RandomSource;
  private readonly agenda = new Agenda(0 as Instant);
  private readonly messages: Messages;
  private readonly registrations: Registrations;
  private readonly api: TaskApi;
  private readonly actors = new Map<string, DeviceActor>();
  private effects: ServerEffect[] = [];

  constructor(habits: Habits, { coap, random }: SecondServerContext) {
    const { agenda } = this;
    this.habits = habits;
    this.random = random;
    const ids = random("ids");
    this.messages = new Messages({
      agenda,
      coap,
      habits: habits.wire,
      random,
      send: (to, bytes) => void this.effects.push({ kind: "send", to, bytes }),
      serve: (from, request) => this.registrations.serve(from, request),
    });
    this.registrations = new Registrations({
      agenda,
      habits: habits.registration,
      random: random("locations"),
      actor: (endpoint) => (this.api.hasDevice(endpoint) ? this.actor(endpoint) : undefined),
    });
    this.api = new TaskApi({
      agenda,
      habits,
      freshId: () => Array.from({ length: 4 }, () => ids().toString(16).padStart(8, "0")).join(""),
      actor: (did) => this.actor(did),
    });
  }

  get deadline(): Instant {
    return this.agenda.next;
  }

  handle(input: ServerInput, now: Instant): readonly ServerEffect[] {
    this.agenda.advance(now);
    if (input.kind === "datagram") this.receive(input.from, input.bytes);
    if (input.kind === "rest")
      this.agenda.at(after(now, millis(this.habits.rest.looksAfterMs)), () => this.answer(input.ticket, input.request));
    this.agenda.advance(now);
    const { effects } = this;
    this.effects = [];
    return effects;
  }

  private answer(ticket: number, request: RestRequest): void {
    const { agenda, api, habits } = this;
    const { begins, ...response } = api.answer(request);
    agenda.at(after(agenda.now, millis(habits.rest.answerAfterMs)), () => {
      this.effects.push({ kind: "answer", ticket, response });
      begins?.();
    });
  }

  private receive(from: Address, bytes: Uint8Array): void {
    for (const actor of this.actors.values()) if (actor.registration?.address === from) actor.heard();
    this.messages.receive(from, bytes);
  }

  private actor(did: string): DeviceActor {
    const known = this.actors.get(did);
    if (known !== undefined) return known;
    const actor = new DeviceActor({
      agenda: this.agenda,
      habits: this.habits,
      random: this.random(`actor/${did}`),
      messages: this.messages,
      mirror: (brought) => this.api.mirror(did, brought),
    });
    this.actors.set(did, actor);
    return actor;
  }
}
