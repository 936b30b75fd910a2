/**
 * The shape of a finding: its words without what differs between two sightings of one defect, that is numbers, values
 * and names of properties. Two findings of one requirement with different shapes are told apart; that is no proof of
 * two defects, and one shape none of a single one.
 */
import type { Finding } from "./finding.ts";

/** Tried in this order; what they match is replaced. */
const ACCIDENTAL: readonly (readonly [RegExp, string])[] = [
  [/"(?:[^"\\]|\\.)*"/g, "…"],
  [/\((?:R|W|E) [^)]*\)/g, "(…)"],
  [/\b[a-z]\w*(?:\.\w+)*\.[A-Za-z]\w*/g, "…"],
  [/\b[0-9a-f]{6,}\b/g, "#"],
  [/-?\d+(?:\.\d+)*/g, "#"],
  [/# to #/g, "#"],
];

const withoutAccidents = (text: string): string =>
  ACCIDENTAL.reduce((rest, [pattern, by]) => rest.replaceAll(pattern, by), text);

/** `at most # datagrams of message # to device #; datagram #` */
export const findingShape = ({ expected, actual }: Pick<Finding, "expected" | "actual">): string =>
  `${withoutAccidents(expected)}; ${withoutAccidents(actual)}`;
