/** What all charts share: the colours of states, of operations and of lines. They are told apart on white and on black. */

/** From waiting (blue) over working (amber) to the ends: done green, failed red, expired brown, cancelled grey. */
const COLOURS: Readonly<Record<string, string>> = {
  waiting: "#8fb3dd",
  "in flight": "#f2b134",
  succeeded: "#4fa36b",
  failed: "#d1495b",
  "expired (4004)": "#a5805c",
  expired: "#a5805c",
  cancelled: "#9a9a9a",
  open: "#8fb3dd",
  registered: "#4fa36b",
  asleep: "#8a7cc9",
  started: "#8fb3dd",
  asked: "#5b8fd0",
  ended: "#4fa36b",
};

/** For what has no colour of its own, in turn. */
const OTHERS = ["#4a90c2", "#d98032", "#7a9e3b", "#b86bb0", "#3fa39b", "#c2a23a"] as const;

/** @param index which of the series it is, for those without a colour of their own */
export const stateColour = (name: string, index = 0): string =>
  COLOURS[name] ?? OTHERS[index % OTHERS.length] ?? OTHERS[0];
