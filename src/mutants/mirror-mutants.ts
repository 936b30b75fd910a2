/** Defects of the Device Mirror and the server properties. D-01 to D-06. */
import { toUnixMillis } from "../protocol/time.ts";
import { REFERENCE_RULES as REFERENCE } from "../reference-server/rules.ts";
import { differing } from "./defect.ts";
import type { Mutant } from "./mutant.ts";

export const MIRROR_MUTANTS: readonly Mutant[] = [
  {
    id: "read-not-mirrored",
    sentence: "A value that was read does not reach the Device Mirror.",
    requirement: "D-01",
    source: "the result of a Read goes to the caller alone",
    rules: (note) => ({
      touchesMirror: (taskType, moment) =>
        differing(
          note,
          REFERENCE.touchesMirror(taskType, moment),
          taskType !== "R" && REFERENCE.touchesMirror(taskType, moment),
        ),
    }),
  },
  {
    id: "first-of-many-mirrored",
    sentence: "Of a resource with several instances the Device Mirror keeps the first.",
    requirement: "D-01",
    source: "arrays flattened on the way to a column",
    rules: (note) => ({
      mirrorValue: (value) => differing(note, value, Array.isArray(value) ? value[0] : value),
    }),
  },
  {
    id: "whole-object-not-mirrored",
    sentence: "A Read of a whole object brings only its first resource to the Device Mirror.",
    requirement: "D-01",
    source: "the answer of a deep Read is taken for one value",
    rules: (note) => ({ mirrored: (said) => differing(note, said, said.length > 1 ? said.slice(0, 1) : said) }),
  },
  {
    id: "mirror-time-of-creation",
    sentence: "The time of a value in the Device Mirror is that at which its task was created.",
    requirement: "D-01",
    source: "the value inherits the time of the record that asked for it",
    rules: (note) => ({
      mirrorTimestamp: (now, task) =>
        differing(note, REFERENCE.mirrorTimestamp(now, task), toUnixMillis(task.createdAt)),
    }),
  },
  {
    id: "mirror-time-in-seconds",
    sentence: "The time of a value in the Device Mirror is given in seconds.",
    requirement: "D-02",
    source: "the unit of LwM2M passed on to an interface of milliseconds",
    rules: (note) => ({
      mirrorTimestamp: (now, task) => {
        const right = REFERENCE.mirrorTimestamp(now, task);
        return differing(note, right, Math.floor(right / 1_000));
      },
    }),
  },
  {
    id: "write-not-mirrored",
    sentence: "A value that was written does not reach the Device Mirror.",
    requirement: "D-02",
    source: "the mirror is filled by Reads alone",
    rules: (note) => ({
      touchesMirror: (taskType, moment) =>
        differing(
          note,
          REFERENCE.touchesMirror(taskType, moment),
          taskType !== "W" && REFERENCE.touchesMirror(taskType, moment),
        ),
    }),
  },
  {
    id: "mirror-at-send",
    sentence: "The Device Mirror shows a written value when it is sent, not when the device took it.",
    requirement: "D-03",
    source: "optimistic update of the mirror",
    rules: (note) => ({
      touchesMirror: (taskType, moment) =>
        differing(
          note,
          REFERENCE.touchesMirror(taskType, moment),
          taskType === "W" && (moment === "sent" || moment === "succeeded"),
        ),
    }),
  },
  {
    id: "refused-value-mirrored",
    sentence: "The Device Mirror shows a value that the device refused.",
    requirement: "D-03",
    source: "an update of the mirror that does not look at the outcome",
    rules: (note) => ({
      touchesMirror: (taskType, moment) =>
        differing(
          note,
          REFERENCE.touchesMirror(taskType, moment),
          moment === "refused" || REFERENCE.touchesMirror(taskType, moment),
        ),
    }),
  },
  {
    id: "server-property-waits-for-device",
    sentence: "A write of a server property waits in the queue of its device.",
    requirement: "D-04",
    source: "all tasks share one path",
    rules: (note) => ({
      get writesServerPropertyAlone() {
        note();
        return false;
      },
    }),
  },
  {
    id: "execute-mirrored",
    sentence: "An Execute leaves a value in the Device Mirror.",
    requirement: "D-05",
    source: "the mirror is written for every task that succeeds",
    rules: (note) => ({
      touchesMirror: (taskType, moment) =>
        differing(note, REFERENCE.touchesMirror(taskType, moment), moment === "succeeded"),
      mirrored: (said, { taskType, property }) =>
        taskType === "E" ? [{ name: property.replace("deviceProperties.", ""), value: "" }] : said,
    }),
  },
  {
    id: "late-response-mirrored",
    sentence: "A response after expiry still changes the Device Mirror, although ignoring it is declared.",
    requirement: "D-06",
    source: "the mirror is written before the status is looked at",
    rules: (note) => ({
      dropsExchangeAtExpiry: () => false,
      touchesMirror: (taskType, moment) =>
        differing(
          note,
          REFERENCE.touchesMirror(taskType, moment),
          moment === "late" ? taskType !== "E" : REFERENCE.touchesMirror(taskType, moment),
        ),
    }),
  },
];
