/**
 * The form that makes a task: the properties are those of the manifest, and what each takes; or a firmware update with
 * one of the images. What stands in it is checked by the API.
 */
import { type Html, html } from "./html.ts";
import type { FleetData, ImageModel, Manifest } from "./page-data.ts";

export function taskForm({ type, manifest, images }: FleetData): Html {
  return html`<section id="new-task" aria-labelledby="new-task-title" data-type="${type.dtid}">
<details><summary><h2 id="new-task-title">New task</h2></summary>
<form id="task-form">
<fieldset><legend>Kind</legend>
<label class="choice"><input type="radio" name="kind" value="property" checked> Properties</label>
<label class="choice"><input type="radio" name="kind" value="update"> Firmware update</label></fieldset>
<p data-kind="property"><label for="property">Property</label>
<select id="property" name="property" required>
${Object.entries(manifest.deviceProperties).map(([object, resources]) => objectGroup(object, resources))}
<optgroup label="Server properties">
${Object.keys(manifest.serverProperties).map((name) => option(`serverProperties.${name}`, name, "W", "text"))}
<option value="" data-operations="W" data-type="text">another…</option>
</optgroup></select></p>
<p id="named" data-kind="property" hidden><label for="name">Name of the server property</label><input id="name" name="name" autocomplete="off" placeholder="site.floor"></p>
<fieldset data-kind="property"><legend>What to do</legend>${OPERATIONS.map(operation)}</fieldset>
<p id="valued" data-kind="property"><label for="value">Value <span class="hint" id="value-type"></span></label><input id="value" name="value" autocomplete="off"></p>
<p data-kind="update" hidden><label for="image">Image <span class="hint" id="no-image"${images.items.length > 0 && html` hidden`}>none yet: upload one below, at Firmware images</span></label>
<select id="image" name="image">${images.items.map(imageOption)}</select></p>
<p data-kind="update" hidden><label class="choice"><input type="checkbox" name="acceptance"> Ask each device's user first</label></p>
<p><label for="dids">Devices <span class="hint">ids, with commas between them; none: all devices of ${type.name}</span></label>
<input id="dids" name="dids" autocomplete="off" spellcheck="false"></p>
<p><label for="filter">Filter <span class="hint">key=value, with commas between several; instead of ids</span></label>
<input id="filter" name="filter" autocomplete="off" spellcheck="false" placeholder="serverProperties.site=b1"></p>
<div class="pair">
<p><label for="expires">Expires after <span class="hint">seconds</span></label><input id="expires" name="expires" type="number" min="1" step="1" placeholder="default"></p>
<p><label for="scheduled">Scheduled on <span class="hint">your time</span></label><input id="scheduled" name="scheduled" type="datetime-local" step="1"></p>
</div>
<p class="buttons"><button type="submit" class="strong">Create task</button></p>
</form></details></section>`;
}

const imageOption = ({ updateId, version, name }: ImageModel): Html =>
  html`<option value="${updateId}">${version}${name !== undefined && ` (${name})`}</option>`;

const OPERATIONS = [
  { letter: "R", label: "Read" },
  { letter: "W", label: "Write" },
  { letter: "E", label: "Execute" },
] as const;

const operation = ({ letter, label }: (typeof OPERATIONS)[number]): Html =>
  html`<label class="choice"><input type="radio" name="operation" value="${letter}"> ${label}</label>`;

type Resources = Manifest["deviceProperties"][string];

/** An object as a whole can be read and written, then its resources. */
const objectGroup = (object: string, resources: Resources): Html => html`<optgroup label="${object}">
${Object.entries(resources).map(([name, { type, operations, multiple }]) =>
  option(`deviceProperties.${object}.${name}`, `${object}.${name}`, operations, typeText(type, multiple)),
)}
${option(`deviceProperties.${object}`, `${object} as a whole`, "RW", "a JSON object of names and values")}
</optgroup>`;

const typeText = (type: string | undefined, multiple: boolean): string =>
  `${type ?? "arguments"}${multiple ? ", several as a JSON array" : ""}`;

const option = (value: string, label: string, operations: string, type: string): Html =>
  html`<option value="${value}" data-operations="${operations}" data-type="${type}">${label}</option>`;
