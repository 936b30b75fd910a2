/** What became of a plan that was run again. */
import type { History } from "../history.ts";
import type { Finding } from "./finding.ts";

export type ReplayOutcome =
  /** The requirement named in the file failed again. `sameHistory`: simulation only, when the file has a hash. */
  | {
      readonly kind: "reproduced";
      readonly finding: Finding;
      readonly history: History;
      readonly sameHistory: boolean | undefined;
      /** The first event that differs from the recorded history, when that is at hand. */
      readonly divergence?: string;
    }
  /** It did not, but others did. */
  | { readonly kind: "different-failure"; readonly findings: readonly Finding[]; readonly history: History }
  | {
      readonly kind: "passes";
      readonly history: History;
      /** Events examined over all requirements. */
      readonly examined: number;
    }
  /** Nothing was examined, or the run was cut off: no verdict. */
  | { readonly kind: "inconclusive"; readonly history: History; readonly reason: string };
