/** The REST API as one page for a browser: no script, nothing from elsewhere. */
import { type EndpointText, endpointTexts, type FieldRow, GENERAL_REFUSAL_TEXTS } from "./api-fields.ts";
import type { AcceptedBounds } from "./endpoint-docs.ts";

/** @param url base URL of the API, for the commands */
export function renderApiHtml(bounds: AcceptedBounds, url: string): string {
  const texts = endpointTexts(bounds, url);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fleetproof reference server: REST API</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Fleetproof reference server: REST API</h1>
<p>Base URL <code>${escaped(url)}</code>. The same as OpenAPI 3.1: <a href="/openapi.json">/openapi.json</a>.</p>
<p>Bodies are JSON, declared as <code>application/json</code>. Where the server was started with a token, each request
needs <code>Authorization: Bearer TOKEN</code>. Times are milliseconds since the Unix epoch, spans are seconds. A field
without a value is left out.</p>
<p>A refusal is <code>{"error": {"code": 4001, "message": "count: Minimum value 1", "field": "count"}}</code>. Any request
may end with:</p>
<ul>${GENERAL_REFUSAL_TEXTS.map(refusal).join("")}</ul>
<nav><ul>${texts.map(link).join("")}</ul></nav>
${texts.map(section).join("\n")}
</body>
</html>
`;
}

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff; }
h2 { margin-top: 3rem; border-top: 1px solid #bbb; padding-top: 1rem; }
h2 a { color: inherit; text-decoration: none; }
code, pre { font: 14px/1.4 ui-monospace, monospace; }
pre { background: #f2f2f2; padding: .75rem; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
caption { text-align: left; font-weight: 600; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #ddd; }
nav ul { list-style: none; padding: 0; }
`;

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const lineOf = ({ method, path }: EndpointText["endpoint"]): string =>
  `<code>${method} /${escaped(path.replaceAll(/:(\w+)/g, "{$1}"))}</code>`;

const link = ({ endpoint, docs }: EndpointText): string =>
  `<li><a href="#${endpoint.id}">${lineOf(endpoint)}</a> ${escaped(docs.title)}</li>`;

const refusal = ({ status, about }: { readonly status: number; readonly about: string }): string =>
  `<li>${status}: ${escaped(about)}</li>`;

const section = ({ endpoint, docs, query, body, answer, refusals, curl }: EndpointText): string => `
<section id="${endpoint.id}">
<h2><a href="#${endpoint.id}">${escaped(docs.title)}</a></h2>
<p>${lineOf(endpoint)}</p>
<p>${escaped(docs.about)}</p>
<pre>${escaped(curl)}</pre>
${table("Query", query)}${table("Body", body)}${table(`Answer ${docs.answer.status}`, answer)}
${refusals.length === 0 ? "" : `<p>Refusals:</p><ul>${refusals.map(refusal).join("")}</ul>`}
</section>`;

function table(caption: string, rows: readonly FieldRow[]): string {
  if (rows.length === 0) return "";
  const head =
    '<tr><th scope="col">name</th><th scope="col">type</th><th scope="col">needed</th><th scope="col"></th></tr>';
  const cells = rows.map(
    ({ name, type, required, about }) =>
      `<tr><td><code>${escaped(name)}</code></td><td>${escaped(type)}</td><td>${required ? "yes" : ""}</td><td>${escaped(about)}</td></tr>`,
  );
  return `<table><caption>${escaped(caption)}</caption>${head}${cells.join("")}</table>`;
}
