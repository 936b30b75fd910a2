/**
 * Literal histories for tests: what an outsider sees of a run, told verb by verb, with real CoAP bytes.
 *
 * Times are seconds. In simulation they are exact; in a live story an uplink arrives within 20 ms, a downlink was read
 * up to 2 ms after it was sent, and a REST answer takes 10 ms. No server and no device is involved: whatever the story
 * tells is what the oracle gets to judge, and nothing is made consistent behind its back.
 */
import { encodeEmpty, encodeMessage, NO_OPTIONS } from "../../protocol/coap/message.ts";
import { CONTENT_FORMAT, LOCATION_PATH, sortOptions, stringOption, uintOption } from "../../protocol/coap/options.ts";
import type { CoapContent, CoapOption, Code, MessageType } from "../../protocol/coap/types.ts";
import { encodeInstance, encodeResource, TEXT, TLV } from "../../protocol/lwm2m/content.ts";
import { executeContent, readContent, writeContent } from "../../protocol/lwm2m/operations.ts";
import { deregisterContent, registerContent, updateContent } from "../../protocol/lwm2m/registration-requests.ts";
import { ARTIK, type Profile } from "../../protocol/profile.ts";
import { fromApiObjectText, fromApiText, resolveProperty } from "../../protocol/task-api/properties.ts";
import type { DeviceTaskStatus, TaskStatus, TaskType } from "../../protocol/task-api/states.ts";
import { type Outsider, Plan } from "../../scenarios/plan.ts";
import type { UpdateEvent } from "../../simulator/device/firmware-machine.ts";
import { malformedRegister } from "../../simulator/device/malformed-register.ts";
import type { RegisterDefect } from "../../simulator/model/device.ts";
import type { Fault } from "../../simulator/model/fault.ts";
import type { History, HistoryEvent, RestPurpose } from "../history/history.ts";
import type { Finding } from "../record/finding.ts";
import { type Judgement, judge } from "./oracle.ts";

export interface StoryOptions {
  /** How many devices there are, or what they are like. Default 1. */
  readonly devices?: number | readonly object[];
  /** Default: everything declared, as the reference server does. */
  readonly profile?: Profile;
  readonly live?: boolean;
  /** What the plan makes go wrong, as far as checkers look it up. */
  readonly faults?: readonly Fault[];
  /** Firmware images that were uploaded before. */
  readonly images?: readonly object[];
  /** `taskExpiresAfter` of the one device type, seconds. */
  readonly typeExpiry?: number;
}

/** `none`: the server does not answer, or not yet: see `answerRegistration`. */
type RegistrationAnswer = Code | "none";

interface RegistrationOptions {
  readonly lifetime?: number;
  readonly queueMode?: boolean;
  /** The alternate path; default: none. */
  readonly rootPath?: string;
  /** `rd/1`. Register: what the answer gives; else: the Uri-Path. Default: the present one, or a fresh one. */
  readonly location?: string;
  readonly answer?: RegistrationAnswer;
  /** Default: a fresh one. */
  readonly messageId?: number;
}

interface CreateOptions {
  readonly type?: TaskType;
  readonly property?: string;
  readonly value?: string;
  readonly devices?: readonly number[];
  /** Seconds. */
  readonly expiresAfter?: number;
  /** When it is to begin, by the server's clock. */
  readonly scheduledOn?: number;
  /** When it was created by the server's clock, as the answer shows it. */
  readonly createdOn?: number;
  /** HTTP status; `none`: not answered yet, see `created`. */
  readonly status?: number | "none";
  readonly as?: Outsider;
  /** It is a firmware update with this image of the plan; then it has no type and no property. */
  readonly image?: number;
  readonly needsAcceptance?: boolean;
  /** The `expiresAfter` that the answer shows, seconds. */
  readonly echo?: number;
}

