/** The form that makes a task: the properties are those of the manifest, and what each takes. */
import { type Html, html } from "./html.ts";
import type { FleetData, Manifest } from "./page-data.ts";

export function taskForm({ type, manifest }: FleetData): Html {
  return html`<section id="new-task" aria-labelledby="new-task-title" data-type="${type.dtid}">
<details><summary><h2 id="new-task-title">New task</h2></summary>
<form id="task-form">
<p><label for="property">Property</label>
<select id="property" name="property" required>
${Object.entries(manifest.deviceProperties).map(([object, resources]) => objectGroup(object, resources))}
<optgroup label="Server properties">
${Object.keys(manifest.serverProperties).map((name) => option(`serverProperties.${name}`, name, "W", "text"))}
<option value="" data-operations="W" data-type="text">another…</option>
</optgroup></select></p>
<p id="named" hidden><label for="name">Name of the server property</label><input id="name" name="name" autocomplete="off" placeholder="site.floor"></p>
<fieldset><legend>What to do</legend>${OPERATIONS.map(operation)}</fieldset>
<p id="valued"><label for="value">Value <span class="hint" id="value-type"></span></label><input id="value" name="value" autocomplete="off"></p>
<p><label for="dids">Devices <span class="hint">ids, with commas between them; none: all devices of ${type.name}</span></label>
<input id="dids" name="dids" autocomplete="off" spellcheck="false"></p>
<div class="pair">
<p><label for="expires">Expires after <span class="hint">seconds</span></label><input id="expires" name="expires" type="number" min="1" step="1" placeholder="default"></p>
<p><label for="scheduled">Scheduled on <span class="hint">your time</span></label><input id="scheduled" name="scheduled" type="datetime-local" step="1"></p>
</div>
<p class="buttons"><button type="submit" class="strong">Create task</button></p>
</form></details></section>`;
}

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
