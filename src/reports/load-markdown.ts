/** A load or a fleet in Markdown, short enough for a comment at a pull request; and as annotations for GitHub. Pure. */
import { PERCENTS, percentName } from "./charts/percents.ts";
import { fleetRows } from "./fleet-rows.ts";
import { annotation } from "./github.ts";
import type { LoadView } from "./load-view.ts";
import { tableRow } from "./text.ts";

const MARKS = { held: "✓ held", crossed: "✗ crossed", unknown: "? not measured" } as const;

export function renderLoadMarkdown({
  what,
  outcome,
  target,
  reason,
  facts,
  caveats,
  thresholds,
  latencies,
  load,
  fleet,
  virtual,
}: LoadView): string {
  const broken = brokenOf(load);
  const lines = [
    `**Fleetproof ${what}: ${outcome.word}** on ${plain(target)}: ${plain(reason)}`,
    "",
    facts.map(([name, value]) => `${name} ${plain(value)}`).join(" · "),
    ...(caveats.length === 0 ? [] : ["", ...caveats.map((line) => `- ${plain(line)}`)]),
    ...section(
      ["threshold", "outcome", "measured"],
      thresholds.map((row) => [`\`${row.text}\``, MARKS[row.outcome], row.measured]),
    ),
    ...section(
      ["broken", "expected", "actual"],
      broken.map(({ id, expected, actual }) => [id, plain(expected), plain(actual)]),
    ),
    ...section(
      ["span", "count", ...PERCENTS.map(percentName)],
      latencies.map(({ name, count, words }) => [`\`${name}\``, String(count), ...words]),
    ),
    // Of a load these are beside the point.
    ...section(
      ["what", "how often"],
      what === "load"
        ? []
        : fleetRows(fleet, virtual).flatMap(([name, count]) => (count > 0 ? [[name, String(count)]] : [])),
    ),
  ];
  return `${lines.join("\n")}\n`;
}

const section = (columns: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0 ? [] : ["", tableRow(columns), `|${"---|".repeat(columns.length)}`, ...rows.map(tableRow)];

/** One row for each broken requirement, with its first finding. */
const brokenOf = (load: LoadView["load"]) =>
  (load?.check.requirements ?? []).flatMap(({ id, outcome, findings: [first] }) =>
    first === undefined ? [] : [{ id, outcome, expected: first.expected, actual: first.actual }],
  );

/** A crossed threshold and a broken requirement are errors; what cannot be concluded is a warning. */
export function renderLoadGithub({ what, outcome, reason, thresholds, load }: LoadView): string {
  const lines = [
    ...thresholds
      .filter((row) => row.outcome === "crossed")
      .map(({ text, measured }) => annotation("error", "threshold crossed", `${text}: ${measured}`)),
    ...brokenOf(load).map(({ id, outcome: level, expected, actual }) =>
      annotation(level === "fail" ? "error" : "warning", `${id} is broken`, `expected: ${expected}\nactual: ${actual}`),
    ),
    ...(outcome.tone === "inconclusive" ? [annotation("warning", `Fleetproof ${what}: ${outcome.word}`, reason)] : []),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** What a server answers is no markup. */
const plain = (text: string): string => text.replaceAll(/([<>*`_\\])/g, "\\$1");
