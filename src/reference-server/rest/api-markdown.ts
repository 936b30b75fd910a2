/** The REST API as a page of docs/. */
import { type EndpointText, endpointTexts, type FieldRow, GENERAL_REFUSAL_TEXTS } from "./api-fields.ts";
import type { AcceptedBounds } from "./endpoint-docs.ts";

export function renderApiPage(bounds: AcceptedBounds): string {
  const texts = endpointTexts(bounds, "http://127.0.0.1:8080/v1.1");
  return [
    "# The REST API of the reference server",
    "",
    "Made from the table of endpoints; do not edit. `serve` shows the same page at `/docs`, and as OpenAPI 3.1 at",
    "`/openapi.json`, both beside the base path `/v1.1` and without a token.",
    "",
    "Bodies are JSON, declared as `application/json`. With `--token` each request needs `Authorization: Bearer TOKEN`. A",
    'refusal has one shape, `{"error": {"code": 4001, "message": "count: Minimum value 1", "field": "count"}}`.',
    "Times are milliseconds since the Unix epoch, spans are seconds. A field without a value is left out.",
    "",
    "| endpoint | what it does |",
    "|---|---|",
    ...texts.map(({ endpoint, docs }) => `| [\`${lineOf(endpoint)}\`](#${endpoint.id}) | ${docs.title} |`),
    "",
    "Any request may end with:",
    "",
    ...GENERAL_REFUSAL_TEXTS.map(({ status, about }) => `- ${status}: ${about}`),
    "",
    "With `--rate-limit N` or `N/D` (requests per token in a minute, and in a day of UTC) each answer carries",
    "`X-Rate-Limit-Limit`, `X-Rate-Limit-Remaining` and `X-Rate-Limit-Reset`, each `minute/day`; a reset is in seconds since",
    "the Unix epoch. The minute slides. A request that is refused with 429 is not counted.",
    "",
    ...texts.flatMap(sectionOf),
  ].join("\n");
}

const lineOf = ({ method, path }: EndpointText["endpoint"]): string =>
  `${method} /${path.replaceAll(/:(\w+)/g, "{$1}")}`;

const sectionOf = ({ endpoint, docs, query, body, answer, refusals, curl }: EndpointText): readonly string[] => [
  `## ${endpoint.id}`,
  "",
  `**\`${lineOf(endpoint)}\`** ${docs.title}. ${docs.about}`,
  "",
  "```sh",
  curl,
  "```",
  "",
  ...fieldTable("Query", query),
  ...fieldTable("Body", body),
  ...fieldTable(`Answer ${docs.answer.status}`, answer),
  ...(refusals.length === 0
    ? []
    : [`Refusals: ${refusals.map(({ status, about }) => `${status} (${withoutStop(about)})`).join(", ")}.`, ""]),
];

const withoutStop = (text: string): string => text.replace(/\.$/, "");

function fieldTable(title: string, rows: readonly FieldRow[]): readonly string[] {
  if (rows.length === 0) return [];
  return [
    `| ${title} | type | needed | |`,
    "|---|---|---|---|",
    ...rows.map(
      ({ name, type, required, about }) =>
        `| \`${name}\` | ${cell(type)} | ${required ? "yes" : ""} | ${cell(about)} |`,
    ),
    "",
  ];
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
