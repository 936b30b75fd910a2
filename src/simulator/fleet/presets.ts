/**
 * Fleet files that come with the program, by name: `--connectivity flaky-cellular`.
 *
 * Their figures are plausible, not measured anywhere; a fleet file of one's own says what is so on a network of one's own.
 */
import type { FleetFileText } from "../model/fleet.ts";

/** The presets, each as a fleet file has it. */
export const FLEET_PRESETS = {
  "always-on": {
    formatVersion: 1,
    about: "Mains-powered devices on a good network: nothing goes wrong.",
    groups: [{ name: "mains", share: 1, device: { lifetime: "1h" }, link: { latency: "20ms" } }],
  },
  "flaky-cellular": {
    formatVersion: 1,
    about:
      "Battery-powered trackers on a cellular network: out of coverage for minutes, loss in bursts, latency with a long tail.",
    groups: [
      {
        name: "trackers",
        share: 1,
        device: { lifetime: "1h", lwm2m: "1.1" },
        connectivity: {
          kind: "cycle",
          online: { kind: "exponential", mean: "3h", atLeast: "1m" },
          offline: { kind: "exponential", mean: "10m", atLeast: "5s" },
        },
        link: {
          latency: {
            kind: "table",
            rows: [
              { upTo: "60ms", weight: 10 },
              { upTo: "150ms", weight: 60 },
              { upTo: "400ms", weight: 25 },
              { upTo: "3s", weight: 5 },
            ],
          },
          loss: { up: 1, down: 1 },
          bursts: { begins: 0.5, ends: 25, loss: 90 },
          duplication: { percent: 0.2, delay: "300ms" },
          reordering: { percent: 0.5, delay: "500ms" },
        },
        nat: { bindingTimeout: "10m", rebinding: { kind: "exponential", mean: "1d" } },
        reboots: { kind: "exponential", mean: "7d" },
      },
    ],
  },
  "nb-iot-sleepy": {
    formatVersion: 1,
    about:
      "Meters on NB-IoT that sleep nearly always: queue mode, short awake windows, seconds of latency, small datagrams.",
    groups: [
      {
        name: "meters",
        share: 1,
        device: { lifetime: "1d", lwm2m: "1.1", queueMode: true, awakeFor: "20s", blockSize: 256 },
        start: { kind: "storm", over: "1h" },
        updates: { share: 25, jitter: 5 },
        link: {
          latency: {
            kind: "table",
            rows: [
              { upTo: "300ms", weight: 5 },
              { upTo: "1500ms", weight: 75 },
              { upTo: "6s", weight: 19 },
              { upTo: "12s", weight: 1 },
            ],
          },
          loss: { up: 2, down: 2 },
          mtu: 1358,
        },
        nat: { bindingTimeout: "4m" },
      },
    ],
  },
  "nat-churn": {
    formatVersion: 1,
    about: "Devices behind an address translator that forgets quickly, and sometimes for no reason.",
    groups: [
      {
        name: "behind-nat",
        share: 1,
        device: { lifetime: "5m" },
        updates: { share: 80, jitter: 20 },
        link: { latency: { kind: "uniform", from: "20ms", to: "60ms" } },
        nat: { bindingTimeout: "30s", refreshedBy: "both", rebinding: { kind: "exponential", mean: "10m" } },
      },
    ],
  },
  "power-cut": {
    formatVersion: 1,
    about:
      "Street lights of which nine in ten lose their power after ten minutes, and register again within half a minute.",
    duration: "30m",
    groups: [{ name: "lights", share: 1, device: { lifetime: "10m", bootTime: "5s" }, link: { latency: "40ms" } }],
    events: [
      { kind: "power-cut", at: "10m", percent: 90, lasts: "2m", spread: { kind: "uniform", from: "0s", to: "30s" } },
    ],
  },
  "error-storm": {
    formatVersion: 1,
    about: "Devices that answer wrongly: errors, late, with Reset, or not at all; beside them some that do not.",
    groups: [
      {
        name: "faulty",
        share: 3,
        device: { lifetime: "10m" },
        answers: [
          {
            operation: "write",
            percent: 50,
            sequence: [
              { kind: "error", code: "5.03", diagnostic: "busy" },
              { kind: "error", code: "5.00", diagnostic: "flash worn out" },
              { kind: "normal" },
            ],
          },
          { operation: "execute", percent: 30, sequence: [{ kind: "error", code: "4.05" }] },
          { percent: 10, sequence: [{ kind: "silent" }] },
          { percent: 10, sequence: [{ kind: "slow", delay: "5s" }] },
          { percent: 5, sequence: [{ kind: "reset" }] },
          { percent: 5, sequence: [{ kind: "acknowledge-only" }] },
          { percent: 5, sequence: [{ kind: "answer-before-ack", type: "CON", delay: "100ms" }] },
        ],
      },
      { name: "sound", share: 1, device: { lifetime: "10m" } },
    ],
  },
} as const satisfies Readonly<Record<string, FleetFileText>>;
export type FleetPresetName = keyof typeof FLEET_PRESETS;
