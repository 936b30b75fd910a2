/**
 * The page as a whole, and the part of it that changes. Pure: data in, HTML out.
 *
 * Both begin with the same sections: without a script, or before it runs, the page shows what it showed when it was asked
 * for; the script asks for the sections again when the server says that something has changed.
 */
import { detailSection } from "./detail-section.ts";
import { devicesSection } from "./devices-section.ts";
import { type Html, html } from "./html.ts";
import { imagesSection } from "./images-section.ts";
import type { PageData, TypeChoice } from "./page-data.ts";
import type { Gathered } from "./page-source.ts";
import { taskForm } from "./task-form.ts";
import { tasksSection } from "./tasks-section.ts";

/** The document. */
export const renderPage = (gathered: Gathered, version: string): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Fleetproof</title>
<link rel="icon" href="/web/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/web/page.css">
<script src="/web/page.js" defer></script>
</head>
<body>
<header class="top">
<h1><a href="/">Fleetproof</a></h1>
<nav aria-label="This page"><a href="#devices">Devices</a><a href="#tasks">Tasks</a><a href="/docs">API</a></nav>
<p id="live" role="status">not live</p>
<button type="button" id="sign-out" class="quiet" hidden>Forget token</button>
</header>
<div id="message" role="alert" hidden><p></p><button type="button" class="quiet" aria-label="Dismiss the message">Dismiss</button></div>
<form id="sign-in"${gathered.kind === "page" && html` hidden`}>
<h2>Token</h2>
<p>This server wants a bearer token. It stays in this tab, and is gone when you close it.</p>
<p><label for="token">Bearer token</label><input id="token" type="password" autocomplete="off" required></p>
<p class="buttons"><button type="submit" class="strong">Go on</button></p>
</form>
<noscript><p class="problem">Without JavaScript this page shows what there is, but cannot change anything.</p></noscript>
<main id="content">${sections(gathered)}</main>
<footer>Reference server ${version}</footer>
</body>
</html>
`.html;

/** What the script puts in the place of the sections that it has. */
export const renderSections = (gathered: Gathered): string => sections(gathered).html;

const sections = (gathered: Gathered): Html =>
  gathered.kind === "refused" ? refusal(gathered.message) : content(gathered.data);

const refusal = (message: string): Html => html`<section id="refusal"><p class="problem">${message}</p></section>`;

function content({ address, types, fleet, detail }: PageData): Html {
  if (fleet === undefined)
    return html`<section id="welcome"><h2>No device type yet</h2>
<p>Provision one with <code>POST /v1.1/devicetypes</code>, or start the server with <code>--devices FILE</code>, or with <code>--open</code>, which enrols whoever registers. <a href="/docs">The API</a> has the details.</p></section>`;
  return html`${types.length > 1 && typeMenu(types, fleet.type)}
${devicesSection(address, fleet.devices)}
${detailSection(address, detail, fleet.images.items)}
${taskForm(fleet)}
${tasksSection(address, fleet.tasks)}
${imagesSection(fleet)}`;
}

const typeMenu = (types: readonly TypeChoice[], chosen: TypeChoice): Html => html`<section id="types">
<form method="get" action="/"><label for="type">Device type</label>
<select id="type" name="type">${types.map(
  ({ dtid, name }) =>
    html`<option value="${dtid}"${dtid === chosen.dtid && html` selected`}>${name === dtid ? name : `${name} (${dtid})`}</option>`,
)}</select><button>Show</button></form></section>`;
