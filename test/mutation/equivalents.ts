/**
 * Changes of the reference server that no outsider can tell from the original, and why.
 *
 * A row names the changed line by its text, so that it survives edits elsewhere in the file; it stops to apply, and the
 * change counts as survived again, when the line itself is edited.
 */
export interface Equivalent {
  /** Under src/reference-server. */
  readonly file: string;
  /** The line on which the changed text begins, without its indentation. */
  readonly line: string;
  /** The changed text and what it became, spaces collapsed: `from → to`. */
  readonly changes: readonly string[];
  readonly why: string;
}

const SCHED = "A device task is REQUESTED only until its active period begins, so it cannot expire then (row 9).";
const SELF = "The move leads where it began, and the exchange goes to the new address whether or not the table has it.";
const ONESTEP = "A task is REQUESTED and QUEUING only within one step of the server, so no request can find it so.";
const ENDED =
  "A guard twice over: the table of moves has no row for a device task that has ended, and only a QUEUED one may be attempted.";
const AGENDA = "A foreign entry has no status that may be tried, or no deadline, so it is passed over.";
const WORK = "Only saves work: what is not skipped then has no effect.";
const TIES =
  "Orders only what is due at the same instant, or keeps an entry that is corrected when it comes to the top; nothing promises either.";
const NOSUCH = "The case does not come up: the callers exclude it.";
const NOFAIL = "No row of the table lets a device task that is QUEUED fail.";
const WORD = "Any other word leads into the same branch.";
const SEAM =
  "The reference server always decides the same way here; the other way is for the variants of src/mutants, which replace the rule.";
const REQUEUED = "Allowed: a failed attempt, and a new one because the Update is a trigger (docs/semantics.md row 14).";
const AWAKE = "An Update has just come from the new address, so there is a destination.";
const TEXT = "The wording of a diagnostic or an error message, which no requirement fixes.";
const COLLIDE = "Random identifiers of 64 bits and more do not come twice in a run.";
const FAST_PATH = "The general way below finds the same name.";
const ADMIN = "Simulated servers have no administrator's token.";
const NOVALUE = "The answer to an Execute brings no values.";
const LEGAL = "Allowed: a response may come in a message of its own (RFC 7252 §5.2.2).";
const WAITS =
  "A device task is REQUESTED only while its task waits for its time, which the other half of the condition covers.";
const FORGOTTEN = "What is left of a forgotten task has ended, and nothing leads to it any more.";
const LENIENT =
  "No requirement says that a server has to understand a location that comes back in one option; it is kept for real devices and is tested in registration-interface.test.ts.";
const ANY_REFUSAL = "What never was a location may be refused by any error (docs/ambiguities.md).";
const NON_TAKEN = "Allowed: a Register in a Non-confirmable message may be taken (docs/ambiguities.md).";
const FALLBACK =
  "4.00 has the same code as the fallback for client errors, and only the words around the diagnostic differ.";

const FOLLOWS =
  "Allowed: what was cancelled in flight may go on at the new address of its device as CANCEL_REQUESTED (docs/ambiguities.md).";
const EITHER = "Allowed: an exchange that is sent again to a new address may count as one attempt or two (row 32).";
const NOTHINGLEFT = "The active period of a task may end unnoticed, or noticed, once all of its devices have ended.";
const FORMER =
  "Only whether a datagram from an address that the device has left keeps it awake depends on it, and that is open (docs/ambiguities.md).";
const MISFIT_CODE =
  "Row 25: of an answer that does not fit only FAILED is promised; no text names an error code for it.";
const LONE =
  "A location, or a device, has one registration at a time: the one before is removed before the next is added.";

const BEGINS_ONCE =
  "A task whose time has not come, or that has begun, is left alone by `begin` itself: the table of moves has no row for it.";
const WITHIN_A_STEP = "Nobody can ask within the step that creates a task, and SCHEDULED may come first (row 9).";
const CANCELLED_ERROR =
  "No requirement says that what was cancelled carries no error code (row 20 is about codes that are shown).";
const INSTANT = "At the exact instant of an end either order is right (docs/semantics.md, Time and doubt).";
const BELOW = "What a server that shortens does with less than the lower bound is not judged (row 8).";
const WITHIN_BOUNDS = "What is beyond the bounds was refused before.";
const CANCEL_ENDS =
  "Allowed: what was cancelled in flight ends with the active period, whatever is declared for others (States).";
const PASSED_OVER = "Where the answer counts, expiry passes over what is in flight, so nothing comes to be dropped.";
const UNIQUE = "No two tasks have the same place in the order of creation.";
const NO_LATE = "Where late responses are ignored, the exchange was dropped at expiry, so none is seen.";
const AGAIN_SAID =
  "Allowed: a history may tell of each attempt, and the time of a state may be that of its last attempt.";
const SAME_TIME = "Both lead to the same moment.";

