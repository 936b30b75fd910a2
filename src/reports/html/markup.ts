/** HTML and SVG as text: what goes into it is escaped here, and nowhere else. Pure; knows nothing of records. */

/** Markup that is finished: it is put into a page as it is. */
export interface Markup {
  readonly markup: string;
}

export type Content = Markup | string | number | readonly Content[];
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
/** Control characters are no characters of HTML or XML, except tab and the ends of lines. */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const escaped = (text: string): string =>
  text.replaceAll(FORBIDDEN, "\ufffd").replaceAll(/[&<>"]/g, (character) => ESCAPES[character] ?? "");

/** Elements that have neither content nor an end tag. */
const VOID = new Set(["meta", "br", "hr", "input"]);

/** An element. An attribute that is `undefined` or `false` is left out, one that is `true` has no value. */
export function element(name: string, attributes: Attributes, ...content: readonly Content[]): Markup {
  const given = Object.entries(attributes).flatMap(([key, value]) => {
    if (value === undefined || value === false) return [];
    return value === true ? [` ${key}`] : [` ${key}="${escaped(String(value))}"`];
  });
  const start = `<${name}${given.join("")}>`;
  return { markup: VOID.has(name) ? start : `${start}${textOf(content)}</${name}>` };
}

/** Text of our own that is markup already, such as a style sheet. */
export const verbatim = (markup: string): Markup => ({ markup });

function textOf(content: Content): string {
  if (typeof content === "string") return escaped(content);
  if (typeof content === "number") return String(content);
  return "markup" in content ? content.markup : content.map(textOf).join("");
}
