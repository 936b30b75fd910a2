/** Defects of firmware updates: when they begin, who is asked, what is executed, and what counts as their end. O-01 to O-07. */
import type { Event, Next, State, Step } from "../reference-server/ota/procedure.ts";
import { REFERENCE_RULES as REFERENCE } from "../reference-server/rules.ts";
import { isTerminal } from "../reference-server/transitions.ts";
import { differing } from "./defect.ts";
import type { Mutant, Note } from "./mutant.ts";

/** A row of the table of steps that is another one. */
interface ChangedRow {
  readonly step: Step;
  readonly state?: State;
  readonly event: Event;
  readonly next: Next;
}

const DONE: Next = { kind: "done" };

/** The table of steps with some rows changed. */
const stepping =
  (note: Note, ...rows: readonly ChangedRow[]): typeof REFERENCE.firmwareNext =>
  (step, state, event) => {
    const row = rows.find((one) => one.step === step && one.event === event && (one.state ?? state) === state);
    if (row === undefined) return REFERENCE.firmwareNext(step, state, event);
    note();
    return row.next;
  };

const STATE = "firmwareUpdate.state";
const RESULT = "firmwareUpdate.updateResult";
const SUCCESS = 1;

const BEGINNING: readonly Mutant[] = [
  {
    id: "unregistered-update-waits",
    sentence: "An update for a device that is not registered is QUEUED, as other tasks are.",
    requirement: "O-01",
    source: "updates share the queue of reads and writes",
    rules: (note) => ({
      refusesUpdate: (deviceTask) => differing(note, REFERENCE.refusesUpdate(deviceTask), false),
    }),
  },
  {
    id: "sleeping-counts-as-unregistered",
    sentence: "An update for a device that sleeps in queue mode fails by 4001.",
    requirement: "O-01",
    source: '"not reachable" and "not registered" are one flag',
    rules: (note) => ({
      refusesUpdate: (deviceTask) =>
        differing(
          note,
          REFERENCE.refusesUpdate(deviceTask),
          REFERENCE.refusesUpdate(deviceTask) || deviceTask.device.registration?.queueMode === true,
        ),
    }),
  },
  {
    id: "one-unregistered-fails-all",
    sentence: "One device that is not registered fails the update of all devices of the task.",
    requirement: "O-01",
    source: "the targets are checked before the task is expanded",
    rules: (note) => ({
      refusesUpdate: (deviceTask) =>
        differing(
          note,
          REFERENCE.refusesUpdate(deviceTask),
          deviceTask.task.deviceTasks.some((other) => REFERENCE.refusesUpdate(other)),
        ),
    }),
  },
  {
    id: "sends-while-user-is-asked",
    sentence: "An update that waits for its user is sent all the same.",
    requirement: "O-02",
    source: "acceptance is kept for the page and looked at by nothing else",
    rules: (note) => ({
      waitsForUser: (deviceTask) => differing(note, REFERENCE.waitsForUser(deviceTask), false),
    }),
  },
  {
    id: "one-user-answers-for-all",
    sentence: "The answer of one user is taken for all devices of the task.",
    requirement: "O-02",
    source: "acceptance is kept with the task, not with its devices",
    rules: (note) => ({
      answeredFor: (deviceTask) => {
        const others = deviceTask.task.deviceTasks.filter((other) => REFERENCE.waitsForUser(other));
        if (others.length > 1) note();
        return others.includes(deviceTask) ? others : [deviceTask];
      },
    }),
  },
  {
    id: "rejected-goes-on",
    sentence: "An update that its user rejects waits on, and is sent at the next trigger.",
    requirement: "O-02",
    source: "any answer ends the waiting",
    rules: (note) => ({
      errorOfRejection: undefined,
      waitsForUser: (deviceTask) => {
        if (deviceTask.acceptance === "REJECTED" && !isTerminal(deviceTask.status)) note();
        return REFERENCE.waitsForUser(deviceTask);
      },
    }),
  },
  {
    id: "rejected-as-refused",
    sentence: "An update that its user rejects fails by 4000.",
    requirement: "O-02",
    source: "4000 is the code for whatever is refused",
    rules: (note) => ({
      errorOfRejection: { code: "4000", message: "Rejected" },
      answeredFor: (deviceTask) => {
        note();
        return [deviceTask];
      },
    }),
  },
];

const EXECUTING: readonly Mutant[] = [
  {
    id: "executes-when-offered",
    sentence: "The update is executed as soon as the device has taken the image or its URI, whatever its State.",
    requirement: "O-03",
    source: "the 2.04 to the Package URI is taken for the end of the download",
    rules: (note) => ({
      firmwareNext: stepping(note, { step: "offer", event: "changed", next: { kind: "step", step: "execute" } }),
    }),
  },
  {
    id: "executes-while-downloading",
    sentence: "The update is executed at State 1, too.",
    requirement: "O-03",
    source: "any State but Idle counts as ready",
    rules: (note) => ({
      firmwareNext: stepping(note, { step: "state", event: "downloading", next: { kind: "step", step: "execute" } }),
    }),
  },
  {
    id: "executes-after-a-while",
    sentence: "The update is executed ten seconds after the offer, without a look at the State.",
    requirement: "O-03",
    source: "a download surely takes no longer",
    rules: (note) => ({
      firmwareNext: stepping(note, { step: "offer", event: "changed", next: { kind: "wait", step: "execute" } }),
    }),
  },
];

