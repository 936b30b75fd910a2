/**
 * Shell text taken apart into its simple commands: as much of a shell as a page of instructions uses.
 *
 * Knows quotes, continued lines, comments, operators, redirections, here-documents and `$( )`. Expands nothing: a variable
 * stays as it is written.
 */

interface Reading {
  readonly text: string;
  at: number;
}

type Token =
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "end" }
  | { readonly kind: "redirection" };

/** @returns the words of each simple command, without redirections, assignments before it and words of the grammar */
export function simpleCommands(script: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  let skips = false;
  for (const token of tokensOf(withoutDocuments(script))) {
    if (token.kind === "end") commands.push([]);
    else if (token.kind === "redirection") skips = true;
    else if (skips) skips = false;
    else commands.at(-1)?.push(token.text);
  }
  return commands.map(withoutPreamble).filter((words) => words.length > 0);
}

/** Words of the shell's grammar that stand before a command. */
const GRAMMAR: readonly string[] = [
  "do",
  "then",
  "else",
  "if",
  "while",
  "until",
  "!",
  "time",
  "exec",
  "{",
  "}",
  "done",
];

function withoutPreamble(words: readonly string[]): readonly string[] {
  const first = words.findIndex((word) => !GRAMMAR.includes(word) && !/^\w+=/.test(word));
  return first === -1 ? [] : words.slice(first);
}

const withoutDocuments = (script: string): string =>
  script.replaceAll(/<<-?\s*(["']?)(\w+)\1([^\n]*)\n[\s\S]*?^\s*\2$/gm, "$3").replaceAll(/\\\n/g, " ");

function* tokensOf(text: string): Generator<Token> {
  const reading: Reading = { text, at: 0 };
  while (reading.at < text.length) {
    const rest = text.slice(reading.at);
    const [blank] = /^(?:[ \t]+|#[^\n]*)/.exec(rest) ?? [];
    const [redirection] = /^\d*(?:>>|>|<)(?:&\d)?/.exec(rest) ?? [];
    const [operator] = /^(?:\n|;|&&|\|\||&|\||\(|\))/.exec(rest) ?? [];
    reading.at += (blank ?? redirection ?? operator ?? "").length;
    if (blank !== undefined) continue;
    if (redirection !== undefined) {
      if (!redirection.includes("&")) yield { kind: "redirection" };
    } else if (operator !== undefined) yield { kind: "end" };
    else yield { kind: "word", text: readWord(reading) };
  }
}

/** The parts of a word, the longest that begin here: quoted text, `$( )`, an escaped character, anything else. */
const PARTS: readonly { readonly pattern: RegExp; readonly value: (match: RegExpExecArray) => string }[] = [
  { pattern: /^'([^']*)'/, value: ([, text = ""]) => text },
  { pattern: /^"((?:[^"\\]|\\[\s\S])*)"/, value: ([, text = ""]) => text.replaceAll(/\\(["\\$`])/g, "$1") },
  { pattern: /^\$\((?:[^()]|\([^()]*\))*\)/, value: ([text]) => text },
  { pattern: /^\$\{[^}]*\}/, value: ([text]) => text },
  { pattern: /^\\([\s\S])/, value: ([, text = ""]) => text },
  { pattern: /^[^\s'"\\;&|()<>$]+/, value: ([text]) => text },
  { pattern: /^[\s\S]/, value: ([text]) => text },
];

function readWord(reading: Reading): string {
  let word = "";
  while (reading.at < reading.text.length && !/^[\s;&|()<>]/.test(reading.text.slice(reading.at))) {
    const rest = reading.text.slice(reading.at);
    for (const { pattern, value } of PARTS) {
      const match = pattern.exec(rest);
      if (match === null) continue;
      word += value(match);
      reading.at += match[0].length;
      break;
    }
  }
  return word;
}

/**
 * What a simple command gives to `fleetproof`, however it is started: by name, by npx, by npm or by its file, alone or
 * behind a program that starts others.
 *
 * @returns undefined when it starts something else
 */
export function fleetproofArguments(words: readonly string[]): readonly string[] | undefined {
  const [program = "", verb] = words;
  if (program === "npm" && !["run", "exec"].includes(verb ?? "")) return undefined;
  if (NAMES_NO_PROGRAM.includes(program)) return undefined;
  const quoted = words.find((word) => /^(?:npx )?fleetproof /.test(word));
  if (quoted !== undefined) return fleetproofArguments(simpleCommands(quoted)[0] ?? []);
  const start = words.findIndex((word) => /^(?:\S*\/)?fleetproof$|(?:^|\/)cli\/main\.[jt]s$/.test(word));
  if (start === -1) return undefined;
  const given = words.slice(start + 1);
  const end = given.findIndex((word) => /^:::/.test(word));
  const own = end === -1 ? given : given.slice(0, end);
  return own[0] === "--" ? own.slice(1) : own;
}

/** Programs to which "fleetproof" is a name and nothing to start. */
const NAMES_NO_PROGRAM: readonly string[] = ["cd", "ls", "rm", "mkdir", "cat", "git", "echo", "which", "ln"];
