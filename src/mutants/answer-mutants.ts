/** Defects of reading a device's answer: error codes, messages, and what counts as a success. M-01 to M-10. */
import { ARTIK, type Profile } from "../protocol/profile.ts";
import { ERROR_ROWS } from "../reference-server/error-mapping.ts";
import { REFERENCE_RULES as REFERENCE } from "../reference-server/rules.ts";
import { differing, mappingTo } from "./defect.ts";
import type { Mutant } from "./mutant.ts";

const { errorMapping: _declared, ...REST } = ARTIK;
/** The error table is not declared: whatever the page can mean is right, as long as it is one function. */
const ANY_ERROR_TABLE: Profile = { ...REST, name: "artik-any-error-table" };

export const ANSWER_MUTANTS: readonly Mutant[] = [
  {
    id: "bad-request-as-server-error",
    sentence: "A device's 4.00 becomes 5000.",
    requirement: "M-01",
    source: "task page: the printed table has no row for 4.00",
    rules: (note) => ({ errorOfAnswer: mappingTo(note, ["4.00", 5000]) }),
  },
  {
    id: "errors-as-success",
    sentence: "Any error answer to a Write or Execute is reported as success.",
    requirement: "M-01",
    source: "any error reported with a code of success (telefonicaid/lightweightm2m-iotagent#19)",
    rules: (note) => ({
      isSuccess: (code, taskType) =>
        differing(note, REFERENCE.isSuccess(code, taskType), taskType !== "R" || REFERENCE.isSuccess(code, taskType)),
    }),
  },
  {
    id: "unauthorized-as-forbidden",
    sentence: "A device's 4.01 becomes 4030.",
    requirement: "M-02",
    source: "access denied and forbidden taken for one thing",
    rules: (note) => ({ errorOfAnswer: mappingTo(note, ["4.01", 4030]) }),
  },
  {
    id: "forbidden-as-not-found",
    sentence: "A device's 4.03 becomes 4040 for a Read and 4030 for everything else.",
    requirement: "M-03",
    source: "both printed rows of the task page at once",
    rules: (note) => ({
      errorOfAnswer: (code, diagnostic, taskType, profile) =>
        taskType === "R"
          ? mappingTo(note, ["4.03", 4040])(code, diagnostic, taskType, profile)
          : REFERENCE.errorOfAnswer(code, diagnostic, taskType, profile),
    }),
  },
  {
    id: "not-found-as-printed",
    sentence: "A device's 4.04 becomes 4000, although the corrected table is declared.",
    requirement: "M-04",
    source: "task page: the printed row of 4000",
    rules: (note) => ({ errorOfAnswer: mappingTo(note, ["4.04", 4000]) }),
  },
  {
    id: "method-not-allowed-unknown",
    sentence: "A device's 4.05 becomes 4000, like codes without a row.",
    requirement: "M-05",
    source: "a row of the table forgotten",
    rules: (note) => ({ errorOfAnswer: mappingTo(note, ["4.05", 4000]) }),
  },
  {
    id: "not-acceptable-as-unsupported",
    sentence: "A device's 4.06 becomes 4150.",
    requirement: "M-06",
    source: "4.06 and 4.15 conflated, as the tables of OMA LwM2M Transport do",
    rules: (note) => ({ errorOfAnswer: mappingTo(note, ["4.06", 4150]) }),
  },
  {
    id: "unsupported-as-printed",
    sentence: "A device's 4.15 becomes 4060, although the corrected table is declared.",
    requirement: "M-07",
    source: "task page: the printed row of 4060",
    rules: (note) => ({ errorOfAnswer: mappingTo(note, ["4.15", 4060]) }),
  },
  {
    id: "error-table-by-operation",
    sentence: "A device's 4.04 becomes 4040 for a Read and 4000 for a Write or Execute.",
    requirement: "M-08",
    source: "an error table per operation, each filled from another reading of the task page",
    profile: ANY_ERROR_TABLE,
    rules: (note) => ({
      errorOfAnswer: (code, diagnostic, taskType, profile) =>
        taskType === "R"
          ? REFERENCE.errorOfAnswer(code, diagnostic, taskType, profile)
          : mappingTo(note, ["4.04", 4000])(code, diagnostic, taskType, profile),
    }),
  },
  {
    id: "diagnostic-lost",
    sentence: "The diagnostic payload of a 4.00 does not reach the error message.",
    requirement: "M-09",
    source: "payload of error answers never read",
    rules: (note) => ({
      errorOfAnswer: (code, diagnostic, taskType, profile) => {
        if (diagnostic !== "") note();
        return REFERENCE.errorOfAnswer(code, "", taskType, profile);
      },
    }),
  },
  {
    id: "diagnostic-of-another",
    sentence: "The error message carries the diagnostic of the answer before.",
    requirement: "M-09",
    source: "a shared buffer",
    rules: (note) => {
      let before = "";
      return {
        errorOfAnswer: (code, diagnostic, taskType, profile) => {
          const shown = differing(note, diagnostic, before === "" ? diagnostic : before);
          before = diagnostic;
          return REFERENCE.errorOfAnswer(code, shown, taskType, profile);
        },
      };
    },
  },
  {
    id: "server-error-as-success",
    sentence: "A device's 5.00 is reported as success.",
    requirement: "M-10",
    source: "an internal server error shown as CREATED (eclipse-leshan/leshan#486)",
    rules: (note) => ({
      isSuccess: (code, taskType) =>
        differing(
          note,
          REFERENCE.isSuccess(code, taskType),
          (code === "5.00" && taskType !== "R") || REFERENCE.isSuccess(code, taskType),
        ),
    }),
  },
  {
    id: "unlisted-code-stays-pending",
    sentence: "A device task whose device answers with a code that the table does not list stays pending.",
    requirement: "M-10",
    source: "an answer that nobody handles",
    rules: (note) => ({
      isFinal: (code) =>
        differing(note, REFERENCE.isFinal(code), code.startsWith("2.") || ERROR_ROWS.some(({ coap }) => coap === code)),
    }),
  },
  {
    id: "device-error-as-bad-request",
    sentence: "A device's 5.xx becomes 4000, although 5000 is declared.",
    requirement: "M-10",
    source: "one fallback for all codes without a row",
    rules: (note) => ({
      errorOfAnswer: mappingTo(note, ["5.00", 4000], ["5.01", 4000], ["5.03", 4000], ["5.04", 4000]),
    }),
  },
];
