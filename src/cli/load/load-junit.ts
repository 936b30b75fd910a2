/**
 * A load as JUnit XML, for CI: a case for the generator, each threshold and each requirement that was examined.
 *
 * Thresholds are about the whole: the file of a shard has none. What could not be judged is an error, as set-up faults are; a crossed threshold or a broken requirement a failure.
 */
import type { LoadResult } from "../../harness/record/load-result.ts";
import { isWhole } from "../../harness/record/shards.ts";
import { measuredText } from "./load-text.ts";

interface Case {
  readonly name: string;
  readonly suite: string;
  readonly problem?: { readonly kind: "failure" | "error"; readonly message: string };
}

export function loadJunit(result: LoadResult): string {
  const cases = casesOf(result);
  const many = (kind: "failure" | "error"): number => cases.filter(({ problem }) => problem?.kind === kind).length;
  const rows = cases.map(({ name, suite, problem }) => {
    const open = `    <testcase name="${escapeXml(name)}" classname="${suite}"`;
    if (problem === undefined) return `${open}/>`;
    return `${open}><${problem.kind} message="${escapeXml(problem.message)}"/></testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<testsuites>",
    `  <testsuite name="load" tests="${cases.length}" failures="${many("failure")}" errors="${many("error")}" time="${(result.fleet.at / 1e6).toFixed(3)}">`,
    ...rows,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function casesOf(result: LoadResult): readonly Case[] {
  const { generator, parts, check, outcome } = result;
  const thresholds = isWhole(result) ? result.thresholds : [];
  const lag: Case = {
    name: "the generator was fast enough",
    suite: "generator",
    ...(generator.valid ? {} : { problem: { kind: "error", message: generator.sentence } }),
  };
  const interrupted: readonly Case[] =
    outcome === "interrupted"
      ? [{ name: "the load ran to its end", suite: "generator", problem: { kind: "error", message: whatWas(parts) } }]
      : [];
  return [
    lag,
    ...interrupted,
    ...thresholds.map((each): Case => {
      const message = `${each.text}${measuredText(each)}`;
      const name = each.text;
      if (each.outcome === "held") return { name, suite: "thresholds" };
      return {
        name,
        suite: "thresholds",
        problem: { kind: each.outcome === "crossed" ? "failure" : "error", message },
      };
    }),
    ...check.requirements
      .filter((each) => each.outcome === "pass" || each.outcome === "fail")
      .map(({ id, outcome: found, findings: [first] }): Case => {
        if (found === "pass") return { name: id, suite: "requirements" };
        const message = `expected ${first?.expected ?? ""}; actual ${first?.actual ?? ""}`;
        return { name: id, suite: "requirements", problem: { kind: "failure", message } };
      }),
  ];
}

function whatWas(parts: LoadResult["parts"]): string {
  const shards = parts.filter(({ interrupted }) => interrupted).map(({ index }) => index);
  return parts.length === 1 ? "interrupted" : `interrupted: shard ${shards.join(", ")}`;
}

const escapeXml = (text: string): string =>
  text
    // XML 1.0 has no place for control characters, however they are written.
    .replaceAll(/[\p{Cc}\p{Cs}￾￿]/gu, "?")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
