/** Error mapping: M-01 … M-10. Accept sets: the task page's table, read as docs/semantics.md explains. */
import type { Profile } from "../../../protocol/profile.ts";
import type { Checker } from "../checker.ts";
import { diagnostic, name, status } from "../text.ts";

interface MappingRow {
  readonly requirement: string;
  readonly coap: string;
  /** What the corrected table, the literal table, and a server that declares neither may show. */
  readonly corrected: readonly string[];
  readonly literal: readonly string[];
  readonly undeclared: readonly string[];
}

/** Source: task page, "Device task errors", with its three misprints; the literal column made a function. */
export const MAPPING_ROWS: readonly MappingRow[] = [
  { requirement: "M-01", coap: "4.00", corrected: ["4000"], literal: ["4000"], undeclared: ["4000"] },
  { requirement: "M-02", coap: "4.01", corrected: ["4010"], literal: ["4010"], undeclared: ["4010"] },
  { requirement: "M-03", coap: "4.03", corrected: ["4030"], literal: ["4030"], undeclared: ["4030", "4040"] },
  { requirement: "M-04", coap: "4.04", corrected: ["4040"], literal: ["4000"], undeclared: ["4040", "4000"] },
  { requirement: "M-05", coap: "4.05", corrected: ["4050"], literal: ["4050"], undeclared: ["4050"] },
  { requirement: "M-06", coap: "4.06", corrected: ["4060"], literal: ["4060"], undeclared: ["4060"] },
  { requirement: "M-07", coap: "4.15", corrected: ["4150"], literal: ["4150"], undeclared: ["4150", "4060"] },
];

/** Codes that the cloud gives by itself, never for an answer of a device. */
const CLOUD_CODES = ["4001", "4004", "4006"];

const acceptedCodes = (row: MappingRow, profile: Profile): readonly string[] =>
  row[profile.errorMapping ?? "undeclared"];

/** A CoAP error of the device becomes the documented task error. */
export const mapsErrors: Checker = {
  requirements: ["M-01", "M-02", "M-03", "M-04", "M-05", "M-06", "M-07", "M-08", "M-09", "M-10"],
  on: {
    "status-seen": ({ deviceTask, seen, previous, possible, decided, fits }, judge, context) => {
      const last = possible.at(-1);
      const answer = last?.answer;
      if (last?.kind !== "failed" || answer === undefined || answer.code.startsWith("2.")) return;
      // Cancelled before the answer came: that is an end, too.
      if (seen.status === "CANCELLED" && fits) return;
      const row = MAPPING_ROWS.find(({ coap }) => coap === answer.code);
      const requirement = row?.requirement ?? "M-10";
      const events = [deviceTask.settled?.event ?? seen.event, seen.event];
      const accepted = row === undefined ? fallback(answer.code, context.profile) : acceptedCodes(row, context.profile);
      const wanted = `FAILED with ${accepted === undefined ? "an error code other than 4001, 4004 and 4006" : `error ${accepted.join(" or ")}`}`;
      const expected = `${name(deviceTask)}, answered ${answer.code}, is ${wanted}`;
      const right =
        seen.errorCode !== undefined &&
        (accepted === undefined ? !CLOUD_CODES.includes(seen.errorCode) : accepted.includes(seen.errorCode));
      if (!fits || (seen.status === "FAILED" && !right)) {
        judge.violate(requirement, expected, status(seen), events);
        return;
      }
      if (decided !== last) {
        judge.undecided(requirement);
        return;
      }
      judge.pass(requirement);
      if (seen.errorCode !== undefined && previous?.errorCode !== seen.errorCode)
        judge.choose("M-08", `CoAP ${answer.code}`, seen.errorCode, seen.event);
      const text = diagnostic(answer);
      // Error 4000 carries the diagnostic, also where a declared fallback leads to it (choices 2, 3).
      const invalid = answer.code === "4.00" || (row === undefined && accepted?.includes("4000") === true);
      if (!invalid || text === "") return;
      if (seen.errorMessage?.includes(text) === true) judge.pass("M-09");
      else
        judge.violate(
          "M-09",
          `the error message of ${name(deviceTask)} carries the diagnostic "${text}"`,
          `"${seen.errorMessage ?? ""}"`,
          events,
        );
    },
  },
};

/** Choice 2: what the profile declares for codes without a row; `undefined`: anything but the cloud's own codes. */
function fallback(coap: string, profile: Profile): readonly string[] | undefined {
  const declared = profile.fallbackCodes;
  if (declared === undefined) return undefined;
  return [String(coap.startsWith("5.") ? declared.serverError : declared.clientError)];
}