interface RequestOptions {
  /** Which task it carries out; or what it asks. */
  readonly task?: number;
  readonly content?: CoapContent;
  readonly messageId?: number;
  readonly token?: string;
  /** Default: the present one of the device. */
  readonly address?: string;
}

interface AnswerOptions {
  readonly text?: string;
  readonly payload?: Uint8Array;
  readonly format?: number;
  readonly diagnostic?: string;
  /** Besides the Content-Format. */
  readonly options?: readonly CoapOption[];
  /** Default: piggybacked on the acknowledgement. */
  readonly type?: MessageType;
  readonly token?: string;
  readonly messageId?: number;
}

/** What a request did on the device. */
interface Change {
  /** `3/0/15` */
  readonly path?: string;
  /** As the API shows it. */
  readonly value?: unknown;
}

/** What a poll shows of one device. */
export interface Shown {
  readonly device?: number;
  readonly status: DeviceTaskStatus;
  readonly attempts?: number;
  readonly code?: string | number;
  readonly message?: string;
  /** Of an update. */
  readonly acceptance?: string;
}

interface PollOptions {
  readonly status?: TaskStatus;
  /** Default: those that agree with the statuses. */
  readonly counts?: Readonly<Record<string, unknown>> | "none";
  readonly total?: number;
}

type StrangersRequest = "poll-task" | "poll-statuses" | "poll-history" | "cancel-task";

interface Sent {
  readonly bytes: Uint8Array;
  readonly messageId: number;
  readonly token: string;
  readonly address: string;
}

interface ToldDevice {
  address: number;
  location: string | undefined;
  registrations: number;
  /** Its last Register, Update or De-register. */
  asked: Sent | undefined;
  /** The server's last request to it. */
  request: Sent | undefined;
  /** Its last Confirmable response. */
  response: Sent | undefined;
}

export const TIMEZONE = "deviceProperties.device.timezone";
export const REBOOT = "deviceProperties.device.reboot";

export const history = (options: StoryOptions = {}): Story => new Story(options);

/** A story under way: every verb adds events and gives the story back. */
export class Story {
  readonly events: HistoryEvent[] = [];
  private readonly plan: Plan;
  private readonly live: boolean;
  private readonly devices: ToldDevice[];
  private readonly tasks = new Map<number, CreateOptions & { readonly ticket: number }>();
  private readonly names = new Map<string, number>();
  private nextMessageId = 1_000;
  private nextTicket = 1;

  constructor({ devices = 1, profile = ARTIK, live = false, faults = [], typeExpiry, images }: StoryOptions) {
    this.live = live;
    this.plan = Plan.parse({
      formatVersion: 1,
      id: "story",
      family: "test",
      simSeed: "seed",
      profile,
      deviceTypes: [typeExpiry === undefined ? {} : { taskExpiresAfter: typeExpiry }],
      fleet: typeof devices === "number" ? Array.from({ length: devices }, () => ({})) : devices,
      latency: 0,
      operations: [],
      faults,
      ...(images === undefined ? {} : { images }),
      quietFrom: 0,
      until: 0,
    });
    this.devices = this.plan.fleet.map(() => ({
      address: 40_000,
      location: undefined,
      registrations: 0,
      asked: undefined,
      request: undefined,
      response: undefined,
    }));
  }

  // ── what the story is for

  history(): History {
    return {
      header: {
        formatVersion: 1,
        plan: this.plan.id,
        mode: this.live ? "live" : "sim",
        startedAt: 0,
        devices: this.plan.fleet.map((_, index) => `d${index}`),
        deviceTypes: ["t0"],
      },
      events: this.events,
    };
  }

  judge(): Judgement {
    return judge(this.plan, this.history());
  }

  /** What the oracle says of one requirement; `undefined`: nothing at all, so it can never be a pass. */
  verdict(requirement: string): Judgement["tallies"][number] | undefined {
    return this.judge().tallies.find((tally) => tally.requirement === requirement);
  }

