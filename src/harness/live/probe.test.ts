import { afterEach, describe, expect, it } from "vitest";
import { now } from "../../platform/clock.ts";
import { pause } from "../../platform/timers.ts";
import { openUdp, type UdpSocket } from "../../platform/udp.ts";
import { type Address, address } from "../../protocol/address.ts";
import { decodeMessage, encodeEmpty } from "../../protocol/coap/message.ts";
import { after, before, type Instant, millis, seconds } from "../../protocol/time.ts";
import { type Agenda, createAgenda } from "./agenda.ts";
import { type Probe, startProbe } from "./probe.ts";

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const resource of opened.splice(0).reverse()) await resource.close();
});

async function probing(answers: (pings: number) => boolean): Promise<{ probe: Probe; pings: () => number }> {
  const target = await openUdp({ host: "127.0.0.1" });
  let pings = 0;
  target.onMessage((from, bytes) => {
    const message = decodeMessage(bytes);
    expect(message).toMatchObject({ ok: true, value: { type: "CON", code: "0.00" } });
    if (message.ok && answers(++pings)) target.send(from, encodeEmpty("RST", message.value.messageId));
  });
  const agenda: Agenda = createAgenda();
  const socket: UdpSocket = await openUdp({ peer: target.address });
  const probe = startProbe(socket, target.address, agenda);
  opened.push(target, agenda, probe);
  return { probe, pings: () => pings };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(millis(5));
}

describe("startProbe", () => {
  it("bounds what was sent before a ping by the moment at which that ping's Reset was read", async () => {
    const { probe } = await probing(() => true);
    const sent = now();
    await until(() => typeof probe.handledBy(sent) === "number");
    const handled = Number(probe.handledBy(sent));
    expect(handled).toBeGreaterThanOrEqual(sent);
    expect(handled).toBeLessThanOrEqual(now());
  });

  it("says that what was sent after the last answered ping may not have been read yet", async () => {
    const { probe } = await probing(() => true);
    await until(() => typeof probe.handledBy(before(now(), millis(100))) === "number");
    expect(probe.handledBy((now() + 1_000_000) as Instant)).toBe("not yet");
  });

  it("says so of a target that falls behind, and knows nothing of one that has answered no ping for ten seconds", () => {
    let at = 5_000_000 as Instant;
    let hear: (from: Address, bytes: Uint8Array) => void = () => undefined;
    const sent: Uint8Array[] = [];
    const socket = {
      onMessage: (listener: typeof hear) => {
        hear = listener;
      },
      send: (_to: Address, bytes: Uint8Array) => void sent.push(bytes),
      close: () => Promise.resolve(),
    } as unknown as UdpSocket;
    const agenda = { now: () => at, once: () => undefined } as unknown as Agenda;
    const probe = startProbe(socket, address("127.0.0.1:5683"), agenda);
    expect(probe.handledBy(at), "before the first answer").toBeUndefined();
    hear(address("127.0.0.1:5683"), sent[0] ?? new Uint8Array());
    expect(probe.handledBy(at)).toBe(at);
    at = after(at, seconds(9));
    expect(probe.handledBy(before(at, seconds(4)))).toBe("not yet");
    at = after(at, seconds(2));
    expect(probe.handledBy(before(at, seconds(4)))).toBeUndefined();
    expect(probe.handledBy(5_000_000 as Instant), "what it did answer stays known").toBe(5_000_000);
  });

  it("tells for how long a target that stopped answering has been behind, and nothing of one that never did", async () => {
    const { probe, pings } = await probing((count) => count <= 3);
    expect(probe.behind()).toBe(0);
    await until(() => pings() >= 8);
    // The fourth ping left 20 ms after the third, and the eighth 80 ms after that, or later.
    expect(probe.behind()).toBeGreaterThanOrEqual(80_000);
    const silent = await probing(() => false);
    await until(() => silent.pings() >= 3);
    expect(silent.probe.behind()).toBe(0);
  });

  it("passes over pings that are not answered: the next one that is bounds what came before", async () => {
    const { probe, pings } = await probing((count) => count > 3);
    const sent = before(now(), millis(1_000));
    await until(() => pings() >= 3);
    await until(() => typeof probe.handledBy(sent) === "number");
    expect(pings()).toBeGreaterThan(3);
  });

  it("knows nothing of a target that answers no pings", async () => {
    const { probe, pings } = await probing(() => false);
    await until(() => pings() >= 3);
    expect(probe.handledBy(before(now(), millis(1_000)))).toBeUndefined();
  });
});
