/** Defects of the queue: when a task goes to its device, and when it waits.. */
import { REFERENCE_RULES as REFERENCE } from "../reference-server/rules.ts";
import { isTerminal } from "../reference-server/transitions.ts";
import { differing, movingBy } from "./defect.ts";
import type { Mutant } from "./mutant.ts";

export const QUEUE_MUTANTS: readonly Mutant[] = [
  {
    id: "datagram-before-answer",
    sentence: "The first datagram of a task leaves before the POST that creates it is answered.",
    requirement: "Q-01",
    source: "task page: the API returns before the task begins to run",
    rules: (note) => ({
      get answersTaskFirst() {
        note();
        return false;
      },
    }),
  },
  {
    id: "new-task-waits-for-update",
    sentence: "A task for a registered device waits for the next Update instead of being tried at once.",
    requirement: "Q-02",
    source: "the queue is drained by registration events alone",
    rules: (note) => ({ triesNewTask: (device, task) => differing(note, REFERENCE.triesNewTask(device, task), false) }),
  },
  {
    id: "new-task-waits-behind-failed",
    sentence: "A new task is not tried while an older one of the device waits for its retry.",
    requirement: "Q-02",
    source: "a queue of which only the head is looked at",
    rules: (note) => ({
      triesNewTask: (device, newTask) =>
        differing(
          note,
          REFERENCE.triesNewTask(device, newTask),
          !device.pending.slice(0, -1).some((task) => task.numAttempts > 0),
        ),
    }),
  },
  {
    id: "awake-by-registration-only",
    sentence: "An answer of a queue-mode device does not prolong its awake window, only Register and Update do.",
    requirement: "Q-02",
    source: "the awake timer is not restarted by a response (eclipse-leshan/leshan#712)",
    rules: (note) => ({
      keepsAwake: (occasion) => differing(note, REFERENCE.keepsAwake(occasion), occasion === "update"),
    }),
  },
  {
    id: "sends-after-de-register",
    sentence: "A new task goes to the last known address of a device that is not registered any more.",
    requirement: "Q-03",
    source: "addresses are kept apart from registrations",
    rules: (note) => ({
      destination: (device, now, profile) =>
        differing(
          note,
          REFERENCE.destination(device, now, profile),
          device.registration === undefined ? device.former?.address : REFERENCE.destination(device, now, profile),
        ),
    }),
  },
  {
    id: "unregistered-fails-at-once",
    sentence: "A task for a device that is not registered fails with 4001 instead of waiting.",
    requirement: "Q-03",
    source: "task page: code 4001 read as valid for every task, not for firmware alone",
    rules: (note) => ({
      refusalOf: ({ registration }) => {
        if (registration !== undefined) return undefined;
        note();
        return { code: "4001", message: "Device is not registered" };
      },
      deviceMove: movingBy(note, { from: ["QUEUED"], event: "fail", to: "FAILED" }),
    }),
  },
  {
    id: "register-drains-nothing",
    sentence: "A Register does not start what has waited for the device.",
    requirement: "Q-04",
    source: "only Updates were thought of as triggers",
    rules: (note) => ({
      isTrigger: (occasion) =>
        differing(note, REFERENCE.isTrigger(occasion), occasion !== "register" && REFERENCE.isTrigger(occasion)),
    }),
  },
  {
    id: "one-task-per-trigger",
    sentence: "A Register or Update lets only the oldest waiting task go.",
    requirement: "Q-04",
    source: "one parked request per registration, as servers with a queue-mode demo keep it",
    rules: (note) => ({
      goesOnAfterAnswer: (device) => differing(note, REFERENCE.goesOnAfterAnswer(device), device.agenda.length === 0),
    }),
  },
  {
    id: "request-before-registration-answer",
    sentence: "Requests leave before the Register or Update that lets them go is answered.",
    requirement: "Q-05",
    source: "OMA LwM2M Core: a server should not send requests before its answer to Register",
    rules: (note) => ({
      get answersFirst() {
        note();
        return false;
      },
    }),
  },
  {
    id: "no-limit-of-exchanges",
    sentence: "All waiting tasks of a device are sent at once, without waiting for an answer.",
    requirement: "Q-06",
    source: "the queue is sent in a loop",
    rules: (note) => ({ mayStart: (ofDevice, ofAll) => differing(note, REFERENCE.mayStart(ofDevice, ofAll), true) }),
    coapRules: () => ({ openRequests: () => 1_000 }),
  },
  {
    id: "two-exchanges-at-once",
    sentence: "A device may have two exchanges open.",
    requirement: "Q-06",
    source: "RFC 7252 §4.7: NSTART raised without agreement",
    rules: (note) => ({
      mayStart: (ofDevice, ofAll) => differing(note, REFERENCE.mayStart(ofDevice, ofAll), ofDevice < 2),
    }),
    coapRules: () => ({ openRequests: () => 2 }),
  },
  {
    id: "sends-to-sleeping-device",
    sentence: "A queue-mode device is sent requests at any time.",
    requirement: "Q-07",
    source: "queue mode ignored",
    rules: (note) => ({
      destination: (device, now, profile) =>
        differing(note, REFERENCE.destination(device, now, profile), device.registration?.address),
    }),
  },
  {
    id: "awake-by-own-requests",
    sentence: "The awake window of a queue-mode device starts anew with each request that is sent to it.",
    requirement: "Q-07",
    source: "the awake timer restarted before sending, as first proposed in eclipse-leshan/leshan#455",
    rules: (note) => ({
      keepsAwake: (occasion) => differing(note, REFERENCE.keepsAwake(occasion), true),
    }),
  },
  {
    id: "binding-of-1.0-not-read",
    sentence: "Only the `Q` parameter of LwM2M 1.1 is taken for queue mode, not the binding `UQ` of 1.0.",
    requirement: "Q-07",
    source: "OMA LwM2M Core: queue mode is declared in two ways, by version",
    rules: (note) => ({
      queueModeOf: (register) =>
        differing(note, REFERENCE.queueModeOf(register), register.queueMode && register.version !== "1.0"),
    }),
  },
  {
    id: "one-task-per-awake-window",
    sentence: "A queue-mode device gets one waiting task per Update.",
    requirement: "Q-08",
    source: "one parked request per registration, as servers with a queue-mode demo keep it",
    rules: (note) => ({
      goesOnAfterAnswer: (device) =>
        differing(
          note,
          REFERENCE.goesOnAfterAnswer(device),
          device.registration?.queueMode !== true || device.agenda.length === 0,
        ),
    }),
  },
  {
    id: "one-device-at-a-time",
    sentence: "All devices share one exchange: a silent device holds up the others.",
    requirement: "Q-09",
    source: "a single worker that waits for each answer",
    rules: (note) => ({
      mayStart: (ofDevice, ofAll) => differing(note, REFERENCE.mayStart(ofDevice, ofAll), ofAll === 0),
    }),
  },
  {
    id: "two-devices-at-a-time",
    sentence: "All devices share two exchanges: two silent devices hold up the others.",
    requirement: "Q-09",
    source: "a small pool of workers that wait for answers",
    rules: (note) => ({
      mayStart: (ofDevice, ofAll) => differing(note, REFERENCE.mayStart(ofDevice, ofAll), ofDevice === 0 && ofAll < 2),
    }),
  },
  {
    id: "newest-first",
    sentence: "The waiting tasks of a device are sent newest first, although creation order is declared.",
    requirement: "Q-10",
    source: "the queue is a stack",
    rules: (note) => ({
      comesBefore: (a, b) => differing(note, REFERENCE.comesBefore(a, b), a.task.sequence > b.task.sequence),
    }),
  },
  {
    id: "fresh-overtakes-failed",
    sentence: "A task that was never tried is sent before older ones that failed, although creation order is declared.",
    requirement: "Q-10",
    source: "retries in a queue of their own",
    rules: (note) => ({
      comesBefore: (a, b) =>
        differing(note, REFERENCE.comesBefore(a, b), a.numAttempts < b.numAttempts || REFERENCE.comesBefore(a, b)),
    }),
  },
  {
    id: "sends-cancelled",
    sentence: "A cancelled device task stays in the queue and is sent all the same.",
    requirement: "Q-11",
    source: "cancelling writes the status and forgets the queue",
    rules: (note) => ({
      isDispatchable: (status) => REFERENCE.isDispatchable(status) || status === "CANCELLED",
      staysQueued: (status) => !isTerminal(status) || status === "CANCELLED",
      deviceMove: movingBy(note, { from: ["CANCELLED"], event: "attempt", to: "CANCELLED" }),
    }),
  },
];
