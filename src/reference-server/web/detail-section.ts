/** What is open: a task with the status on each of its devices, or a device with its Device Mirror. */

import { toUnixMillis } from "../../protocol/time.ts";
import type { DeviceView } from "../watch/fleet-view.ts";
import { modeOf } from "./devices-section.ts";
import { type Html, html } from "./html.ts";
import { linkTo, type PageAddress } from "./page-address.ts";
import type { Detail, DeviceTaskModel, ImageModel, Properties, TaskStatuses } from "./page-data.ts";
import { badge, cell, counted, moment, pageLinks } from "./pieces.ts";
import { cancelButton, isOver, progress, sentenceOf } from "./tasks-section.ts";

/** @param images of the device type, to say which version a task installs */
export function detailSection(address: PageAddress, detail: Detail, images: readonly ImageModel[]): Html {
  if (detail.kind === "none") return html`<section id="detail" hidden></section>`;
  const [title, content] = contentOf(address, detail, images);
  return html`<section id="detail" aria-labelledby="detail-title">
<header><h2 id="detail-title" tabindex="-1">${title}</h2><a class="close" id="close" href="${linkTo(address, { task: undefined, device: undefined, part: 1 })}">Close</a></header>
${content}
</section>`;
}

function contentOf(
  address: PageAddress,
  detail: Exclude<Detail, { kind: "none" }>,
  images: readonly ImageModel[],
): readonly [string, Html] {
  if (detail.kind === "refused") return [detail.what, html`<p class="problem">${detail.message}</p>`];
  if (detail.kind === "task") return [sentenceOf(detail.statuses.data), taskDetail(address, detail.statuses, images)];
  return [detail.device.name, deviceDetail(detail.device, detail.properties)];
}

function taskDetail(address: PageAddress, { total, data: task }: TaskStatuses, images: readonly ImageModel[]): Html {
  const { value, expiresAfter, scheduledOn, update } = task.taskParameters;
  return html`<dl>
<dt>Status</dt><dd>${badge(task.status)} ${isOver(task) ? "" : cancelButton(task.id, undefined)}</dd>
<dt>Progress</dt><dd>${progress(task)}</dd>
${task.property !== undefined && html`<dt>Property</dt><dd><code>${task.property}</code></dd>`}
${value !== undefined && html`<dt>Value</dt><dd><code>${value}</code></dd>`}
${update !== undefined && html`<dt>Image</dt><dd>${imageName(update.updateId, images)}</dd>`}
${task.needsAcceptance === true && html`<dt>Users</dt><dd>are asked on each device</dd>`}
<dt>Expires after</dt><dd>${counted(expiresAfter, "second")}</dd>
${scheduledOn !== undefined && html`<dt>Scheduled on</dt><dd>${moment(scheduledOn)}</dd>`}
<dt>Created</dt><dd>${moment(task.createdOn)}</dd>
${task.filter !== undefined && html`<dt>Filter</dt><dd><code>${task.filter}</code></dd>`}
<dt>Id</dt><dd><code>${task.id}</code></dd>
</dl>
<table class="cards">
<thead><tr><th scope="col">Device</th><th scope="col">Status</th><th scope="col">Attempts</th><th scope="col">Since</th><th scope="col">Error</th><th scope="col"><span class="hidden">Actions</span></th></tr></thead>
<tbody>${task.statuses.map((each) => deviceTaskRow(address, task.id, each))}</tbody></table>
${pageLinks({ address, name: "part", total, what: "devices of the task" })}`;
}

function imageName(updateId: string, images: readonly ImageModel[]): Html {
  const image = images.find((each) => each.updateId === updateId);
  return html`${image !== undefined && `version ${image.version} `}<code>${updateId}</code>`;
}

const OPEN: readonly string[] = ["REQUESTED", "QUEUED", "PROCESSING"];

