/**
 * Defects of what is shown of tasks: words, lists, counts, histories, answers that are none. L-01, T-01 to T-03, D-01.
 *
 * What the server does is right; what it says is not.
 */
import type { RestResponse } from "../protocol/server-port.ts";
import { REFERENCE_RULES as REFERENCE } from "../reference-server/rules.ts";
import type { Mutant, Note } from "./mutant.ts";

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});

const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);

/** What an answer of the task API shows under `data`. */
const dataOf = ({ status, body }: RestResponse): Fields => (status === 200 ? fieldsOf(fieldsOf(body).data) : {});

/** The answer with other members under `data`. */
const showing = (response: RestResponse, members: Fields): RestResponse => ({
  ...response,
  body: { ...fieldsOf(response.body), data: { ...dataOf(response), ...members } },
});

/** Changes the lists of this name, and notes when that makes a difference; `undefined`: it is as it was. */
const withList =
  (note: Note, name: "statuses" | "history", change: (list: readonly Fields[]) => readonly Fields[] | undefined) =>
  (response: RestResponse): RestResponse => {
    const data = dataOf(response);
    const changed = Array.isArray(data[name]) ? change(listOf(data[name])) : undefined;
    if (changed === undefined) return response;
    note();
    return showing(response, { [name]: changed });
  };

/** Whether a list is the history of a task as a whole. */
const isOfTask = (list: readonly Fields[]): boolean => list.every(({ did }) => did === undefined);