  /** What a campaign of this one story would conclude. */
  outcome(requirement: string): "pass" | "fail" | "inconclusive" | "not-exercised" {
    const verdict = this.verdict(requirement);
    if (verdict === undefined) return "not-exercised";
    if (verdict.findings.length > 0) return "fail";
    return verdict.examined > 0 ? "pass" : "inconclusive";
  }

  /** The first finding. */
  finding(requirement: string): Finding | undefined {
    return this.verdict(requirement)?.findings[0];
  }

  /** All findings of whatever requirement. */
  findings(): readonly Finding[] {
    return this.judge().tallies.flatMap(({ findings }) => findings);
  }

  get planned(): Plan {
    return this.plan;
  }

  /** Names the event added last. */
  as(name: string): this {
    this.names.set(name, this.events.length - 1);
    return this;
  }

  /** Index of a named event. */
  event(name: string): number {
    const index = this.names.get(name);
    if (index === undefined) throw new Error(`the story has no event "${name}"`);
    return index;
  }

  /** Tells a part of the story that several tests share. */
  tell(part: (story: this) => unknown): this {
    part(this);
    return this;
  }

  // ── registrations

  register(device: number, at: number, options: RegistrationOptions = {}): this {
    const told = this.device(device);
    const { lifetime, queueMode, rootPath, answer = "2.01" } = options;
    const fields = {
      endpoint: `d${device}`,
      objects: [{ path: "/3/0", attributes: new Map<string, string | true>() }],
      ...(lifetime === undefined ? {} : { lifetime }),
      ...(queueMode === undefined ? {} : { queueMode }),
      rootPath,
    };
    this.ask(device, at, registerContent(fields), options.messageId);
    if (answer === "none") return this;
    return this.answerRegistration(device, at, answer, options.location ?? `rd/${device}-${told.registrations + 1}`);
  }

  /** A Register that has to be refused. */
  registerBadly(device: number, at: number, defect: RegisterDefect, answer: RegistrationAnswer = "4.00"): this {
    const sound = registerContent({ endpoint: `d${device}`, objects: [{ path: "/3/0", attributes: new Map() }] });
    this.ask(device, at, malformedRegister(sound, defect));
    return answer === "none" ? this : this.answerRegistration(device, at, answer);
  }

  update(device: number, at: number, options: RegistrationOptions = {}): this {
    const { location, answer = "2.04", lifetime, queueMode, rootPath } = options;
    const path = location ?? this.device(device).location ?? "rd/unknown";
    const objects = [{ path: "/3/0", attributes: new Map<string, string | true>() }];
    const content = updateContent(path.split("/"), {
      lifetime,
      binding: queueMode === undefined ? undefined : queueMode ? "UQ" : "U",
      ...(rootPath === undefined ? {} : { rootPath, objects }),
    });
    this.ask(device, at, content, options.messageId);
    return answer === "none" ? this : this.answerRegistration(device, at, answer);
  }

  deregister(device: number, at: number, { location, answer = "2.02" }: RegistrationOptions = {}): this {
    const path = location ?? this.device(device).location ?? "rd/unknown";
    this.ask(device, at, deregisterContent(path.split("/")));
    return answer === "none" ? this : this.answerRegistration(device, at, answer);
  }

  /** Anything else that a device may ask of the registration interface. */
  asks(
    device: number,
    at: number,
    content: CoapContent,
    { answer = "4.00", type }: { readonly answer?: RegistrationAnswer; readonly type?: "CON" | "NON" } = {},
  ): this {
    this.ask(device, at, content, undefined, type);
    return answer === "none" ? this : this.answerRegistration(device, at, answer);
  }

  /** The network reports that the address of the device cannot be reached. */
  unreachable(device: number, at: number): this {
    return this.add({ kind: "unreachable", device, address: this.address(device), at: micros(at) });
  }

