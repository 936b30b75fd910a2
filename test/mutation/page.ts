/** Renders docs/mutation.md. Pure: what was measured goes in, text comes out. */
import { type FileScore, percentKilled, type Survivor, total } from "./score.ts";

const HEAD = `# Mutation testing of the reference server

[Stryker](https://stryker-mutator.io) changes the reference server at more than a thousand places, one at a time: it
turns a condition round, empties a block, swaps \`<\` and \`<=\`, forgets a word. For each change a short simulated campaign
runs, and the change is *killed* if the oracle finds something wrong. No unit test takes part. So this page says what
the [self-test](selftest.md) cannot: how the harness does with defects that nobody thought of.

The campaign is 300 plans of one seed. Every second meets a server that declares another choice of
[semantics.md](semantics.md), and every fourth one that is restarted from its store whenever it was quiet for 150
seconds. \`npm run mutation\` repeats it and writes this page. A change that is explained below ran and survived when it
was explained; it does not run again, unless \`MUTATION_ALL=1\` is set.
`;

/** @param learnt Markdown: what the survivors have taught */
export function renderMutationPage(scores: readonly FileScore[], learnt: string): string {
  const { survivors } = total(scores);
  const open = survivors.filter(({ why }) => why === undefined);
  const explained = survivors.filter(({ why }) => why !== undefined);
  return [
    HEAD,
    scoreTable(scores),
    learnt.trim(),
    "",
    "## Survived",
    "",
    open.length === 0 ? "None." : "The oracle does not see these, or no plan reaches them.",
    "",
    ...grouped(open).map(([place, rows]) => `- ${place}${changes(rows)}`),
    ...(open.length === 0 ? [] : [""]),
    "## No difference to an outsider",
    "",
    ...byReason(explained),
  ]
    .join("\n")
    .trimEnd()
    .concat("\n");
}

function scoreTable(scores: readonly FileScore[]): string {
  const rows = [...scores, total(scores)].map((score) => {
    const { file, mutants, killed, equivalent } = score;
    const survived = mutants - killed - equivalent;
    const raw = percentKilled({ ...score, equivalent: 0 });
    return `| ${file} | ${mutants} | ${killed} | ${equivalent} | ${survived} | ${raw} % | ${percentKilled(score)} % |`;
  });
  return [
    "| file | mutants | killed | equivalent | survived | killed of all | killed of those that matter |",
    "|---|--:|--:|--:|--:|--:|--:|",
    ...rows,
    "",
  ].join("\n");
}

function byReason(survivors: readonly Survivor[]): readonly string[] {
  const reasons = [...new Set(survivors.map(({ why }) => why ?? ""))];
  return reasons.flatMap((reason) => [
    `**${reason}**`,
    "",
    ...grouped(survivors.filter(({ why }) => why === reason)).map(([place, rows]) => `- ${place}${changes(rows)}`),
    "",
  ]);
}

/** Those of one line together. */
function grouped(survivors: readonly Survivor[]): readonly (readonly [string, readonly Survivor[]])[] {
  const groups = new Map<string, Survivor[]>();
  for (const survivor of survivors) {
    const place = `${survivor.file}: ${code(survivor.line)}`;
    groups.set(place, [...(groups.get(place) ?? []), survivor]);
  }
  return [...groups];
}

const changes = (rows: readonly Survivor[]): string =>
  rows.map(({ change }) => `\n  - ${code(shortened(change))}`).join("");

const LONGEST = 160;

const shortened = (text: string): string => {
  const [from = "", to = ""] = text.split(" → ");
  return from.length + to.length <= LONGEST ? text : `${from.slice(0, LONGEST - 80)} … → ${to.slice(0, 80)}`;
};

/** A code span that may hold back ticks. CommonMark 6.1 */
const code = (text: string): string => (text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``);
