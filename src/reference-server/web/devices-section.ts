/** The list of devices: who is registered, where, and when it was last heard. */
import { toUnixMillis } from "../../protocol/time.ts";
import type { DeviceView } from "../watch/fleet-view.ts";
import { type Html, html } from "./html.ts";
import { linkTo, type PageAddress } from "./page-address.ts";
import type { DevicePage } from "./page-data.ts";
import { badge, cell, counted, moment, pageLinks } from "./pieces.ts";

export function devicesSection(address: PageAddress, devices: DevicePage): Html {
  const { total, registered, items } = devices;
  return html`<section id="devices" aria-labelledby="devices-title">
<header><h2 id="devices-title">Devices</h2><p class="summary">${counted(total, "device")}, ${registered} registered</p></header>
<form role="search" class="find" method="get" action="/">
${address.type !== undefined && html`<input type="hidden" name="type" value="${address.type}">`}
<label for="find">Find</label><input id="find" name="find" type="search" value="${address.find ?? ""}" placeholder="part of an id or name" autocomplete="off"><button>Find</button>
</form>
${items.length === 0 ? nothing(address) : table(address, items)}
${pageLinks({ address, name: "devices", total, what: "devices" })}
</section>`;
}

const nothing = ({ find, devices }: PageAddress): Html =>
  find === undefined && devices === 1
    ? html`<p class="empty">No device yet. Provision one with <code>POST /v1.1/devices</code>, or start the server with <code>--devices</code> or <code>--open</code>.</p>`
    : html`<p class="empty">No device here.</p>`;

const table = (address: PageAddress, items: readonly DeviceView[]): Html => html`<table class="cards">
<thead><tr><th scope="col">Device</th><th scope="col">State</th><th scope="col">Last contact</th><th scope="col">Address</th><th scope="col">Mode</th></tr></thead>
<tbody>${items.map((device) => row(address, device))}</tbody></table>`;

function row(address: PageAddress, { did, name, registration, heardAt }: DeviceView): Html {
  const isOpen = address.device === did && address.task === undefined;
  const link = linkTo(address, { device: did, task: undefined, part: 1 });
  return html`<tr${isOpen && html` class="open"`}>
<td data-label="Device"><a id="device-${did}" href="${link}"${isOpen && html` aria-current="true"`}>${name}</a>${name !== did && html`<br><code>${did}</code>`}</td>
${cell("State", badge(registration === undefined ? "not registered" : "registered"))}
${cell("Last contact", heardAt === undefined ? "never" : moment(toUnixMillis(heardAt)))}
${cell("Address", registration && html`<code>${registration.address}</code>`)}
${cell("Mode", registration && modeOf(registration.queueMode))}
</tr>`;
}

export const modeOf = (queueMode: boolean): string => (queueMode ? "queue mode" : "always on");