  /** The server answers what the device asked last. */
  answerRegistration(device: number, at: number, code: Code, location?: string): this {
    const told = this.device(device);
    const asked = expectThere(told.asked, "nothing was asked");
    const path = code === "2.01" ? (location ?? `rd/${device}-${told.registrations + 1}`) : undefined;
    if (path !== undefined) {
      told.location = path;
      told.registrations++;
    }
    const options = (path ?? "").split("/").flatMap((part) => (part === "" ? [] : [stringOption(LOCATION_PATH, part)]));
    const message = { type: "ACK", code, messageId: asked.messageId, token: asked.token, options } as const;
    return this.down(device, at, encodeMessage({ ...message, payload: new Uint8Array() }), asked.address);
  }

  /** One more copy of what the device asked last. */
  askAgain(device: number, at: number): this {
    const asked = expectThere(this.device(device).asked, "nothing was asked");
    return this.up(device, at, asked.bytes, asked.address);
  }

  /** The device has a new address from now on; the server does not know. */
  move(device: number): this {
    this.device(device).address++;
    return this;
  }

  reboot(device: number, at: number): this {
    return this.add({ kind: "device", device, event: "reboot", at: micros(at) });
  }

  private ask(device: number, at: number, content: CoapContent, reused?: number, type: "CON" | "NON" = "CON"): void {
    const told = this.device(device);
    const fresh = this.nextMessageId++;
    const messageId = reused ?? fresh;
    const sent = { messageId, token: `dd${fresh.toString(16).padStart(4, "0")}`, address: this.address(device) };
    told.asked = { ...sent, bytes: encodeMessage({ type, messageId, token: sent.token, ...content }) };
    this.up(device, at, told.asked.bytes);
  }

  // ── requests of the server, and answers

  /** The first datagram of an attempt. */
  request(device: number, at: number, options: RequestOptions = {}): this {
    const messageId = options.messageId ?? this.nextMessageId++;
    const token = options.token ?? `aa${messageId.toString(16).padStart(4, "0")}`;
    const content = options.content ?? this.contentOf(options.task ?? 0);
    const address = options.address ?? this.address(device);
    const bytes = encodeMessage({ type: "CON", messageId, token, ...content });
    this.device(device).request = { bytes, messageId, token, address };
    return this.down(device, at, bytes, address);
  }

  /** The same datagram once more. */
  retransmit(device: number, at: number): this {
    const { bytes, address } = this.lastRequest(device);
    return this.down(device, at, bytes, address);
  }

  /** An attempt that nobody acknowledges, with all its copies: at 0, 2, 6, 14 and 30 s; given up after 62 s. */
  requestInVain(device: number, at: number, options: RequestOptions = {}): this {
    this.request(device, at, options);
    for (const later of [2, 6, 14, 30]) this.retransmit(device, at + later);
    return this;
  }

  acknowledge(device: number, at: number): this {
    return this.up(device, at, encodeEmpty("ACK", this.lastRequest(device).messageId));
  }

  reset(device: number, at: number): this {
    return this.up(device, at, encodeEmpty("RST", this.lastRequest(device).messageId));
  }

  /** The device answers the last request. */
  answer(device: number, at: number, code: Code, options: AnswerOptions = {}): this {
    const request = this.lastRequest(device);
    const { type = "ACK", token = request.token, text, diagnostic, format = TEXT } = options;
    const messageId = options.messageId ?? (type === "ACK" ? request.messageId : this.nextMessageId++);
    const payload = options.payload ?? new TextEncoder().encode(diagnostic ?? text ?? "");
    const formats: readonly CoapOption[] =
      text === undefined && options.payload === undefined ? NO_OPTIONS : [uintOption(CONTENT_FORMAT, format)];
    const all = sortOptions([...formats, ...(options.options ?? NO_OPTIONS)]);
    const bytes = encodeMessage({ type, code, messageId, token, options: all, payload });
    if (type === "CON") this.device(device).response = { bytes, messageId, token, address: this.address(device) };
    return this.up(device, at, bytes);
  }