export const SHOWN_MUTANTS: readonly Mutant[] = [
  {
    id: "waits-as-pending",
    sentence: "A device task that waits is shown as PENDING.",
    requirement: "T-01",
    source: "the name of the state in the database, not that of the API",
    rules: (note) => ({
      rendered: withList(note, "statuses", (list) =>
        list.some(({ status }) => status === "QUEUED")
          ? list.map((line) => (line.status === "QUEUED" ? { ...line, status: "PENDING" } : line))
          : undefined,
      ),
    }),
  },
  {
    id: "failed-not-listed",
    sentence: "Devices that failed are not among the statuses of their task.",
    requirement: "T-01",
    source: "a query that joins the results",
    rules: (note) => ({
      rendered: withList(note, "statuses", (list) =>
        list.some(({ status }) => status === "FAILED") ? list.filter(({ status }) => status !== "FAILED") : undefined,
      ),
    }),
  },
  {
    id: "listed-per-attempt",
    sentence: "A device is listed once for each of its attempts.",
    requirement: "T-01",
    source: "a join with the table of attempts",
    rules: (note) => ({
      rendered: withList(note, "statuses", (list) =>
        list.some(({ numAttempts }) => Number(numAttempts) > 1)
          ? list.flatMap((line) => Array.from({ length: Math.max(1, Number(line.numAttempts)) }, () => line))
          : undefined,
      ),
    }),
  },
  {
    id: "ended-as-finished",
    sentence: "A task whose devices have all ended is FINISHED.",
    requirement: "T-02",
    source: "a word of another API",
    rules: (note) => ({
      rendered: (response) => {
        if (dataOf(response).status !== "COMPLETE") return response;
        note();
        return showing(response, { status: "FINISHED" });
      },
    }),
  },
  {
    id: "counts-left-out",
    sentence: "Tasks are shown without their counts.",
    requirement: "T-03",
    source: "a field that is loaded only where it is asked for",
    rules: (note) => ({
      rendered: (response) => {
        if (dataOf(response).statusCounts === undefined) return response;
        note();
        return showing(response, { statusCounts: undefined });
      },
    }),
  },
  {
    id: "counts-in-words",
    sentence: 'A count of 0 is shown as "none".',
    requirement: "T-03",
    source: "an answer made for people",
    rules: (note) => ({
      rendered: (response) => {
        const counts = dataOf(response).statusCounts;
        if (counts === undefined) return response;
        note();
        const words = Object.entries(fieldsOf(counts)).map(([name, count]) => [name, count === 0 ? "none" : count]);
        return showing(response, { statusCounts: Object.fromEntries(words) });
      },
    }),
  },
  {
    id: "statuses-break-on-error",
    sentence: "The statuses of a task are answered 500 when a device has failed.",
    requirement: "L-01",
    source: "a serialiser that does not know the error",
    rules: (note) => ({
      rendered: (response) => {
        if (!listOf(dataOf(response).statuses).some(({ status }) => status === "FAILED")) return response;
        note();
        return { status: 500, body: { error: { code: 500, message: "Internal error" } } };
      },
    }),
  },
  {
    id: "history-not-recorded",
    sentence: "Nothing is recorded in the histories of device tasks.",
    requirement: "L-01",
    source: "a table that nobody writes",
    rules: (note) => ({
      recordsHistory: () => {
        note();
        return false;
      },
    }),
  },
  {
    id: "history-without-end",
    sentence: "A status that ends a device task is not recorded in its history.",
    requirement: "L-01",
    source: "the old status is recorded, not the new one",
    rules: (note) => ({
      recordsHistory: (status) => {
        const ends = status === "SUCCEEDED" || status === "FAILED" || status === "CANCELLED";
        if (ends) note();
        return !ends && REFERENCE.recordsHistory(status);
      },
    }),
  },
  {
    id: "history-backwards",
    sentence: "The lines of a history have each other's times.",
    requirement: "T-01",
    source: "two lists joined in opposite orders",
    rules: (note) => ({
      rendered: withList(note, "history", (list) => {
        const times = list.map(({ ts }) => ts).toReversed();
        return times[0] === times.at(-1) ? undefined : list.map((line, index) => ({ ...line, ts: times[index] }));
      }),
    }),
  },
  {
    id: "history-goes-on",
    sentence: "The history of a device task that has ended says QUEUED afterwards.",
    requirement: "T-01",
    source: "the release of the device recorded as a state of the task",
    rules: (note) => ({
      rendered: withList(note, "history", (list) => {
        const last = list.at(-1);
        return last === undefined || isOfTask(list) || last.status === "QUEUED" || last.status === "PROCESSING"
          ? undefined
          : [...list, { ...last, status: "QUEUED", ts: Number(last.ts) + 1 }];
      }),
    }),
  },
  {
    id: "success-in-advance",
    sentence: "The history of a device task says SUCCEEDED as soon as its request was sent.",
    requirement: "T-01",
    source: "the outcome recorded when the exchange is opened",
    rules: (note) => ({
      rendered: withList(note, "history", (list) => {
        const last = list.at(-1);
        return last === undefined || isOfTask(list) || last.status !== "PROCESSING"
          ? undefined
          : [...list, { ...last, status: "SUCCEEDED" }];
      }),
    }),
  },
  {
    id: "task-history-without-end",
    sentence: "The history of a task never holds COMPLETE or CANCELLED.",
    requirement: "L-01",
    source: "a task that is closed by another way than its changes are recorded",
    rules: (note) => ({
      rendered: withList(note, "history", (list) => {
        const open = list.filter(({ status }) => status !== "COMPLETE" && status !== "CANCELLED");
        return !isOfTask(list) || open.length === list.length ? undefined : open;
      }),
    }),
  },
  {
    id: "task-history-closed-early",
    sentence: "The history of a task says COMPLETE as soon as it says PROCESSING.",
    requirement: "T-02",
    source: "the end recorded when the work is handed over",
    rules: (note) => ({
      rendered: withList(note, "history", (list) => {
        const last = list.at(-1);
        return last?.status === "PROCESSING" && isOfTask(list) ? [...list, { ...last, status: "COMPLETE" }] : undefined;
      }),
    }),
  },
  {
    id: "properties-without-envelope",
    sentence: "The properties of a device are answered without `data` around them.",
    requirement: "D-01",
    source: "one route that answers otherwise than all others",
    rules: (note) => ({
      rendered: (response) => {
        const data = dataOf(response);
        if (data.deviceProperties === undefined) return response;
        note();
        return { ...response, body: data };
      },
    }),
  },
];
