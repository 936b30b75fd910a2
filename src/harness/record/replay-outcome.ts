/** What became of a plan that was run again. */
import type { History } from "../history.ts";
import type { Finding } from "./finding.ts";

export type ReplayOutcome =
  /**
   * The requirement named in the file failed again. `sameHistory`: whether the history is the recorded one, byte for
   * byte; simulation only, when the file has a hash.
   */
  | {
      readonly kind: "reproduced";
      readonly finding: Finding;
      readonly history: History;
      readonly sameHistory: boolean | undefined;
    }
  /** It did not, but others did. */
  | { readonly kind: "different-failure"; readonly findings: readonly Finding[]; readonly history: History }
  | {
      readonly kind: "passes";
      readonly history: History;
      /** Events examined over all requirements. */
      readonly examined: number;
      readonly sameHistory?: boolean | undefined;
    }
  /** Nothing was examined, or the run was cut off: no verdict. */
  | { readonly kind: "inconclusive"; readonly history: History; readonly reason: string };