  /** The server replies to the last Confirmable response. */
  reply(device: number, at: number, type: "ACK" | "RST"): this {
    const { messageId, address } = expectThere(this.device(device).response, "no Confirmable response");
    return this.down(device, at, encodeEmpty(type, messageId), address);
  }

  /** The last request reached the device, which acted on it, or not. */
  delivered(device: number, at: number, effect?: "read" | "written" | "executed", change: Change = {}): this {
    const { bytes, messageId, token } = this.lastRequest(device);
    this.add({ kind: "delivery", device, bytes, at: micros(at) });
    if (effect === undefined) return this;
    const { path = "3/0/4", value } = change;
    const valued = value === undefined ? {} : { value };
    return this.add({ kind: "effect", device, effect, path, ...valued, messageId, token, at: micros(at) });
  }

  // ── REST

  create(task: number, at: number, options: CreateOptions = {}): this {
    const { type = "R", property = TIMEZONE, value, devices = [0], expiresAfter, status = 201 } = options;
    const by = options.as === undefined ? {} : { as: options.as };
    const taskParameters = {
      ...(value === undefined ? {} : { value }),
      ...(expiresAfter === undefined ? {} : { expiresAfter }),
      ...(options.scheduledOn === undefined ? {} : { scheduledOn: options.scheduledOn * 1_000 }),
    };
    const dids = devices.map((device) => `d${device}`);
    const { image, needsAcceptance } = options;
    const what =
      image === undefined
        ? { taskType: type, property, taskParameters }
        : { taskParameters: { ...taskParameters, update: { updateId: `image-${image}` } }, needsAcceptance };
    const of = image === undefined ? {} : { image };
    const ticket = this.send(
      at,
      "POST",
      { dtid: "t0", dids, ...what },
      { kind: "create-task", task, devices, ...of, ...by },
    );
    this.tasks.set(task, { ...options, ticket });
    return status === "none" ? this : this.created(task, this.answered(at), status);
  }

  /** What the user of a device says to an update. */
  answerUpdate(task: number, at: number, answer: "ACCEPTED" | "REJECTED", status = 200, device = 0): this {
    return this.rest(at, "POST", { kind: "answer-update", task, device, answer }, status, {});
  }

  /** The device gets to another State (5/0/3) and Result (5/0/5). */
  firmware(device: number, at: number, event: UpdateEvent, state: number, result: number, version = "1.0"): this {
    return this.add({ kind: "firmware", device, event, state, result, version, at: micros(at) });
  }

  /** The POST of a task is answered. */
  created(task: number, at: number, status = 201): this {
    const { ticket, echo, createdOn } = this.task(task);
    const shown = echo === undefined ? {} : { taskParameters: { expiresAfter: echo } };
    const data = {
      id: `task-${task}`,
      status: "REQUESTED",
      ...shown,
      ...(createdOn === undefined ? {} : { createdOn: createdOn * 1_000 }),
    };
    const body = status < 300 ? { data } : { error: { code: 4001 } };
    return this.answerRest(ticket, at, status, body);
  }

  poll(task: number, at: number, shown: readonly Shown[], options: PollOptions = {}): this {
    const statuses = shown.map(({ device = 0, status, attempts, code, message, acceptance }) => ({
      did: `d${device}`,
      status,
      numAttempts: attempts,
      errorCode: code,
      errorMessage: message,
      acceptanceStatus: acceptance,
    }));
    const {
      status = shown.length === 0 ? "QUEUING" : "PROCESSING",
      counts = countsOf(shown),
      total = statuses.length,
    } = options;
    const statusCounts = counts === "none" ? undefined : counts;
    const body = { total, data: { id: `task-${task}`, status, statusCounts, statuses } };
    return this.rest(at, "GET", { kind: "poll-statuses", task }, 200, body);
  }

