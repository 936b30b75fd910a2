/**
 * The live driver of a fleet: gives virtual devices real sockets and real time, and measures what they see.
 *
 * A device begins when it is due and a place is free (pacing.ts). What befalls it comes from the fleet's source, what
 * it does is the virtual device's decision, what its link loses is decided here in our own process. At the end, or when
 * it is interrupted, the fleet says goodbye within a bound. Nothing is judged.
 */
import { now } from "../../platform/clock.ts";
import { HarnessError } from "../../platform/errors.ts";
import { type Address, splitAddress } from "../../protocol/address.ts";
import { type CoapParams, maxTransmitWait } from "../../protocol/coap/params.ts";
import { after, between, earliest, type Instant, type Micros, millis, seconds, toMillis } from "../../protocol/time.ts";
import type { DeviceCommand } from "../../simulator/device/types.ts";
import { inputOf } from "../../simulator/fleet/happenings.ts";
import type { Fleet, FleetTimeline } from "../../simulator/fleet/types.ts";
import type { HistoryEvent, RunTime } from "../history/history.ts";
import type { Agenda, Waker } from "../live/agenda.ts";
import type { Measuring } from "../live/measuring.ts";
import type { OpenSocket } from "../live/sockets.ts";
import { createLatencies } from "../load/latencies.ts";
import type { FleetSnapshot, FleetSummary } from "../record/fleet-result.ts";
import { failingDevices } from "../record/measured.ts";
import { createDownloads, type Downloads } from "./downloads.ts";
import { FleetHost } from "./fleet-host.ts";
import { createGoodbye, type Goodbye } from "./goodbye.ts";
import { kernelDrops } from "./kernel-drops.ts";
import { createLiveDevice, inOrderOfStart } from "./live-device.ts";
import { createFleetMeter, type FleetMeter } from "./meter.ts";
import { createPacer, type Pacer } from "./pacing.ts";

export interface FleetSettings {
  /** Numeric. */
  readonly server: Address;
  readonly coap: CoapParams;
  /** Indices of the devices that this process runs. */
  readonly devices: readonly number[];
  /** Unique to this process: message ids and tokens of another run are not repeated. */
  readonly scope: string;
  /** First Registers, and De-registers at the end, that may be under way at once. */
  readonly places: number;
  /** How long the goodbye may take. */
  readonly leaveWithin: Micros;
  /** Open sockets of former addresses, for each device. */
  readonly formerSockets: number;
  readonly agenda: Agenda;
  readonly measuring: Measuring;
  readonly openSocket: OpenSocket;
  readonly signal: AbortSignal;
  /** Once a second. */
  readonly onSecond?: (snapshot: FleetSnapshot) => void;
  /** Sees each event as it happens. */
  readonly onEvent?: (event: HistoryEvent) => void;
}

/** A datagram on loopback; events are only ordered by it here. */
const UPLINK_SPAN = millis(1);
const SECOND = seconds(1);
/** An image may have 16 MiB. */
const DOWNLOADS_AT_ONCE = 32;

/** The state of one live fleet; a class because its parts call each other in a loop. */
export class FleetRun {
  /** Where the fleet's time 0 is. */
  readonly started = now();
  readonly meter: FleetMeter = createFleetMeter();
  private readonly fleet: Fleet;
  private readonly settings: FleetSettings;
  /** In the order of becoming due. */
  private readonly devices: readonly number[];
  /** Of those that have their first socket. */
  private readonly hosts = new Map<number, FleetHost>();
  private readonly pacer: Pacer;
  private readonly starter: Waker;
  private readonly downloads: Downloads;
  /** Of the devices in their order: the next that becomes due. */
  private next = 0;
  private phase: FleetSnapshot["phase"] = "running";
  private goodbye: Goodbye | undefined;
  private readonly placeWaits = createLatencies();
  private heardFromServer = false;
  private refusals = 0;
  private over = false;
  private fail: (error: unknown) => void = () => undefined;
  /** Devices that have tried to register. */
  private begun = 0;

