/** The firmware images of a device type, and the form that uploads one. The bytes never pass through this page's server side. */
import { type Html, html } from "./html.ts";
import type { FleetData, ImageModel } from "./page-data.ts";
import { cell, counted, moment } from "./pieces.ts";

export function imagesSection({ type, images: { total, items } }: FleetData): Html {
  const beyond = total - items.length;
  return html`<section id="images" aria-labelledby="images-title" data-type="${type.dtid}">
<header><h2 id="images-title">Firmware images</h2><p class="summary">${total === 0 ? "none" : counted(total, "image")}</p></header>
${items.length > 0 && table(items)}
${beyond > 0 && html`<p class="summary">and ${beyond} older</p>`}
<details><summary>Upload an image</summary>
<form id="upload-form">
<p><label for="file">File</label><input id="file" name="file" type="file" required></p>
<div class="pair">
<p><label for="version">Version <span class="hint">as devices report it once it is installed</span></label><input id="version" name="version" maxlength="255" autocomplete="off" required></p>
<p><label for="image-name">Name <span class="hint">for people</span></label><input id="image-name" name="label" maxlength="255" autocomplete="off"></p>
</div>
<p class="buttons"><button type="submit" class="strong">Upload</button></p>
</form></details></section>`;
}

const table = (items: readonly ImageModel[]): Html => html`<table class="cards">
<thead><tr><th scope="col">Version</th><th scope="col">Name</th><th scope="col">Size</th><th scope="col">Uploaded</th><th scope="col"><span class="hidden">Delete</span></th></tr></thead>
<tbody>${items.map(row)}</tbody></table>`;

function row({ updateId, version, name, size, createdOn }: ImageModel): Html {
  return html`<tr>
${cell("Version", version)}${cell("Name", name)}${cell("Size", counted(size, "byte"))}${cell("Uploaded", moment(createdOn))}
<td class="action"><button type="button" class="quiet" id="delete-${updateId}" data-delete="/v1.1/updates/${encodeURIComponent(updateId)}" aria-label="Delete version ${version}">Delete</button></td>
</tr>`;
}