  /** One device of the task, which is all there is. */
  see(task: number, at: number, status: DeviceTaskStatus, more: Omit<Shown, "status"> = {}): this {
    return this.poll(task, at, [{ status, ...more }]);
  }

  /** @param expiresAfter what the record shows, seconds */
  pollTask(task: number, at: number, status = 200, expiresAfter?: number): this {
    const taskParameters = expiresAfter === undefined ? undefined : { expiresAfter };
    return this.rest(at, "GET", { kind: "poll-task", task }, status, {
      data: { id: `task-${task}`, status: "COMPLETE", taskParameters },
    });
  }

  /** An answer of 200 with these fields of the task, and no others. */
  show(task: number, at: number, data: unknown, kind: "poll-task" | "poll-statuses" = "poll-task"): this {
    return this.answered200(task, at, kind, { data });
  }

  /** An answer of 200 with whatever body. */
  answered200(task: number, at: number, kind: "poll-task" | "poll-statuses" | "poll-history", body: unknown): this {
    return this.rest(at, "GET", { kind, task }, 200, body);
  }

  /** The history of one device of the task, entry by entry. */
  past(task: number, at: number, entries: readonly Omit<Shown, "attempts" | "message">[], device = 0): this {
    const history = entries.map(({ status, code }) => ({ did: `d${device}`, status, errorCode: code }));
    return this.recorded(task, at, history, device);
  }

  /** The history of one device, or of the task as a whole, line by line as it stands in the answer. */
  recorded(task: number, at: number, history: readonly unknown[], device?: number): this {
    const of = device === undefined ? {} : { device };
    return this.rest(at, "GET", { kind: "poll-history", task, ...of }, 200, { data: { history } });
  }

  /** Somebody who does not own the device type asks. */
  stranger(task: number, at: number, kind: StrangersRequest, status: number, as: Outsider = "stranger"): this {
    const method = kind === "cancel-task" ? "PUT" : "GET";
    return this.rest(at, method, { kind, task, as }, status, {});
  }

  cancel(task: number, at: number, status = 200): this {
    return this.rest(at, "PUT", { kind: "cancel-task", task }, status, {});
  }

  cancelDevice(task: number, device: number, at: number, status = 200): this {
    return this.rest(at, "PUT", { kind: "cancel-device-task", task, device }, status, {});
  }

  configure(at: number, taskExpiresAfter: number, status = 200): this {
    return this.rest(at, "PUT", { kind: "configure-type", type: 0 }, status, {}, { taskExpiresAfter });
  }

  /**
   * The Device Mirror shows these properties: `{ "deviceProperties.device.timezone": "UTC" }`.
   *
   * @param ts when all of them came, milliseconds since the Unix epoch; default: the answer does not say
   */
  mirror(device: number, at: number, properties: Readonly<Record<string, unknown>>, ts?: number): this {
    const data = { serverProperties: {}, deviceProperties: {} };
    for (const [dotted, value] of Object.entries(properties))
      put(data, dotted.split("."), ts === undefined ? value : { value, ts });
    return this.rest(at, "GET", { kind: "poll-mirror", device }, 200, { data });
  }

  /** The Device Mirror is asked for, and this comes. */
  mirrorAnswer(device: number, at: number, status: number, body: unknown): this {
    return this.rest(at, "GET", { kind: "poll-mirror", device }, status, body);
  }

  /** A REST request that gets no answer at all. */
  unanswered(at: number, purpose: RestPurpose, body?: unknown): this {
    const ticket = this.send(at, "PUT", body, purpose);
    return this.add({ kind: "rest-failure", ticket, reason: "time-out", at: micros(at) });
  }

  /** The server's process is killed, and started again. */
  restart(from: number, until: number): this {
    this.add({ kind: "server", event: "down", at: micros(from) });
    return this.add({ kind: "server", event: "up", at: micros(until) });
  }

  /** Time passes, and nothing else. */
  wait(until: number): this {
    return this.add({ kind: "mark", mark: "end", at: micros(until) });
  }