  constructor(fleet: Fleet, settings: FleetSettings) {
    this.fleet = fleet;
    this.settings = settings;
    this.devices = inOrderOfStart(fleet, settings.devices);
    this.pacer = createPacer(settings.places, maxTransmitWait(settings.coap));
    this.downloads = createDownloads({ agenda: settings.agenda, most: DOWNLOADS_AT_ONCE });
    this.starter = settings.agenda.waker((at) => this.startDue(at));
  }

  /**
   * Runs until its time is over or it is interrupted, says goodbye, and closes all sockets.
   *
   * @throws HarnessError `target-not-usable`: nobody listens at the server's port; `too-many-open-files`,
   *   `address-in-use`: no socket for a device can be had
   */
  async toTheEnd(): Promise<FleetSummary> {
    try {
      const ended = await new Promise<FleetSummary["ended"]>((resolve, reject) => {
        this.fail = reject;
        const { signal, agenda } = this.settings;
        const interrupted = (): void => resolve("interrupted");
        signal.addEventListener("abort", interrupted, { once: true });
        if (signal.aborted) return interrupted();
        agenda.once(after(this.started, millis(this.fleet.duration)), () => resolve("duration"));
        this.startDue(now());
        this.everySecond(after(this.started, SECOND));
      });
      const registeredAtEnd = this.snapshot().registered;
      await new Promise<void>((resolve, reject) => {
        this.fail = reject;
        this.leave(resolve);
      });
      return await this.summary(ended, registeredAtEnd);
    } finally {
      this.over = true;
      await Promise.all([...this.hosts.values()].map((host) => host.close()));
    }
  }

  nameOf(index: number): string {
    return this.fleet.member(index).name;
  }

  /** What somebody makes a device do; without effect on one that has not begun. */
  command(index: number, command: DeviceCommand): void {
    this.hosts.get(index)?.give({ kind: "command", command });
  }

  /** How long what was read at that moment may have waited for this process. */
  readonly lateness = (read: Instant): Micros => this.settings.measuring.lateness(read);

  readonly runTime = (instant: Instant): RunTime => instant - this.started;

  snapshot(): FleetSnapshot {
    let registered = 0;
    let asleep = 0;
    for (const { device } of this.hosts.values()) {
      if (!device.registered) continue;
      registered += 1;
      if (!device.listening) asleep += 1;
    }
    return {
      at: this.runTime(now()),
      phase: this.phase,
      devices: this.devices.length,
      started: this.begun,
      registered,
      asleep,
      waiting: this.pacer.waiting,
      inFlight: this.pacer.inFlight + (this.goodbye?.inFlight ?? 0),
      counts: { ...this.meter.counts },
      responses: Object.fromEntries([...this.meter.responses].map(([key, { count }]) => [key, count])),
      worstLateness: this.settings.measuring.worst,
      refusals: this.refusals,
    };
  }

  private async summary(ended: FleetSummary["ended"], registeredAtEnd: number): Promise<FleetSummary> {
    const snapshot = this.snapshot();
    const drops = await kernelDrops(
      this.settings.server,
      [...this.hosts.values()].flatMap(({ addresses }) => addresses),
    );
    return {
      ...snapshot,
      ended,
      registeredAtEnd,
      deregistered: registeredAtEnd - snapshot.registered,
      leftBehind: snapshot.registered,
      ...(drops === undefined ? {} : { kernelDrops: drops }),
      placeWaits: this.placeWaits.counts(),
      latencies: Object.fromEntries([...this.meter.responses].map(([key, spans]) => [key, spans.counts()])),
      failing: failingDevices(this.meter.failing),
    };
  }

  private everySecond(at: Instant): void {
    if (this.over) return;
    this.settings.agenda.once(at, (instant) => {
      if (this.over) return;
      this.settings.onSecond?.(this.snapshot());
      // A process that was away for a while does not make up for the seconds that it missed.
      this.everySecond(after(between(at, instant) > SECOND ? instant : at, SECOND));
    });
  }

  // ── the beginning

