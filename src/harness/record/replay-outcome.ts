/** What became of a plan that was run again. */
import type { History } from "../history/history.ts";
import type { Finding } from "./finding.ts";

/** Ids of requirements, in the order of the catalogue. */
export interface Replay {
  readonly history: History;
  /** Those that failed. */
  readonly broken: readonly string[];
  /** Those that were examined and held. */
  readonly kept: readonly string[];
  /** How often each was examined, of those of which something was seen. */
  readonly looks: readonly Look[];
}

export interface Look {
  readonly requirement: string;
  /** Events that were decided, either way. */
  readonly examined: number;
  /** Events that the measuring uncertainty left open. */
  readonly undecided: number;
}

export type ReplayOutcome = Replay &
  (
    | {
        /** The requirement named in the file failed again. */
        readonly kind: "reproduced";
        readonly finding: Finding;
        /** Whether the history is the recorded one, byte for byte; simulation only, when the file has a hash. */
        readonly sameHistory: boolean | undefined;
      }
    /** It did not, but others did. */
    | { readonly kind: "different-failure"; readonly findings: readonly Finding[] }
    | {
        readonly kind: "passes";
        /** Events examined over all requirements. */
        readonly examined: number;
        readonly sameHistory?: boolean | undefined;
      }
    /** Nothing was examined, or the run was cut off: no verdict. */
    | { readonly kind: "inconclusive"; readonly reason: string }
  );
