/** A verdict as a badge for a project's page, in SVG. Pure. */
import type { Verdict } from "../harness/record/verdict.ts";
import { element } from "./html/markup.ts";

const LABEL = "fleetproof";
const COLOURS = { pass: "#2e8b57", fail: "#b3243b", inconclusive: "#8a5a00" } as const;
/** Units per character of the font, at its widest. */
const CHARACTER = 7;
const MARGIN = 12;
const HEIGHT = 20;

export function renderBadge(verdict: Verdict): string {
  const text = badgeText(verdict);
  const left = LABEL.length * CHARACTER + MARGIN;
  const right = text.length * CHARACTER + MARGIN;
  const said = `${LABEL}: ${text}`;
  const { markup } = element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width: left + right,
      height: HEIGHT,
      role: "img",
      "aria-label": said,
      "font-family": "Verdana, DejaVu Sans, sans-serif",
      "font-size": 11,
      fill: "#fff",
      "text-anchor": "middle",
    },
    element("title", {}, said),
    element("rect", { width: left + right, height: HEIGHT, rx: 3, fill: "#444" }),
    element("path", {
      d: `M${left} 0h${right - 3}a3 3 0 0 1 3 3v${HEIGHT - 6}a3 3 0 0 1-3 3h${3 - right}z`,
      fill: COLOURS[verdict.outcome],
    }),
    element("text", { x: left / 2, y: 14 }, LABEL),
    element("text", { x: left + right / 2, y: 14 }, text),
  );
  return `${markup}\n`;
}

/** `74 kept`, `3 of 77 broken`, `inconclusive`: of those that were examined. */
function badgeText({ outcome, requirements }: Verdict): string {
  if (outcome === "inconclusive") return "inconclusive";
  const kept = requirements.filter((row) => row.outcome === "pass").length;
  const broken = requirements.filter((row) => row.outcome === "fail").length;
  return outcome === "pass" ? `${kept} requirements kept` : `${broken} of ${kept + broken} requirements broken`;
}