function deviceTaskRow(address: PageAddress, task: string, deviceTask: DeviceTaskModel): Html {
  const { did, status, numAttempts, ts, errorCode, errorMessage, acceptanceStatus } = deviceTask;
  const waits = acceptanceStatus === "WAITING" && status === "QUEUED";
  const error = errorCode === undefined ? undefined : html`<code>${errorCode}</code> ${errorMessage ?? ""}`;
  return html`<tr>
<td data-label="Device"><a id="target-${did}" href="${linkTo(address, { task: undefined, device: did, part: 1 })}">${did}</a></td>
${cell("Status", html`${badge(status)}${waits && html` <span class="hint">waits for its user</span>`}`)}${cell("Attempts", numAttempts)}${cell("Since", moment(ts))}${cell("Error", error)}
<td class="action">${waits && acceptanceButtons(task, did)}${OPEN.includes(status) ? cancelButton(task, did) : ""}</td>
</tr>`;
}

const ANSWERS = [
  { answer: "ACCEPTED", label: "Accept" },
  { answer: "REJECTED", label: "Reject" },
] as const;

/** For the user of a device who has no way of saying it there. */
function acceptanceButtons(task: string, did: string): readonly Html[] {
  const path = `/v1.1/devicemgmt/tasks/${encodeURIComponent(task)}/devices/${encodeURIComponent(did)}/acceptance`;
  return ANSWERS.map(
    ({ answer, label }) =>
      html`<button type="button" class="quiet" id="${answer.toLowerCase()}-${task}-${did}" data-accept="${path}" data-answer="${answer}" aria-label="${label} on ${did}">${label}</button> `,
  );
}

function deviceDetail({ did, registration, heardAt }: DeviceView, properties: Properties): Html {
  const mirror = leavesOf(properties.deviceProperties, "");
  const server = leavesOf(properties.serverProperties, "");
  return html`<dl>
<dt>State</dt><dd>${badge(registration === undefined ? "not registered" : "registered")}</dd>
<dt>Last contact</dt><dd>${heardAt === undefined ? "never" : moment(toUnixMillis(heardAt))}</dd>
${
  registration !== undefined &&
  html`<dt>Address</dt><dd><code>${registration.address}</code></dd>
<dt>Mode</dt><dd>${modeOf(registration.queueMode)}</dd>
<dt>Lifetime</dt><dd>${counted(registration.lifetime, "second")}</dd>
<dt>LwM2M</dt><dd>${registration.version}</dd>`
}
<dt>Id</dt><dd><code>${did}</code></dd>
</dl>
<p><button type="button" class="quiet" data-target="${did}">New task for this device</button></p>
${valueTable("Device Mirror", "Nothing was read from or written to this device yet.", mirror)}
${valueTable("Server properties", "None.", server)}`;
}

interface Leaf {
  readonly name: string;
  readonly value: unknown;
  readonly ts: number;
}

/** The API nests values by the dots of their names; each is `{value, ts}`. */
function leavesOf(group: Readonly<Record<string, unknown>>, prefix: string): readonly Leaf[] {
  return Object.entries(group).flatMap(([key, member]): readonly Leaf[] => {
    const name = prefix === "" ? key : `${prefix}.${key}`;
    if (typeof member !== "object" || member === null) return [];
    if ("ts" in member && "value" in member && typeof member.ts === "number") {
      return [{ name, value: member.value, ts: member.ts }];
    }
    return leavesOf(member as Readonly<Record<string, unknown>>, name);
  });
}

const valueTable = (title: string, none: string, leaves: readonly Leaf[]): Html => html`<h3>${title}</h3>
${
  leaves.length === 0
    ? html`<p class="empty">${none}</p>`
    : html`<table class="cards">
<thead><tr><th scope="col">Property</th><th scope="col">Value</th><th scope="col">Since</th></tr></thead>
<tbody>${leaves.map(
        ({ name, value, ts }) =>
          html`<tr>${cell("Property", html`<code>${name}</code>`)}${cell("Value", textOf(value))}${cell("Since", moment(ts))}</tr>`,
      )}</tbody></table>`
}`;

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
