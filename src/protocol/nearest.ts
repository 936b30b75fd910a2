/** What somebody most likely meant who typed a name that there is not. */

/** The name that a slip of the finger away is closest, in any case of letters; `undefined` when none is close. */
export const nearest = (text: string, names: readonly string[]): string | undefined =>
  closest(text, names, editDistance)[0];

/**
 * The names that somebody may have meant, closest first, of equals in their order: those that a slip of the finger away
 * are close, and those that begin so.
 */
export const nearestFew = (text: string, names: readonly string[], most: number): readonly string[] =>
  closest(text, names, distanceToBeginning).slice(0, most);

/**
 * Close is what is one edit away for every three letters of the name: at least one edit, and at most three. Nothing is
 * close to an empty text.
 */
function closest(text: string, names: readonly string[], distanceOf: typeof editDistance): readonly string[] {
  const typed = text.slice(0, LONGEST).toLowerCase();
  if (typed === "") return [];
  return names
    .map((name) => ({ name, distance: distanceOf(typed, name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= editsFor(name) && distance < name.length)
    .sort((a, b) => a.distance - b.distance)
    .map(({ name }) => name);
}

/** Characters of a text that are looked at: some come from the network, and the work grows with them. */
const LONGEST = 64;
/** Shorter ones begin too many names. */
const SHORTEST_BEGINNING = 3;

const editsFor = (name: string): number => Math.min(3, Math.max(1, Math.floor(name.length / 3)));

/** As one edit counts all that is not typed to the end. */
function distanceToBeginning(typed: string, name: string): number {
  const edits = editDistance(typed, name);
  return typed.length >= SHORTEST_BEGINNING && name.startsWith(typed) ? Math.min(1, edits) : edits;
}

/** Insertions, deletions, replacements, and swaps of two neighbours, from one text to the other. */
function editDistance(from: string, to: string): number {
  let before: readonly number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const swaps = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swapped = swaps ? (before[j - 2] ?? 0) + 1 : replaced;
      next.push(Math.min(replaced, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[to.length] ?? 0;
}