  private startDue(at: Instant): void {
    if (this.phase !== "running") return;
    const { devices } = this;
    for (const index of this.pacer.tick(at)) this.begin(index);
    let index = devices[this.next];
    let due = index === undefined ? undefined : this.dueAt(index);
    while (index !== undefined && due !== undefined && due <= at) {
      this.next += 1;
      for (const starting of this.pacer.due(index, at)) this.begin(starting);
      index = devices[this.next];
      due = index === undefined ? undefined : this.dueAt(index);
    }
    this.wakeStarter(due);
  }

  private wakeStarter(due: Instant | undefined): void {
    this.starter.want(due === undefined ? this.pacer.deadline : earliest(due, this.pacer.deadline));
  }

  private dueAt(index: number): Instant {
    return after(this.started, millis(this.fleet.member(index).registersAt));
  }

  private begin(index: number): void {
    this.begun += 1;
    this.placeWaits.record(between(this.dueAt(index), now()));
    this.open().then(
      (socket) => {
        if (this.over || this.phase !== "running") return void socket.close();
        this.switchOn(index, socket);
      },
      (error) => this.fail(error),
    );
  }

  private readonly open = (): ReturnType<OpenSocket> => this.settings.openSocket(this.settings.server);

  private switchOn(index: number, socket: Awaited<ReturnType<OpenSocket>>): void {
    const { settings } = this;
    const host = new FleetHost({
      index,
      device: createLiveDevice(this.fleet, index, { ...settings, start: this.started }),
      link: this.fleet.link(index),
      socket,
      openSocket: this.open,
      formerSockets: settings.formerSockets,
      agenda: settings.agenda,
      downloads: this.downloads,
      record: this.record,
      runTime: this.runTime,
      lateness: this.lateness,
      uplinkSpan: UPLINK_SPAN,
      onTrouble: (error) => this.fail(error),
      onRefused: () => this.refused(),
    });
    this.hosts.set(index, host);
    this.meter.intend(index, millis(this.fleet.member(index).registersAt));
    const timeline = this.fleet.timeline(index);
    this.catchUp(host, timeline);
    host.give({ kind: "command", command: { kind: "register" } });
    // One that is offline registers when it is back, and keeps nobody waiting until then.
    if (!host.device.listening) this.free(index);
    this.follow(host, timeline);
  }

  /** What should have befallen it by now. */
  private catchUp(host: FleetHost, timeline: FleetTimeline): void {
    while (timeline.nextAt <= toMillis(between(this.started, now()))) {
      const happening = timeline.take();
      if (happening !== undefined) host.give(inputOf(happening));
    }
  }

  /** What befalls a device, one after the other. */
  private follow(host: FleetHost, timeline: FleetTimeline): void {
    if (timeline.nextAt === Number.POSITIVE_INFINITY) return;
    this.settings.agenda.once(after(this.started, millis(timeline.nextAt)), () => {
      if (this.over || this.phase !== "running") return;
      this.catchUp(host, timeline);
      this.follow(host, timeline);
    });
  }

  // ── what is seen

  private readonly record = (event: HistoryEvent): void => {
    if (this.over) return;
    if (event.kind === "downlink") this.heardFromServer = true;
    const answered = this.meter.step(event);
    this.settings.onEvent?.(event);
    if (answered === undefined || !("device" in event) || event.device === undefined) return;
    if (answered === "register") this.free(event.device);
    else if (answered === "deregister") this.goodbye?.answered(event.device);
  };

  /** A device gives its place to the next. */
  private free(index: number): void {
    for (const starting of this.pacer.settled(index, now())) this.begin(starting);
  }

  /** A server that restarts refuses for a moment. One that was never there is a mistake of whoever set the run up. */
  private refused(): void {
    this.refusals += 1;
    if (this.heardFromServer) return;
    const { host, port } = splitAddress(this.settings.server);
    this.fail(new HarnessError("target-not-usable", `nobody listens for CoAP at udp ${host}:${port}`));
  }

  private leave(onDone: () => void): void {
    const { coap, places, leaveWithin, agenda } = this.settings;
    this.phase = "leaving";
    this.goodbye = createGoodbye({ hosts: this.hosts, places, hold: maxTransmitWait(coap), onDone });
    const at = now();
    agenda.once(after(at, leaveWithin), onDone);
    this.goodbye.begin(at);
  }
}
