/** Laying out plain text: wrapping, padding, numbers with their noun. Pure; knows nothing of records. */

/** Breaks text at spaces into lines of at most `width` characters; a longer word stands alone on its line. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}

/** Wraps text behind a label; the lines that follow stand below the text, not below the label. */
export function labelled(label: string, text: string, width: number): readonly string[] {
  const lines = wrap(text, Math.max(20, width - label.length));
  return (lines.length === 0 ? [""] : lines).map(
    (line, index) => (index === 0 ? label : " ".repeat(label.length)) + line,
  );
}

/** Cuts text to `width` characters, with an ellipsis where something is missing. */
export const shorten = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

/** `1 plan`, `2 plans`, `0 plans`. */
export const count = (number: number, noun: string, plural = `${noun}s`): string =>
  `${number} ${number === 1 ? noun : plural}`;

/** Microseconds as seconds with three decimals: `12.345 s`. */
export const secondsText = (microseconds: number): string => `${(microseconds / 1_000_000).toFixed(3)} s`;

/** Milliseconds as people say it: `0 s`, `1.5 s`, `2 min`, `3 h`, `7 d`; in the largest unit that needs at most one decimal. */
export function spanText(milliseconds: number): string {
  const units = [
    { unit: "d", size: 86_400_000 },
    { unit: "h", size: 3_600_000 },
    { unit: "min", size: 60_000 },
  ];
  const row = units.find(({ size }) => milliseconds >= size && (milliseconds * 10) % size === 0);
  return row === undefined ? `${milliseconds / 1_000} s` : `${milliseconds / row.size} ${row.unit}`;
}

const LONG_UNITS = [
  { unit: "d", size: 86_400_000, least: 48 * 3_600_000 },
  { unit: "h", size: 3_600_000, least: 3_600_000 },
  { unit: "min", size: 60_000, least: 60_000 },
  { unit: "s", size: 1_000, least: 0 },
] as const;

/** Milliseconds in their two largest units, cut: `12 h 18 min`, `24 h`, `3 d 2 h`, `40 s`. */
export function roughSpanText(milliseconds: number): string {
  const from = LONG_UNITS.findIndex(({ least }) => milliseconds >= least);
  const [first, second] = LONG_UNITS.slice(Math.max(0, from));
  if (first === undefined) return "0 s";
  const whole = `${Math.floor(milliseconds / first.size)} ${first.unit}`;
  const rest = second === undefined ? 0 : Math.floor((milliseconds % first.size) / second.size);
  return second === undefined || rest === 0 ? whole : `${whole} ${rest} ${second.unit}`;
}

/** A row of a Markdown table; a pipe inside a cell would end it. */
export const tableRow = (cells: readonly (string | number)[]): string =>
  `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