  // ── how it is written down

  add(event: HistoryEvent): this {
    this.events.push(event);
    return this;
  }

  up(device: number, at: number, bytes: Uint8Array, address = this.address(device)): this {
    const time = micros(at);
    const measured = this.live ? { at: time + 20_000, earliest: time } : { at: time };
    return this.add({ kind: "uplink", device, address, bytes, sentAt: time, ...measured });
  }

  down(device: number, at: number, bytes: Uint8Array, address = this.address(device)): this {
    const time = micros(at);
    const measured = this.live ? { at: time + 2_000, earliest: time } : { at: time };
    return this.add({ kind: "downlink", device, address, bytes, arrivals: [time], ...measured });
  }

  private rest(at: number, method: string, purpose: RestPurpose, status: number, body: unknown, sent?: unknown): this {
    return this.answerRest(this.send(at, method, sent, purpose), this.answered(at), status, body);
  }

  private send(at: number, method: string, body: unknown, purpose: RestPurpose): number {
    const ticket = this.nextTicket++;
    this.add({ kind: "rest-request", ticket, request: { method, path: [], query: {}, body }, purpose, at: micros(at) });
    return ticket;
  }

  private answerRest(ticket: number, at: number, status: number, body: unknown): this {
    const measured = this.live ? { earliest: micros(at) - 2_000 } : {};
    return this.add({ kind: "rest-answer", ticket, response: { status, body }, at: micros(at), ...measured });
  }

  private readonly answered = (at: number): number => (this.live ? at + 0.01 : at);

  private contentOf(task: number): CoapContent {
    const { type = "R", property = TIMEZONE, value = "" } = this.task(task);
    const resolved = resolveProperty(property);
    if (!resolved.ok || resolved.value.kind === "server") throw new Error(`${property} is not on the device`);
    const { path } = resolved.value;
    if (type === "R") return readContent(path);
    if (type === "E") return executeContent(path);
    if (resolved.value.kind === "object") {
      const values = fromApiObjectText(resolved.value.object, value);
      if (!values.ok) throw new Error(values.error);
      return writeContent(path, TLV, encodeInstance(resolved.value.object, values.value));
    }
    const [object, , resource] = resolved.value.path;
    const typed = fromApiText(resolved.value.row, value);
    const payload = typed.ok ? encodeResource(object, resource, typed.value, TEXT) : typed;
    if (!payload.ok) throw new Error(payload.error);
    return writeContent(path, TEXT, payload.value);
  }

  private address(device: number): string {
    return `10.0.0.${device}:${this.device(device).address}`;
  }

  private readonly device = (index: number): ToldDevice => expectThere(this.devices[index], `no device ${index}`);
  private readonly lastRequest = (device: number): Sent =>
    expectThere(this.device(device).request, "nothing was requested");
  private readonly task = (ref: number) => expectThere(this.tasks.get(ref), `no task ${ref}`);
}

function countsOf(shown: readonly Shown[]): Readonly<Record<string, number>> {
  const tally = (...wanted: readonly DeviceTaskStatus[]) =>
    shown.filter(({ status }) => wanted.includes(status)).length;
  return {
    totalDevices: shown.length,
    numCompleted: tally("SUCCEEDED", "FAILED", "CANCELLED"),
    numSucceeded: tally("SUCCEEDED"),
    numFailed: tally("FAILED"),
    numCancelled: tally("CANCELLED"),
  };
}

const micros = (seconds: number): number => Math.round(seconds * 1_000_000);

function expectThere<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(what);
  return value;
}

/** Puts a value under a path of names. */
function put(into: Record<string, unknown>, [name = "", ...more]: readonly string[], value: unknown): void {
  if (more.length === 0) {
    into[name] = value;
    return;
  }
  const below = (into[name] ?? {}) as Record<string, unknown>;
  into[name] = below;
  put(below, more, value);
}
