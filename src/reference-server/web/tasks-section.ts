/** The list of tasks of a device type, newest first, with how far each has come. */
import { TASK_STATUSES } from "../../protocol/task-api/states.ts";
import { type Html, html } from "./html.ts";
import { linkTo, type PageAddress } from "./page-address.ts";
import type { TaskList, TaskModel } from "./page-data.ts";
import { badge, cell, moment, pageLinks } from "./pieces.ts";

export function tasksSection(address: PageAddress, { total, statusCounts, data }: TaskList): Html {
  const counts = TASK_STATUSES.filter((status) => statusCounts[status] > 0);
  return html`<section id="tasks" aria-labelledby="tasks-title">
<header><h2 id="tasks-title">Tasks</h2><p class="summary">${counts.length === 0 ? "none" : counts.map((status) => `${statusCounts[status]} ${status.toLowerCase()}`).join(", ")}</p></header>
${data.tasks.length === 0 ? html`<p class="empty">No task ${total === 0 ? "yet" : "here"}.</p>` : table(address, data.tasks)}
${pageLinks({ address, name: "tasks", total, what: "tasks" })}
</section>`;
}

const table = (address: PageAddress, tasks: readonly TaskModel[]): Html => html`<table class="cards">
<thead><tr><th scope="col">Task</th><th scope="col">Status</th><th scope="col">Progress</th><th scope="col">Created</th><th scope="col"><span class="hidden">Cancel</span></th></tr></thead>
<tbody>${tasks.map((task) => row(address, task))}</tbody></table>`;

function row(address: PageAddress, task: TaskModel): Html {
  const isOpen = address.task === task.id;
  const link = linkTo(address, { task: task.id, device: undefined, part: 1 });
  return html`<tr${isOpen && html` class="open"`}>
<td data-label="Task"><a id="task-${task.id}" href="${link}"${isOpen && html` aria-current="true"`}>${sentenceOf(task)}</a></td>
${cell("Status", badge(task.status))}
${cell("Progress", progress(task))}
${cell("Created", moment(task.createdOn))}
<td class="action">${isOver(task) ? "" : cancelButton(task.id, undefined)}</td>
</tr>`;
}

const VERBS: Readonly<Record<NonNullable<TaskModel["taskType"]>, string>> = { R: "Read", W: "Write", E: "Execute" };

/** `Write device.timezone = Europe/Paris`; without the group of the properties of devices, which is the usual one. */
export function sentenceOf({ taskType, property, taskParameters: { value } }: TaskModel): string {
  if (taskType === undefined || property === undefined) return "Update the firmware";
  const name = property.replace(/^deviceProperties\./, "");
  const shown = value === undefined ? "" : ` = ${value.length > 60 ? `${value.slice(0, 60)}…` : value}`;
  return `${VERBS[taskType]} ${name}${shown}`;
}

export const isOver = ({ status }: TaskModel): boolean => status === "COMPLETE" || status === "CANCELLED";

/** Numbers and a bar of what has ended, in the order good, bad, cancelled. */
export function progress({ statusCounts }: TaskModel): Html {
  const { totalDevices, numCompleted, numSucceeded, numFailed, numCancelled } = statusCounts;
  if (totalDevices === 0) return html`no device`;
  const parts = [
    { mood: "good", count: numSucceeded, before: 0 },
    { mood: "bad", count: numFailed, before: numSucceeded },
    { mood: "calm", count: numCancelled, before: numSucceeded + numFailed },
  ];
  const bars = parts
    .filter(({ count }) => count > 0)
    .map(({ mood, count, before }) => html`<rect class="${mood}" x="${before}" width="${count}" height="1"></rect>`);
  const failed = numFailed > 0 && `, ${numFailed} failed`;
  return html`<span class="progress">${numCompleted} of ${totalDevices}${failed}<svg viewBox="0 0 ${totalDevices} 1" preserveAspectRatio="none" aria-hidden="true">${bars}</svg></span>`;
}

/** @param did one device of the task; `undefined`: the whole task */
export function cancelButton(task: string, did: string | undefined): Html {
  const path = `/v1.1/devicemgmt/tasks/${encodeURIComponent(task)}`;
  const whole = did === undefined ? path : `${path}/devices/${encodeURIComponent(did)}`;
  const label = did === undefined ? "Cancel this task" : `Cancel on ${did}`;
  return html`<button type="button" class="quiet" id="cancel-${task}-${did ?? ""}" data-cancel="${whole}" aria-label="${label}">Cancel</button>`;
}
