/**
 * The server's side of a simulated run: what it is given, what it sends and answers, and that it is killed and started
 * again.
 *
 * While it is down nobody listens: who asks is told so, and what arrives is recorded as lost.
 */
import { HarnessError } from "../../platform/errors.ts";
import type { Address } from "../../protocol/address.ts";
import type { RestRequest, ServerEffect, ServerInput, ServerPort } from "../../protocol/server-port.ts";
import { after, type Micros, millis, NEVER, seconds } from "../../protocol/time.ts";
import type { RestartEffect } from "../interpreter/operation-requests.ts";
import type { InterpreterInput } from "../interpreter/plan-interpreter.ts";
import { type DatagramToServer, SERVER, type Stage } from "./stage.ts";

/** A server that is to die when it stores something, and stores nothing for so long, dies all the same. */
const DIES_WITHIN = seconds(1);
/** What a client is told whose request a server does not take, or not answer any more. */
const NOBODY_LISTENS = "the server is down";

export interface ServerSideOptions {
  readonly stage: Stage;
  readonly server: ServerPort;
  /** The server sends a datagram. */
  readonly send: (to: Address, bytes: Uint8Array) => void;
  /** A request has been answered, or failed. */
  readonly onAnswer: (answer: InterpreterInput) => void;
}

/** A class because a server that handles something may die of it, and what it sends leads to more. */
export class ServerSide {
  private readonly stage: Stage;
  private readonly server: ServerPort;
  private readonly send: ServerSideOptions["send"];
  private readonly onAnswer: ServerSideOptions["onAnswer"];
  /** Requests that the server has not answered. */
  private readonly openTickets = new Set<number>();
  /** How long the server stays down that is to die, or is dead; `undefined`: it lives. */
  private downFor: Micros | undefined;
  /** It was killed, and is not there again. */
  private isDown = false;

  constructor({ stage, server, send, onAnswer }: ServerSideOptions) {
    this.stage = stage;
    this.server = server;
    this.send = send;
    this.onAnswer = onAnswer;
  }

  handle(input: ServerInput): void {
    const { world, wakeups, record, runTime } = this.stage;
    const effects = this.server.handle(input, world.now);
    if (this.isDown && !this.isProcessDown()) {
      this.isDown = false;
      record({ kind: "server", at: runTime(), event: "up" });
    }
    for (const effect of effects) this.perform(effect);
    wakeups.want(SERVER, this.server.deadline);
    if (this.downFor !== undefined && this.isProcessDown()) this.goDown(this.downFor);
  }

  ask(ticket: number, request: RestRequest): void {
    this.openTickets.add(ticket);
    if (this.isProcessDown()) this.failRequest(ticket);
    else this.handle({ kind: "rest", ticket, request });
  }

  /** A datagram reaches the server's address. */
  receive({ device, bytes, from, sentAt, copy }: DatagramToServer): void {
    const { record, runTime } = this.stage;
    const isDown = this.isProcessDown();
    const uplink = { kind: "uplink", at: runTime(), device, address: from, bytes, sentAt: runTime(sentAt) } as const;
    const heard = isDown ? { ...uplink, lost: true as const } : uplink;
    record(copy ? { ...heard, copy } : heard);
    if (!isDown) this.handle({ kind: "datagram", from, bytes });
  }

  /** The network reports an address that cannot be reached. */
  hearUnreachable(device: number, address: Address): void {
    if (this.isProcessDown()) return;
    this.stage.record({ kind: "unreachable", at: this.stage.runTime(), device, address });
    this.handle({ kind: "unreachable", address });
  }

  /** The plan kills it. */
  restart({ operation: { downFor, dies } }: RestartEffect): void {
    const { process } = this.server;
    // It is down already, or about to be.
    if (process === undefined || this.isDown || this.downFor !== undefined) return;
    this.downFor = millis(downFor);
    if (dies === undefined) this.die();
    else {
      process.die(dies);
      this.stage.world.schedule(after(this.stage.world.now, DIES_WITHIN), { kind: "server-dies" });
    }
  }

  /** Dies now, if it is to die and has not. */
  die(): void {
    const { process } = this.server;
    if (process === undefined || this.downFor === undefined || process.isDown) return;
    process.die("at-once");
    this.goDown(this.downFor);
  }

  startAgain(): void {
    this.downFor = undefined;
    this.handle({ kind: "start" });
  }

  private isProcessDown(): boolean {
    return this.server.process?.isDown === true;
  }

  private goDown(downFor: Micros): void {
    const { world, wakeups, record, runTime } = this.stage;
    this.isDown = true;
    record({ kind: "server", at: runTime(), event: "down" });
    wakeups.want(SERVER, NEVER);
    for (const ticket of this.openTickets) this.failRequest(ticket);
    world.schedule(after(world.now, downFor), { kind: "server-starts" });
  }

  private failRequest(ticket: number): void {
    this.openTickets.delete(ticket);
    this.stage.record({ kind: "rest-failure", at: this.stage.runTime(), ticket, reason: NOBODY_LISTENS });
    this.onAnswer({ kind: "failure", ticket, reason: NOBODY_LISTENS });
  }

  private perform(effect: ServerEffect): void {
    switch (effect.kind) {
      case "answer": {
        const { ticket, response } = effect;
        this.openTickets.delete(ticket);
        this.stage.record({ kind: "rest-answer", at: this.stage.runTime(), ticket, response });
        this.onAnswer({ kind: "answer", ticket, response });
        return;
      }
      case "send":
        this.send(effect.to, effect.bytes);
        return;
      default:
        throw new HarnessError(
          "target-not-usable",
          `the server asked for storage (${effect.kind}), which a simulated run does not offer`,
        );
    }
  }
}