const ENDING: readonly Mutant[] = [
  {
    id: "succeeds-when-executed",
    sentence: "An update succeeds by the 2.04 to its Execute.",
    requirement: "O-04",
    source: "eclipse-leshan/leshan demo users take the answer of Execute for the result",
    rules: (note) => ({ firmwareNext: stepping(note, { step: "execute", event: "changed", next: DONE }) }),
  },
  {
    id: "version-not-compared",
    sentence: "An update succeeds at State 0 and Result 1, whatever version the device runs.",
    requirement: "O-04",
    source: "the device says success, so why ask",
    rules: (note) => ({ firmwareNext: stepping(note, { step: "version", event: "unexpected", next: DONE }) }),
  },
  {
    id: "idle-is-success",
    sentence: "An update succeeds when the device is at State 0 after Execute, whatever its Result.",
    requirement: "O-04",
    source: "the Result is read for the log alone",
    rules: (note) => ({ firmwareNext: stepping(note, { step: "installed-state", event: "idle", next: DONE }) }),
  },
  {
    id: "former-success-counts",
    sentence: "An update of a device that shows Result 1 of the update before succeeds at once.",
    requirement: "O-04",
    source: "Result is read once, before the begin",
    rules: (note) => ({
      firmwareEvent: (step, said, version, isExecuted) => {
        const stale = step === "survey" && said.some(({ name, value }) => name === RESULT && value === SUCCESS);
        return stale ? "success" : REFERENCE.firmwareEvent(step, said, version, isExecuted);
      },
      firmwareNext: stepping(note, { step: "survey", event: "success", next: DONE }),
    }),
  },
  {
    id: "update-results-ignored",
    sentence: "An update whose device says Result 2 to 9 is waited for until it expires.",
    requirement: "O-05",
    source: "only success is looked for",
    rules: (note) => ({
      firmwareNext: stepping(
        note,
        { step: "result", event: "failure", next: { kind: "wait", step: "state" } },
        { step: "installed-result", event: "failure", next: { kind: "wait", step: "installed-state" } },
      ),
    }),
  },
  {
    id: "failed-update-offered-again",
    sentence: "An update whose device says Result 2 to 9 is offered once more.",
    requirement: "O-05",
    source: "a failure of the device is taken for one of the network",
    rules: (note) => ({
      firmwareNext: stepping(
        note,
        { step: "result", event: "failure", next: { kind: "offer-again" } },
        { step: "installed-result", event: "failure", next: { kind: "offer-again" } },
      ),
    }),
  },
  {
    id: "failed-result-not-mirrored",
    sentence: "The mirror does not show a Result of 2 to 9.",
    requirement: "O-05",
    source: "the mirror is written after the check for errors",
    rules: (note) => ({
      firmwareMirrored: (said) => {
        const kept = said.filter(({ name, value }) => name !== RESULT || typeof value !== "number" || value <= SUCCESS);
        if (kept.length < said.length) note();
        return kept;
      },
    }),
  },
];

const SHOWING: readonly Mutant[] = [
  {
    id: "protocol-support-not-read",
    sentence: "Every device that downloads by itself is given a coap URI, whatever 5/0/8 lists.",
    requirement: "O-06",
    source: "5/0/8 is optional, so it is left out",
    rules: (note) => ({
      firmwareAbilities: (said) => {
        if (said.protocols?.includes(0) === false) note();
        return { ...said, protocols: undefined };
      },
    }),
  },
  {
    id: "secure-uri-always",
    sentence: "Every URI of an image is one of coaps, whatever 5/0/8 lists.",
    requirement: "O-06",
    source: "one setting for the whole fleet",
    rules: (note) => ({
      firmwareOffer: (offer) => {
        if (offer.kind === "push") return offer;
        note();
        return { kind: "pull", uri: offer.uri.replace(/^coap:/, "coaps:") };
      },
    }),
  },
  {
    id: "forgets-updates-under-way",
    sentence: "A device with an update under way is not asked when it registers or updates, nor later.",
    requirement: "O-07",
    source: "State is learnt by notifications, and a Register ends the observation (OMA LwM2M issue 464)",
    rules: (note) => ({
      pollsFirmware: false,
      atTrigger: (deviceTask, occasion) => {
        const isResting = deviceTask.status === "PROCESSING" && deviceTask.task.operation.kind === "firmware-update";
        return differing(note, REFERENCE.atTrigger(deviceTask, occasion), isResting ? "leave" : "try");
      },
    }),
  },
  {
    id: "state-shown-in-advance",
    sentence: "The mirror shows State 2 (Downloaded) of a device that still downloads.",
    requirement: "O-07",
    source: "the state of the task is shown for that of the device",
    rules: (note) => ({
      firmwareMirrored: (said) =>
        said.map((change) => {
          if (change.name !== STATE || change.value !== 1) return change;
          note();
          return { ...change, value: 2 };
        }),
    }),
  },
  {
    id: "state-of-the-begin-shown",
    sentence: "The mirror shows the State that the device had when its update began.",
    requirement: "O-07",
    source: "the object is mirrored once, and single resources are not",
    rules: (note) => ({
      firmwareMirrored: (said, step) => {
        if (step === "survey") return said;
        const kept = said.filter(({ name }) => name !== STATE);
        if (kept.length < said.length) note();
        return kept;
      },
    }),
  },
];

export const FIRMWARE_MUTANTS: readonly Mutant[] = [...BEGINNING, ...EXECUTING, ...ENDING, ...SHOWING];
