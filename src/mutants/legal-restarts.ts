/** Servers that lose at a restart what they do not say they keep, or make more of it than the reference server does. */
import { ARTIK, EMPTY_PROFILE, type Profile } from "../protocol/profile.ts";
import { seconds } from "../protocol/time.ts";
import { TABLES } from "../reference-server/records.ts";
import { always } from "./defect.ts";
import type { LegalVariant } from "./mutant.ts";
import { readingBack } from "./store-changes.ts";

/** The reference server's profile with another word, or none, about restarts. */
const restarting = (name: string, restart: Profile["restart"]): Profile => {
  const { restart: _declared, ...others } = ARTIK;
  return restart === undefined ? { ...others, name } : { ...others, name, restart };
};

const losesRegistrations: LegalVariant["rules"] = (note) => ({
  isRestored: (table) => {
    if (table !== TABLES.registration) return true;
    note();
    return false;
  },
});

/** Longer than a device waits before it repeats itself, shorter than it goes on doing so. */
const SLOW_START = seconds(12);

const slowly: LegalVariant["takesToStart"] = (note) => {
  note();
  return SLOW_START;
};

export const LEGAL_RESTARTS: readonly LegalVariant[] = [
  {
    id: "forgets-registrations-undeclared",
    sentence: "Registrations are lost with the process, and nothing is said about it.",
    choice: "row 26, undeclared",
    profile: restarting("forgets-registrations-undeclared", undefined),
    rules: losesRegistrations,
  },
  {
    id: "forgets-registrations-declared",
    sentence: "Registrations are lost with the process, as declared.",
    choice: "row 26: lost",
    profile: restarting("forgets-registrations-declared", { registrations: "lost", inFlight: "failed-attempt" }),
    rules: losesRegistrations,
  },
  {
    id: "forgets-registrations-unknown",
    sentence: "Registrations are lost with the process of a server of which nothing is known.",
    choice: "row 26, undeclared",
    profile: EMPTY_PROFILE,
    rules: losesRegistrations,
  },
  {
    id: "uncounted-interruption",
    sentence: "An attempt that the end of the process cut off is not counted.",
    choice: "row 26, undeclared: nothing is said about what was in flight",
    profile: restarting("uncounted-interruption", { registrations: "survive" }),
    store: readingBack(TABLES.deviceTask, (fields) =>
      fields.status === "PROCESSING" && typeof fields.numAttempts === "number" && fields.numAttempts > 0
        ? { ...fields, numAttempts: fields.numAttempts - 1 }
        : fields,
    ),
  },
  {
    id: "tries-at-start",
    sentence: "When it is started again, the server tries at once what waits for registered devices.",
    choice: "row 26, undeclared: nothing is said about what was in flight",
    profile: restarting("tries-at-start", { registrations: "survive" }),
    rules: (note) => ({ triesAtStart: always(note, true) }),
  },
  {
    id: "tries-at-start-unknown",
    sentence: "The same, of a server of which nothing is known.",
    choice: "row 26, undeclared",
    profile: EMPTY_PROFILE,
    rules: (note) => ({ triesAtStart: always(note, true) }),
  },
  {
    id: "slow-start",
    sentence: "When it is started again, seconds pass until the server can be reached.",
    choice: "row 26: nothing is said about how long a start takes",
    takesToStart: slowly,
  },
  {
    id: "slow-start-unknown",
    sentence: "The same, of a server of which nothing is known.",
    choice: "row 26",
    profile: EMPTY_PROFILE,
    takesToStart: slowly,
  },
];