export const EQUIVALENTS: readonly Equivalent[] = [
  {
    file: "transitions.ts",
    line: '{ from: "CANCEL_REQUESTED", event: "resend", to: "CANCELLED", source: "States; row 14: a failed attempt" },',
    changes: [
      '{ from: "CANCEL_REQUESTED", event: "resend", to: "CANCELLED", source: "States; row 14: a failed attempt" } → {}',
      '"CANCEL_REQUESTED" → ""',
      '"resend" → ""',
    ],
    why: FOLLOWS,
  },
  {
    file: "dispatcher.ts",
    line: 'moveDeviceTask(this.context, deviceTask, "resend", now);',
    changes: ['"resend" → ""'],
    why: FOLLOWS,
  },
  {
    file: "dispatcher.ts",
    line: 'deviceTask.numAttempts = this.context.rules.attemptsAfter(deviceTask.numAttempts, "resend");',
    changes: ['"resend" → ""'],
    why: EITHER,
  },
  {
    file: "task-lifecycle.ts",
    line: "const isOpen = !task.expired && (isWaiting || OPEN.some((status) => task.tally[status] > 0));",
    changes: ["task.tally[status] > 0 → task.tally[status] <= 0"],
    why: NOTHINGLEFT,
  },
  {
    file: "transitions.ts",
    line: '{ from: "REQUESTED", event: "expire", to: "FAILED", source: "task page, Task expiration" },',
    changes: [
      '{ from: "REQUESTED", event: "expire", to: "FAILED", source: "task page, Task expiration" } → {}',
      '"REQUESTED" → ""',
      '"expire" → ""',
      '"FAILED" → ""',
    ],
    why: SCHED,
  },
  {
    file: "transitions.ts",
    line: '{ from: "PROCESSING", event: "resend", to: "PROCESSING", source: "rows 14, 32" },',
    changes: [
      '{ from: "PROCESSING", event: "resend", to: "PROCESSING", source: "rows 14, 32" } → {}',
      '"PROCESSING" → ""',
      '"resend" → ""',
    ],
    why: SELF,
  },
  {
    file: "transitions.ts",
    line: '{ from: "QUEUING", event: "cancel", to: "CANCELLED", source: "States" },',
    changes: [
      '{ from: "QUEUING", event: "cancel", to: "CANCELLED", source: "States" } → {}',
      '"QUEUING" → ""',
      '"cancel" → ""',
      '"CANCELLED" → ""',
    ],
    why: ONESTEP,
  },
  {
    file: "transitions.ts",
    line: "export const isTerminal = (status: DeviceTaskStatus): boolean =>",
    changes: [
      '(status: DeviceTaskStatus): boolean => status === "SUCCEEDED" || status === "FAILED" || status === "CANCELLED" → () => undefined',
    ],
    why: ENDED,
  },
  {
    file: "transitions.ts",
    line: 'status === "SUCCEEDED" || status === "FAILED" || status === "CANCELLED";',
    changes: [
      'status === "SUCCEEDED" → false',
      'status === "SUCCEEDED" || status === "FAILED" → false',
      'status === "SUCCEEDED" || status === "FAILED" → status === "SUCCEEDED" && status === "FAILED"',
      'status === "SUCCEEDED" || status === "FAILED" || status === "CANCELLED" → (status === "SUCCEEDED" || status === "FAILED") && status === "CANCELLED"',
      'status === "SUCCEEDED" || status === "FAILED" || status === "CANCELLED" → false',
      '"SUCCEEDED" → ""',
      'status === "FAILED" → false',
      '"FAILED" → ""',
      'status === "CANCELLED" → false',
      '"CANCELLED" → ""',
    ],
    why: ENDED,
  },
  {
    file: "dispatcher.ts",
    line: "if (!rules.isDispatchable(deviceTask.status) || !rules.triesNewTask(device, deviceTask.task)) return;",
    changes: [
      "!rules.isDispatchable(deviceTask.status) || !rules.triesNewTask(device, deviceTask.task) → !rules.isDispatchable(deviceTask.status) && !rules.triesNewTask(device, deviceTask.task)",
      "!rules.isDispatchable(deviceTask.status) || !rules.triesNewTask(device, deviceTask.task) → false",
    ],
    why: ENDED,
  },
  {
    file: "dispatcher.ts",
    line: "if (!device.agenda.includes(deviceTask)) insert(device.agenda, deviceTask, rules.comesBefore);",
    changes: ["!device.agenda.includes(deviceTask) → true"],
    why: ENDED,
  },
  {
    file: "dispatcher.ts",
    line: "for (const deviceTask of device.pending.filter(({ status }) => rules.isDispatchable(status))) {",
    changes: ["device.pending.filter(({ status }) => rules.isDispatchable(status)) → device.pending"],
    why: ENDED,
  },
  {
    file: "dispatcher.ts",
    line: "if (!rules.isDispatchable(next.status)) {",
    changes: ["!rules.isDispatchable(next.status) → false", "{ device.agenda.shift(); continue; } → {}"],
    why: ENDED,
  },
  {
    file: "rules.ts",
    line: 'isDispatchable: (status) => status === "QUEUED",',
    changes: ['status === "QUEUED" → true'],
    why: ENDED,
  },
  {
    file: "tasks.ts",
    line: "if (!rules.staysQueued(to)) removeFrom(device.pending, deviceTask);",
    changes: ["!rules.staysQueued(to) → false"],
    why: ENDED,
  },
  { file: "deadlines.ts", line: "const heap: Entry<T>[] = [];", changes: ['[] → ["Stryker was here"]'], why: AGENDA },
  { file: "dispatcher.ts", line: "device.agenda = [];", changes: ['[] → ["Stryker was here"]'], why: AGENDA },
  {
    file: "dispatcher.ts",
    line: "if (!rules.goesOnAfterFailure(profile)) device.agenda = [];",
    changes: ['[] → ["Stryker was here"]'],
    why: AGENDA,
  },
  { file: "deadlines.ts", line: "if (at === NEVER) return;", changes: ["at === NEVER → false"], why: WORK },
  {
    file: "deadlines.ts",
    line: "if (known !== undefined && known.at <= at) return;",
    changes: ["known !== undefined && known.at <= at → false", "known.at <= at → known.at < at"],
    why: WORK,
  },
  {
    file: "dispatcher.ts",
    line: "if (device.pending.length === 0 && device.agenda.length === 0) return;",
    changes: [
      "device.pending.length === 0 && device.agenda.length === 0 → false",
      "device.agenda.length === 0 → device.agenda.length !== 0",
      "device.agenda.length === 0 → true",
    ],
    why: WORK,
  },
  {
    file: "registrations.ts",
    line: "if (before !== registration.address) leaveAddress(registration, before);",
    changes: ["before !== registration.address → true"],
    why: WORK,
  },
  {
    file: "task-lifecycle.ts",
    line: "const isOpen = !task.expired && (isWaiting || OPEN.some((status) => task.tally[status] > 0));",
    changes: [
      "isWaiting || OPEN.some((status) => task.tally[status] > 0) → true",
      "task.tally[status] > 0 → task.tally[status] >= 0",
      "task.tally[status] > 0 → true",
    ],
    why: WORK,
  },
  { file: "tasks.ts", line: "} else {", changes: ["{ noteDeviceTask(context, deviceTask); } → {}"], why: WORK },
  {
    file: "deadlines.ts",
    line: "const entry = { at, sequence: sequence++, item };",
    changes: ["sequence++ → sequence--"],
    why: TIES,
  },
  {
    file: "deadlines.ts",
    line: "const isLatest = watched.get(top.item) === top;",
    changes: ["watched.get(top.item) === top → true"],
    why: TIES,
  },
  { file: "deadlines.ts", line: "if (!isLatest) continue;", changes: ["!isLatest → false"], why: TIES },
  {
    file: "deadlines.ts",
    line: "const isBefore = <T>(a: Entry<T>, b: Entry<T>): boolean => a.at < b.at || (a.at === b.at && a.sequence < b.sequence);",
    changes: [
      "a.at < b.at → a.at <= b.at",
      "a.at === b.at && a.sequence < b.sequence → false",
      "a.sequence < b.sequence → a.sequence <= b.sequence",
      "a.sequence < b.sequence → a.sequence >= b.sequence",
      "a.sequence < b.sequence → true",
    ],
    why: TIES,
  },
  { file: "deadlines.ts", line: "while (index > 0) {", changes: ["index > 0 → index >= 0"], why: NOSUCH },
  {
    file: "deadlines.ts",
    line: "if (parent === undefined || !isBefore(entry, parent)) break;",
    changes: ["parent === undefined → false"],
    why: NOSUCH,
  },
  {
    file: "deadlines.ts",
    line: "if (last === undefined || heap.length === 0) return;",
    changes: ["last === undefined → false"],
    why: NOSUCH,
  },
  {
    file: "deadlines.ts",
    line: "if (child !== undefined && right !== undefined && isBefore(right, child)) {",
    changes: ["child !== undefined → true"],
    why: NOSUCH,
  },
  {
    file: "dispatcher.ts",
    line: "if (flight === undefined) return;",
    changes: ["flight === undefined → false"],
    why: NOSUCH,
  },
  {
    file: "flights.ts",
    line: 'const rootPath = registration === undefined ? "/" : this.context.rules.rootPathOf(registration);',
    changes: ["registration === undefined → false", '"/" → ""'],
    why: NOSUCH,
  },
  {
    file: "flights.ts",
    line: "if (content === undefined) {",
    changes: ["content === undefined → false", "{ writeServerProperty(this.context, deviceTask, now); return; } → {}"],
    why: NOSUCH,
  },
  {
    file: "registration-interface.ts",
    line: 'const second = path[1] ?? "";',
    changes: ['"" → "Stryker was here!"'],
    why: NOSUCH,
  },
  {
    file: "task-lifecycle.ts",
    line: "if (task.removed) return NEVER;",
    changes: ["task.removed → false"],
    why: NOSUCH,
  },
  { file: "tasks.ts", line: "task.removed = true;", changes: ["true → false"], why: NOSUCH },
  {
    file: "dispatcher.ts",
    line: 'if (refusal !== undefined) moveDeviceTask(this.context, deviceTask, "fail", now, refusal);',
    changes: [
      "refusal !== undefined → false",
      "refusal !== undefined → refusal === undefined",
      "refusal !== undefined → true",
      '"fail" → ""',
    ],
    why: NOFAIL,
  },
  {
    file: "dispatcher.ts",
    line: 'if (fate === "fail") moveDeviceTask(this.context, deviceTask, "fail", now, rules.errorOfFailure("no-response"));',
    changes: [
      'fate === "fail" → false',
      'fate === "fail" → fate !== "fail"',
      'fate === "fail" → true',
      '"fail" → ""',
      '"no-response" → ""',
    ],
    why: NOFAIL,
  },
  {
    file: "rules.ts",
    line: "pendingSurvives: () => true,",
    changes: ["() => true → () => undefined", "true → false"],
    why: NOFAIL,
  },
  { file: "dispatcher.ts", line: 'this.occasion(device, "new-task", now);', changes: ['"new-task" → ""'], why: WORD },
  {
    file: "dispatcher.ts",
    line: 'next.numAttempts = rules.attemptsAfter(next.numAttempts, "asleep");',
    changes: ['"asleep" → ""'],
    why: WORD,
  },
  {
    file: "flights.ts",
    line: 'mirrorWritten(this.context, deviceTask, "sent", now);',
    changes: ['"sent" → ""'],
    why: WORD,
  },
  {
    file: "attempt-ends.ts",
    line: 'deviceTask.numAttempts = rules.attemptsAfter(deviceTask.numAttempts, "failed-attempt");',
    changes: ['"failed-attempt" → ""'],
    why: WORD,
  },
  {
    file: "attempt-ends.ts",
    line: 'mirrorWritten(context, deviceTask, "failed-attempt", now);',
    changes: ['"failed-attempt" → ""'],
    why: WORD,
  },
  {
    file: "attempt-ends.ts",
    line: 'changeMirror(context, deviceTask, changes, counts ? "succeeded" : "late", now);',
    changes: ['"late" → ""'],
    why: WORD,
  },
  {
    file: "attempt-ends.ts",
    line: 'mirrorWritten(context, deviceTask, "refused", now);',
    changes: ['"refused" → ""'],
    why: WORD,
  },
  {
    file: "registration-interface.ts",
    line: 'const occasion = device.registration === undefined ? "register" : "re-register";',
    changes: [
      "device.registration === undefined → device.registration !== undefined",
      "device.registration === undefined → false",
      "device.registration === undefined → true",
    ],
    why: WORD,
  },
  {
    file: "registration-interface.ts",
    line: 'if (previous !== undefined) endRegistration(previous, "replaced", !rules.forgetsReplaced, now);',
    changes: ['"replaced" → ""'],
    why: WORD,
  },
  {
    file: "registration-interface.ts",
    line: 'if (rules.keepsAwake("update")) registration.heardAt = now;',
    changes: ['"update" → ""'],
    why: WORD,
  },
  {
    file: "registration-interface.ts",
    line: 'if (rules.forgetsRemoved) endRegistration(registration, "removed", false, now);',
    changes: ['"removed" → ""'],
    why: WORD,
  },
  {
    file: "registration-interface.ts",
    line: 'if (rules.keepsAwake("datagram")) registration.heardAt = now;',
    changes: ['"datagram" → ""'],
    why: WORD,
  },
  {
    file: "registration-interface.ts",
    line: 'dispatcher.occasion(registration.device, "datagram", now);',
    changes: ['"datagram" → ""'],
    why: WORD,
  },
  {
    file: "registration-interface.ts",
    line: 'endRegistration(over, "lifetime", false, now);',
    changes: ['"lifetime" → ""'],
    why: WORD,
  },
  {
    file: "registration-interface.ts",
    line: 'dispatcher.occasion(over.device, "lifetime", now);',
    changes: ['"lifetime" → ""'],
    why: WORD,
  },
  { file: "rules.ts", line: "repeatsAtOnce: () => false,", changes: ["() => false → () => undefined"], why: WORD },
  { file: "rules.ts", line: 'atNewAddress: "resend",', changes: ['"resend" → ""'], why: WORD },
  {
    file: "dispatcher.ts",
    line: 'if (fate === "try") device.agenda.push(deviceTask);',
    changes: ['fate === "try" → true'],
    why: SEAM,
  },
  {
    file: "dispatcher.ts",
    line: "if (!this.context.rules.isFinal(response.code)) {",
    changes: [
      "!this.context.rules.isFinal(response.code) → false",
      '{ this.failed(id, "no-response", now); return; } → {}',
    ],
    why: SEAM,
  },
  { file: "dispatcher.ts", line: 'this.failed(id, "no-response", now);', changes: ['"no-response" → ""'], why: SEAM },
  {
    file: "dispatcher.ts",
    line: "if (this.context.rules.repeatsAtOnce(failure, flight.deviceTask)) {",
    changes: [
      "this.context.rules.repeatsAtOnce(failure, flight.deviceTask) → false",
      "{ this.flights.send(flight.deviceTask, flight.to, now); return; } → {}",
    ],
    why: SEAM,
  },
  {
    file: "dispatcher.ts",
    line: "for (const flight of rules.dropsExchange(loss) ? [...device.flights] : []) {",
    changes: ['[] → ["Stryker was here"]'],
    why: SEAM,
  },
  {
    file: "dispatcher.ts",
    line: "for (const deviceTask of rules.pendingSurvives(loss) ? [] : [...device.pending]) {",
    changes: [
      '[] → ["Stryker was here"]',
      "[...device.pending] → []",
      '{ moveDeviceTask(this.context, deviceTask, "fail", now, rules.errorOfFailure(loss)); } → {}',
    ],
    why: SEAM,
  },
  {
    file: "dispatcher.ts",
    line: 'moveDeviceTask(this.context, deviceTask, "fail", now, rules.errorOfFailure(loss));',
    changes: ['"fail" → ""'],
    why: SEAM,
  },
  {
    file: "dispatcher.ts",
    line: 'if (rules.atNewAddress === "keep") return;',
    changes: ['rules.atNewAddress === "keep" → false', '"keep" → ""'],
    why: SEAM,
  },
  {
    file: "dispatcher.ts",
    line: 'if (rules.atNewAddress === "requeue" || to === undefined) requeue(context, flight.deviceTask, "replaced", now);',
    changes: ['rules.atNewAddress === "requeue" → false', '"requeue" → ""', '"replaced" → ""'],
    why: SEAM,
  },
  {
    file: "dispatcher.ts",
    line: "for (const other of [...this.waiting]) {",
    changes: ["[...this.waiting] → []", "{ this.waiting.delete(other); this.pump(other, now); } → {}"],
    why: SEAM,
  },
  {
    file: "dispatcher.ts",
    line: "if (device.flights.length === 0) this.waiting.add(device);",
    changes: [
      "device.flights.length === 0 → device.flights.length !== 0",
      "device.flights.length === 0 → false",
      "device.flights.length === 0 → true",
    ],
    why: SEAM,
  },
  {
    file: "flights.ts",
    line: 'if (registration !== undefined && this.context.rules.keepsAwake("request-sent")) registration.heardAt = now;',
    changes: [
      "registration !== undefined → registration === undefined",
      "registration !== undefined → true",
      'registration !== undefined && this.context.rules.keepsAwake("request-sent") → false',
    ],
    why: SEAM,
  },
  {
    file: "attempt-ends.ts",
    line: 'if (rules.requeues(failure, deviceTask.numAttempts)) moveDeviceTask(context, deviceTask, "failed-attempt", now);',
    changes: ["rules.requeues(failure, deviceTask.numAttempts) → true"],
    why: SEAM,
  },
  {
    file: "attempt-ends.ts",
    line: 'else moveDeviceTask(context, deviceTask, "fail", now, rules.errorOfFailure(failure));',
    changes: ['"fail" → ""'],
    why: SEAM,
  },
  {
    file: "attempt-ends.ts",
    line: "export function mirrorWritten(context: Context, deviceTask: DeviceTask, moment: MirrorMoment, now: Instant): void {",
    changes: [
      '{ const { operation } = deviceTask.task; if (operation.kind === "write") changeMirror(context, deviceTask, operation.written, moment, now); } → {}',
    ],
    why: SEAM,
  },
  {
    file: "attempt-ends.ts",
    line: 'if (operation.kind === "write") changeMirror(context, deviceTask, operation.written, moment, now);',
    changes: ['operation.kind === "write" → false', '"write" → ""'],
    why: SEAM,
  },
  {
    file: "registration-interface.ts",
    line: "const refused = (from: Address, now: Instant): void => {",
    changes: [
      '{ const device = registrations.from(from)?.device; if (device !== undefined) dispatcher.occasion(device, "refused-register", now); } → {}',
    ],
    why: SEAM,
  },
  {
    file: "registration-interface.ts",
    line: 'if (device !== undefined) dispatcher.occasion(device, "refused-register", now);',
    changes: ["device !== undefined → false", '"refused-register" → ""'],
    why: SEAM,
  },
  {
    file: "registration-interface.ts",
    line: "if (!request.ok) return { ...refusal(request.error), afterwards: () => refused(from, now) };",
    changes: ["() => refused(from, now) → () => undefined"],
    why: SEAM,
  },
  {
    file: "registration-interface.ts",
    line: "if (device.registration !== undefined && rules.errorAtReRegister !== undefined)",
    changes: [
      "device.registration !== undefined → device.registration === undefined",
      "device.registration !== undefined → true",
      "device.registration !== undefined && rules.errorAtReRegister !== undefined → false",
    ],
    why: SEAM,
  },
  {
    file: "registration-interface.ts",
    line: 'if (rules.keepsAwake("update")) registration.heardAt = now;',
    changes: ['rules.keepsAwake("update") → true'],
    why: SEAM,
  },
  {
    file: "registration-interface.ts",
    line: 'if (rules.forgetsRemoved) endRegistration(registration, "removed", false, now);',
    changes: ["rules.forgetsRemoved → true", "false → true"],
    why: SEAM,
  },
  {
    file: "registration-interface.ts",
    line: 'afterwards: () => dispatcher.occasion(registration.device, "deregister", now),',
    changes: [
      '() => dispatcher.occasion(registration.device, "deregister", now) → () => undefined',
      '"deregister" → ""',
    ],
    why: SEAM,
  },
  {
    file: "registration-interface.ts",
    line: 'if (rules.keepsAwake("datagram")) registration.heardAt = now;',
    changes: ['rules.keepsAwake("datagram") → true'],
    why: SEAM,
  },
  {
    file: "rules.ts",
    line: "errorOfFailure: (failure) => misfit(failure),",
    changes: ["(failure) => misfit(failure) → () => undefined"],
    why: SEAM,
  },
  {
    file: "task-lifecycle.ts",
    line: 'if (rules.cancelReaches(deviceTask)) moveDeviceTask(context, deviceTask, "cancel", now);',
    changes: ["rules.cancelReaches(deviceTask) → true"],
    why: SEAM,
  },
  {
    file: "task-lifecycle.ts",
    line: "typeChanged(type) {",
    changes: [
      "{ for (const task of context.tasks.values()) { if (task.type !== type || task.expired) continue; const expiresAt = rules.expiresAtAfterTypeChange(task); if (expiresAt === task.expiresAt) continue; task.expiresAt = expiresAt; noteTaskState(context, task); deadlines.watch(task); } } → {}",
    ],
    why: SEAM,
  },
  {
    file: "task-lifecycle.ts",
    line: "for (const task of context.tasks.values()) {",
    changes: [
      "{ if (task.type !== type || task.expired) continue; const expiresAt = rules.expiresAtAfterTypeChange(task); if (expiresAt === task.expiresAt) continue; task.expiresAt = expiresAt; noteTaskState(context, task); deadlines.watch(task); } → {}",
    ],
    why: SEAM,
  },
  {
    file: "task-lifecycle.ts",
    line: "if (task.type !== type || task.expired) continue;",
    changes: [
      "task.type !== type → false",
      "task.type !== type → task.type === type",
      "task.type !== type || task.expired → false",
      "task.type !== type || task.expired → task.type !== type && task.expired",
      "task.type !== type || task.expired → true",
    ],
    why: SEAM,
  },
  {
    file: "task-lifecycle.ts",
    line: "if (expiresAt === task.expiresAt) continue;",
    changes: [
      "expiresAt === task.expiresAt → expiresAt !== task.expiresAt",
      "expiresAt === task.expiresAt → false",
      "expiresAt === task.expiresAt → true",
    ],
    why: SEAM,
  },
  {
    file: "dispatcher.ts",
    line: 'if (rules.atNewAddress === "requeue" || to === undefined) requeue(context, flight.deviceTask, "replaced", now);',
    changes: [
      'rules.atNewAddress === "requeue" → rules.atNewAddress !== "requeue"',
      'rules.atNewAddress === "requeue" || to === undefined → true',
      "to === undefined → to !== undefined",
    ],
    why: REQUEUED,
  },
  {
    file: "dispatcher.ts",
    line: 'if (rules.atNewAddress === "requeue" || to === undefined) requeue(context, flight.deviceTask, "replaced", now);',
    changes: [
      'rules.atNewAddress === "requeue" || to === undefined → false',
      'rules.atNewAddress === "requeue" || to === undefined → rules.atNewAddress === "requeue" && to === undefined',
      "to === undefined → false",
    ],
    why: AWAKE,
  },
  {
    file: "error-mapping.ts",
    line: "const messageOf = (code: number): string =>",
    changes: [
      "(code: number): string => Object.entries(ERROR_MESSAGES).find(([known]) => Number(known) === code)?.[1] ?? ERROR_MESSAGES[5000] → () => undefined",
    ],
    why: TEXT,
  },
  {
    file: "error-mapping.ts",
    line: "Object.entries(ERROR_MESSAGES).find(([known]) => Number(known) === code)?.[1] ?? ERROR_MESSAGES[5000];",
    changes: [
      "Object.entries(ERROR_MESSAGES).find(([known]) => Number(known) === code)?.[1] → Object.entries(ERROR_MESSAGES).find(([known]) => Number(known) === code)[1]",
      "Object.entries(ERROR_MESSAGES).find(([known]) => Number(known) === code)?.[1] ?? ERROR_MESSAGES[5000] → Object.entries(ERROR_MESSAGES).find(([known]) => Number(known) === code)?.[1] && ERROR_MESSAGES[5000]",
      "([known]) => Number(known) === code → () => undefined",
      "Number(known) === code → Number(known) !== code",
      "Number(known) === code → false",
      "Number(known) === code → true",
    ],
    why: TEXT,
  },
  {
    file: "error-mapping.ts",
    line: 'return { code: String(mapped), message: diagnostic === "" ? messageOf(mapped) : diagnostic };',
    changes: ['diagnostic === "" → false', '"" → "Stryker was here!"'],
    why: TEXT,
  },
  {
    file: "error-mapping.ts",
    line: 'return { code: String(fallback), message: diagnostic === "" ? `CoAP ${code}` : `CoAP ${code}: ${diagnostic}` };',
    changes: ['diagnostic === "" → false', '"" → "Stryker was here!"', "`CoAP ${code}` → ``"],
    why: TEXT,
  },
  {
    file: "error-mapping.ts",
    line: 'export const misfit = (reason: string): TaskError => ({ code: "5000", message: `${ERROR_MESSAGES[5000]}: ${reason}` });',
    changes: ["`${ERROR_MESSAGES[5000]}: ${reason}` → ``"],
    why: TEXT,
  },
  {
    file: "registration-interface.ts",
    line: 'if (!rules.takesRegister(message.type)) return reply("4.00", "Register must be Confirmable");',
    changes: ['"Register must be Confirmable" → ""'],
    why: TEXT,
  },
  {
    file: "registration-interface.ts",
    line: 'const reply = (code: Code, diagnostic = ""): Reply => ({',
    changes: ['"" → "Stryker was here!"'],
    why: TEXT,
  },
  {
    file: "registration-interface.ts",
    line: 'content: { code, options: [], payload: diagnostic === "" ? NO_PAYLOAD : encodeUtf8(diagnostic) },',
    changes: [
      'diagnostic === "" → diagnostic !== ""',
      'diagnostic === "" → false',
      'diagnostic === "" → true',
      '"" → "Stryker was here!"',
    ],
    why: TEXT,
  },
  {
    file: "rules.ts",
    line: 'unknownEndpoint: { code: "4.03", diagnostic: "endpoint is not known here" },',
    changes: ['"endpoint is not known here" → ""'],
    why: TEXT,
  },
  {
    file: "registration-interface.ts",
    line: 'const fresh = context.identifiers.next("location", (id) => registrations.at(id) !== undefined);',
    changes: [
      "(id) => registrations.at(id) !== undefined → () => undefined",
      "registrations.at(id) !== undefined → false",
    ],
    why: COLLIDE,
  },
  {
    file: "tasks.ts",
    line: 'id: identifiers.next("task", (id) => tasks.has(id)),',
    changes: ["(id) => tasks.has(id) → () => undefined"],
    why: COLLIDE,
  },
  {
    file: "registration-interface.ts",
    line: 'if (path.length === 2 && path[0] === ROOT && !second.includes("/")) return second;',
    changes: ['path.length === 2 && path[0] === ROOT && !second.includes("/") → false'],
    why: FAST_PATH,
  },
  {
    file: "rules.ts",
    line: "type.owner === undefined && administrator === undefined",
    changes: ["administrator === undefined → true"],
    why: ADMIN,
  },
  {
    file: "rules.ts",
    line: ": token !== undefined && (token === type.owner || token === administrator),",
    changes: ["token === administrator → false"],
    why: ADMIN,
  },
  {
    file: "rules.ts",
    line: 'touchesMirror: (taskType, moment) => taskType !== "E" && moment === "succeeded",',
    changes: ['taskType !== "E" → true', '"E" → ""'],
    why: NOVALUE,
  },
  { file: "rules.ts", line: "answersSeparately: false,", changes: ["false → true"], why: LEGAL },
  {
    file: "task-lifecycle.ts",
    line: 'const OPEN: readonly DeviceTaskStatus[] = ["REQUESTED", "QUEUED", "PROCESSING", "CANCEL_REQUESTED"];',
    changes: ['"REQUESTED" → ""'],
    why: WAITS,
  },
  {
    file: "tasks.ts",
    line: "task.history.forEach((_, position) => {",
    changes: ["{ outbox.remove(TABLES.taskHistory, taskHistoryKey(task, position)); } → {}"],
    why: FORGOTTEN,
  },
  {
    file: "tasks.ts",
    line: "for (const deviceTask of task.deviceTasks) {",
    changes: [
      "{ removeFrom(deviceTask.device.pending, deviceTask); removeFrom(deviceTask.device.agenda, deviceTask); outbox.remove(TABLES.deviceTask, deviceTaskKey(deviceTask)); deviceTask.history.forEach((_, position) => { outbox.remove(TABLES.deviceTaskHistory, deviceTaskHistoryKey(deviceTask, position)); }); } → {}",
    ],
    why: FORGOTTEN,
  },
  {
    file: "tasks.ts",
    line: "deviceTask.history.forEach((_, position) => {",
    changes: ["{ outbox.remove(TABLES.deviceTaskHistory, deviceTaskHistoryKey(deviceTask, position)); } → {}"],
    why: FORGOTTEN,
  },
  {
    file: "registration-interface.ts",
    line: 'if (!rules.takesRegister(message.type)) return reply("4.00", "Register must be Confirmable");',
    changes: ["!rules.takesRegister(message.type) → false"],
    why: NON_TAKEN,
  },
  {
    file: "rules.ts",
    line: 'takesRegister: (type) => type === "CON",',
    changes: ['type === "CON" → true'],
    why: NON_TAKEN,
  },
  {
    file: "registration-interface.ts",
    line: 'if (path.length === 2 && path[0] === ROOT && !second.includes("/")) return second;',
    changes: ["path[0] === ROOT → path[0] !== ROOT", '!second.includes("/") → second.includes("/")', '"/" → ""'],
    why: FAST_PATH,
  },
  {
    file: "registration-interface.ts",
    line: 'if (path.length === 2 && path[0] === ROOT && !second.includes("/")) return second;',
    changes: ["path[0] === ROOT → true"],
    why: NOSUCH,
  },
  {
    file: "registration-interface.ts",
    line: 'const [root = "", ...rest] = path.join("/").replace(/^\\//, "").split("/");',
    changes: ['"" → "Stryker was here!"', '"/" → ""', "/^\\// → /\\//"],
    why: LENIENT,
  },
  {
    file: "registration-interface.ts",
    line: 'return root === ROOT && rest.length === 1 ? (rest[0] ?? "") : "";',
    changes: [
      "root === ROOT → root !== ROOT",
      "root === ROOT && rest.length === 1 → false",
      'rest[0] ?? "" → rest[0] && ""',
    ],
    why: LENIENT,
  },
  {
    file: "registration-interface.ts",
    line: 'return root === ROOT && rest.length === 1 ? (rest[0] ?? "") : "";',
    changes: ["root === ROOT → true", '"" → "Stryker was here!"'],
    why: NOSUCH,
  },
  {
    file: "registration-interface.ts",
    line: 'if (location === undefined) return reply(stringOptions(message, URI_PATH)[0] === ROOT ? "4.05" : "4.04");',
    changes: [
      "stringOptions(message, URI_PATH)[0] === ROOT → false",
      "stringOptions(message, URI_PATH)[0] === ROOT → true",
      "stringOptions(message, URI_PATH)[0] === ROOT → stringOptions(message, URI_PATH)[0] !== ROOT",
    ],
    why: ANY_REFUSAL,
  },
  {
    file: "error-mapping.ts",
    line: '{ coap: "4.00", corrected: 4000, literal: 4000 },',
    changes: ['{ coap: "4.00", corrected: 4000, literal: 4000 } → {}', '"4.00" → ""'],
    why: FALLBACK,
  },
  {
    file: "registrations.ts",
    line: "const leaveAddress = (registration: Registration, address: Address): void => {",
    changes: ["{ if (byAddress.get(address) === registration) byAddress.delete(address); } → {}"],
    why: FORMER,
  },
  {
    file: "registrations.ts",
    line: "if (byAddress.get(address) === registration) byAddress.delete(address);",
    changes: [
      "byAddress.get(address) === registration → false",
      "byAddress.get(address) === registration → byAddress.get(address) !== registration",
    ],
    why: FORMER,
  },
  {
    file: "registrations.ts",
    line: "if (before !== registration.address) leaveAddress(registration, before);",
    changes: [
      "before !== registration.address → false",
      "before !== registration.address → before === registration.address",
    ],
    why: FORMER,
  },
  {
    file: "registrations.ts",
    line: "if (!keepsLocation && byLocation.get(location) === registration) byLocation.delete(location);",
    changes: [
      "!keepsLocation && byLocation.get(location) === registration → true",
      "!keepsLocation && byLocation.get(location) === registration → !keepsLocation || byLocation.get(location) === registration",
    ],
    why: SEAM,
  },
  {
    file: "registrations.ts",
    line: "if (!keepsLocation && byLocation.get(location) === registration) byLocation.delete(location);",
    changes: ["byLocation.get(location) === registration → true"],
    why: LONE,
  },
  {
    file: "registrations.ts",
    line: "if (device.registration === registration) device.registration = undefined;",
    changes: ["device.registration === registration → true"],
    why: LONE,
  },
  {
    file: "registration-interface.ts",
    line: 'if (device !== undefined) dispatcher.occasion(device, "refused-register", now);',
    changes: ["device !== undefined → true", "device !== undefined → device === undefined"],
    why: SEAM,
  },
  {
    file: "dispatcher.ts",
    line: "if (!this.context.rules.goesOnAfterAnswer(flight.deviceTask.device)) flight.deviceTask.device.agenda = [];",
    changes: ["!this.context.rules.goesOnAfterAnswer(flight.deviceTask.device) → false", '[] → ["Stryker was here"]'],
    why: SEAM,
  },
  { file: "dispatcher.ts", line: "if (flight === undefined) return false;", changes: ["false → true"], why: WORK },
  {
    file: "error-mapping.ts",
    line: 'export const misfit = (reason: string): TaskError => ({ code: "5000", message: `${ERROR_MESSAGES[5000]}: ${reason}` });',
    changes: [
      '(reason: string): TaskError => ({ code: "5000", message: `${ERROR_MESSAGES[5000]}: ${reason}` }) → () => undefined',
      '"5000" → ""',
    ],
    why: MISFIT_CODE,
  },
  {
    file: "task-lifecycle.ts",
    line: "if (rules.queuesBeforeBegin) for (const deviceTask of task.deviceTasks) dispatcher.admit(deviceTask, now);",
    changes: ["rules.queuesBeforeBegin → false"],
    why: SEAM,
  },
  {
    file: "task-lifecycle.ts",
    line: 'else if (task.status === "SCHEDULED" && task.activeFrom <= now) begun.push(task);',
    changes: [
      'task.status === "SCHEDULED" && task.activeFrom <= now → true',
      'task.status === "SCHEDULED" && task.activeFrom <= now → task.status === "SCHEDULED" || task.activeFrom <= now',
      'task.status === "SCHEDULED" → true',
      "task.activeFrom <= now → true",
    ],
    why: BEGINS_ONCE,
  },
  {
    file: "task-lifecycle.ts",
    line: 'if (task.status !== "SCHEDULED") deadlines.watch(task);',
    changes: ['task.status !== "SCHEDULED" → true', '"SCHEDULED" → ""'],
    why: BEGINS_ONCE,
  },
  {
    file: "tasks.ts",
    line: 'const status: TaskStatus = activeFrom > now ? "SCHEDULED" : "REQUESTED";',
    changes: ["activeFrom > now → true", "activeFrom > now → activeFrom >= now"],
    why: WITHIN_A_STEP,
  },
  {
    file: "tasks.ts",
    line: 'deviceTask.error = to === "FAILED" ? error : undefined;',
    changes: ['to === "FAILED" → true'],
    why: CANCELLED_ERROR,
  },
  {
    file: "tasks.ts",
    line: "if (to !== from) {",
    changes: ["to !== from → true"],
    why: AGAIN_SAID,
  },
  {
    file: "tasks.ts",
    line: "if (!context.rules.recordsHistory(status)) return;",
    changes: ["!context.rules.recordsHistory(status) → false"],
    why: SEAM,
  },
  {
    file: "transitions.ts",
    line: '{ from: "REQUESTED", event: "cancel", to: "CANCELLED", source: "States" },',
    changes: [
      '{ from: "REQUESTED", event: "cancel", to: "CANCELLED", source: "States" } → {}',
      '"REQUESTED" → ""',
      '"cancel" → ""',
      '"CANCELLED" → ""',
    ],
    why: ONESTEP,
  },
  {
    file: "rules.ts",
    line: "!registration.queueMode || now < after(registration.heardAt, seconds(profile.awakeWindow));",
    changes: [
      "now < after(registration.heardAt, seconds(profile.awakeWindow)) → now <= after(registration.heardAt, seconds(profile.awakeWindow))",
    ],
    why: INSTANT,
  },
  {
    file: "rules.ts",
    line: 'beyondBounds === "refused" ? bounds : { min: bounds.min, max: MOST_SECONDS },',
    changes: ["{ min: bounds.min, max: MOST_SECONDS } → {}"],
    why: BELOW,
  },
  {
    file: "rules.ts",
    line: 'shortened: (asked, bounds, { beyondBounds }) => (beyondBounds === "refused" ? asked : Math.min(asked, bounds.max)),',
    changes: ['beyondBounds === "refused" → false', '"refused" → ""'],
    why: WITHIN_BOUNDS,
  },
  {
    file: "rules.ts",
    line: "scheduledOn === undefined || fromUnixMillis(scheduledOn) <= createdAt ? createdAt : fromUnixMillis(scheduledOn),",
    changes: ["fromUnixMillis(scheduledOn) <= createdAt → fromUnixMillis(scheduledOn) < createdAt"],
    why: SAME_TIME,
  },
  {
    file: "rules.ts",
    line: "mayEndAt: (end, retainedUntil) => end <= retainedUntil,",
    changes: ["end <= retainedUntil → end < retainedUntil"],
    why: INSTANT,
  },
  {
    file: "rules.ts",
    line: '!(profile.inFlightAtExpiry === "answer-counts" && (status === "PROCESSING" || status === "CANCEL_REQUESTED")),',
    changes: ['status === "CANCEL_REQUESTED" → false', '"CANCEL_REQUESTED" → ""'],
    why: CANCEL_ENDS,
  },
  {
    file: "rules.ts",
    line: 'inFlightAtExpiry === "fail" && lateResponse === "ignored",',
    changes: ['inFlightAtExpiry === "fail" → true'],
    why: PASSED_OVER,
  },
  {
    file: "rules.ts",
    line: "comesBefore: (a, b) => a.task.sequence < b.task.sequence,",
    changes: ["a.task.sequence < b.task.sequence → a.task.sequence <= b.task.sequence"],
    why: UNIQUE,
  },
  {
    file: "rules.ts",
    line: 'attemptsAfter: (attempts, event) => (event === "attempt" || event === "resend" ? attempts + 1 : attempts),',
    changes: ['event === "resend" → false', '"resend" → ""'],
    why: EITHER,
  },
  {
    file: "rules.ts",
    line: 'lateResponseCounts: ({ lateResponse }) => lateResponse === "updates-mirror",',
    changes: ['lateResponse === "updates-mirror" → true'],
    why: NO_LATE,
  },
];
