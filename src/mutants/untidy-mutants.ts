/**
 * Defects that only untidy devices show: those that the network cannot reach, and those that register, or update, as
 * something else than before., G-08, Q-02, Q-07.
 */
import type { Device, Registration } from "../reference-server/entities.ts";
import { REFERENCE_RULES as REFERENCE } from "../reference-server/rules.ts";
import type { ServerRules } from "../reference-server/server-rules.ts";
import { differing } from "./defect.ts";
import type { Mutant, Note } from "./mutant.ts";

/** How often an attempt is repeated at once; a server that never stops would not end in a network without latency. */
const MOST_REPETITIONS = 5;

/** Takes devices for asleep, or not, by the first thing that was said for whatever `owner` gives. */
function byFirstQueueMode(
  note: Note,
  owner: (device: Device, registration: Registration) => object,
): Pick<ServerRules, "destination"> {
  const first = new WeakMap<object, boolean>();
  return {
    destination: (device, now, profile) => {
      const { registration } = device;
      if (registration === undefined) return undefined;
      const who = owner(device, registration);
      const queueMode = first.get(who) ?? registration.queueMode;
      first.set(who, queueMode);
      const right = REFERENCE.destination(device, now, profile);
      const wrong = REFERENCE.destination({ ...device, registration: { ...registration, queueMode } }, now, profile);
      return differing(note, right, wrong);
    },
  };
}

/** Keeps to the first path that was said for whatever `owner` gives. */
function byFirstRoot(note: Note, owner: (registration: Registration) => object): Pick<ServerRules, "rootPathOf"> {
  const first = new WeakMap<object, string>();
  return {
    rootPathOf: (registration) => {
      const who = owner(registration);
      const rootPath = first.get(who) ?? registration.rootPath;
      first.set(who, rootPath);
      return differing(note, registration.rootPath, rootPath);
    },
  };
}

export const UNTIDY_MUTANTS: readonly Mutant[] = [
  {
    id: "fails-on-unreachable",
    sentence: "A device task fails when the network reports that its device cannot be reached.",
    requirement: "R-03",
    source: "an error of the socket taken for an error answer",
    rules: (note) => ({
      requeues: (failure, attempts) =>
        differing(note, REFERENCE.requeues(failure, attempts), failure !== "unreachable"),
    }),
  },
  {
    id: "unreachable-fails-everything",
    sentence: "A report that one device cannot be reached ends the exchanges with all devices.",
    requirement: "I-04",
    source: "one socket for the fleet, whose error handler does not look at the address",
    coapRules: (note) => ({
      unreachable: () => {
        note();
        return "fails-everywhere";
      },
    }),
  },
  {
    id: "repeats-at-once-when-unreachable",
    sentence: "What could not be delivered, as the network reports, is sent anew at once, up to five times.",
    requirement: "R-06",
    source: "usual retry loop around a send that throws",
    rules: (note) => {
      const repeated = new WeakMap<object, number>();
      return {
        repeatsAtOnce: (failure, deviceTask) => {
          const before = repeated.get(deviceTask) ?? 0;
          if (failure !== "unreachable" || before >= MOST_REPETITIONS) return false;
          note();
          repeated.set(deviceTask, before + 1);
          return true;
        },
      };
    },
  },
  {
    id: "keeps-first-root",
    sentence: "A device that registers with its objects below another path gets requests below the first one.",
    requirement: "G-08",
    source: "the object list is read when the device is first seen",
    rules: (note) => byFirstRoot(note, ({ device }) => device),
  },
  {
    id: "root-of-update-ignored",
    sentence: "An Update that lists the objects below another path changes nothing.",
    requirement: "G-08",
    source: "of an Update only the lifetime is read",
    rules: (note) => byFirstRoot(note, (registration) => registration),
  },
  {
    id: "keeps-first-queue-mode",
    sentence: "A device that registers with queue mode, or without, is treated as at its first Register.",
    requirement: "Q-07",
    source: "the binding is a field of the device, set when it is first seen",
    rules: (note) => byFirstQueueMode(note, (device) => device),
  },
  {
    id: "binding-of-update-ignored",
    sentence: "An Update with another binding does not change whether the device is taken to sleep.",
    requirement: "Q-07",
    source: "of an Update only the lifetime is read",
    rules: (note) => byFirstQueueMode(note, (_device, registration) => registration),
  },
];
