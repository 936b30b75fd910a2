/**
 * The journal, and what it says: device types, devices, registrations, tasks and the Device Mirror.
 *
 * An entry is a line of JSON. `record` writes it and then folds it into the state, and nothing else changes the state:
 * who reads the journal from the beginning knows what the server knew.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";

const OVER = new Set(["succeeded", "failed", "cancelled"]);

/** How each kind of entry changes the state. */
const FOLDS = {
  type: ({ types }, { type }) => types.set(type.dtid, type),
  device: ({ devices }, { did, dtid }) => devices.set(did, { did, dtid, mirror: new Map() }),
  registration: ({ registrations }, { registration }) => registrations.set(registration.ep, registration),
  unregistered: ({ registrations }, { ep }) => registrations.delete(ep),
  task: ({ tasks }, { at, task }) => {
    const parts = task.dids.map((did) => ({ task: task.id, did, log: [{ kind: "assigned", at }], attempts: 0 }));
    tasks.set(task.id, { ...task, number: tasks.size, createdOn: at, begun: false, parts, log: [] });
  },
  begun: ({ tasks }, { task }) => {
    tasks.get(task).begun = true;
  },
  "task-cancelled": ({ tasks }, { at, task }) => {
    tasks.get(task).cancelledOn = at;
  },
  part: ({ tasks }, { at, task, did, kind, code, message }) => {
    const part = tasks.get(task).parts.find((candidate) => candidate.did === did);
    if (kind === "attempted") part.attempts += 1;
    part.log.push({ kind, at, code, message, attempts: part.attempts });
  },
  mirror: ({ devices }, { at, did, group, values }) => {
    for (const [name, value] of values) devices.get(did).mirror.set(`${group}.${name}`, { value, ts: at });
  },
  "task-removed": ({ tasks }, { task }) => tasks.delete(task),
};

/** @param file absent: the journal is kept in memory, that is, not at all */
export function openStore(file) {
  const state = { types: new Map(), devices: new Map(), registrations: new Map(), tasks: new Map() };
  const fold = (entry) => void FOLDS[entry.entry](state, entry);
  if (file !== undefined && existsSync(file)) {
    // A line that a crash cut off was never acknowledged.
    for (const line of readFileSync(file, "utf8").split("\n").slice(0, -1)) fold(JSON.parse(line));
  }
  return {
    state,
    record(name, fields) {
      const entry = { entry: name, at: Date.now(), ...fields };
      if (file !== undefined) appendFileSync(file, `${JSON.stringify(entry)}\n`);
      fold(entry);
    },
  };
}

/** The part of a task that concerns one device: what happened to it last, and what follows from it. */
export const lastOf = (part) => part.log.at(-1);
export const isOver = (part) => OVER.has(lastOf(part).kind);
export const isCancelAsked = (part) => part.log.some(({ kind }) => kind === "cancel-asked");
export const partKey = ({ task, did }) => `${task}/${did}`;
