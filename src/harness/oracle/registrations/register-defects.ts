/**
 * For what a Register or Update has to be refused, beyond dispute.
 *
 * Only defects that the standard itself calls errors and that real servers agree on. What servers differ about (an
 * unknown parameter, a parameter twice, another Content-Format, no `lt`) is not here: either answer is right.
 *
 * Spec: OMA LwM2M Core §5.3.1 (mandatory parameters, version); Transport, Table 6 (4.00, 4.12).
 */
import { stringOptions, URI_QUERY } from "../../../protocol/coap/options.ts";
import type { CoapMessage } from "../../../protocol/coap/types.ts";

interface DefectRow {
  /** As the end of a sentence: "a Register …", "an Update …". */
  readonly sentence: string;
  readonly shows: (parameters: ReadonlyMap<string, string>, objects: string) => boolean;
  readonly spec: string;
}

const LIFETIME_NO_NUMBER: DefectRow = {
  sentence: "whose lifetime is no number",
  shows: (parameters) => /[a-z]/i.test(parameters.get("lt") ?? ""),
  spec: "Core §5.3.1, §5.3.2: lt; Transport, Table 6: 4.00",
};

/** One row a defect, with its clause. */
export const REGISTER_DEFECT_ROWS: readonly DefectRow[] = [
  {
    sentence: "without an endpoint name",
    // Since 1.1 the name may come from the security identity; without security there is none.
    shows: (parameters) => (parameters.get("ep") ?? "") === "",
    spec: "Core §5.3.1: ep",
  },
  {
    sentence: "of another major version of LwM2M",
    shows: (parameters) => /^(?!1\.)\d+\.\d+$/.test(parameters.get("lwm2m") ?? ""),
    spec: "Core §5.3.1: lwm2m; Transport, Table 6: 4.12",
  },
  LIFETIME_NO_NUMBER,
  {
    sentence: "without objects",
    shows: (_parameters, objects) => objects.trim() === "",
    spec: "Core §5.3.1: objects and object instances",
  },
  {
    sentence: "with a payload that names no object",
    shows: (_parameters, objects) => !/<[^<>]*>/.test(objects),
    spec: "Core §5.3.1: objects and object instances",
  },
];

/** @returns what is wrong, as the end of "a Register …"; `undefined` when it need not be refused */
export function registerDefect(message: CoapMessage): string | undefined {
  const parameters = parametersOf(message);
  const objects = new TextDecoder().decode(message.payload);
  return REGISTER_DEFECT_ROWS.find((row) => row.shows(parameters, objects))?.sentence;
}

/** @returns what is wrong, as the end of "an Update …"; `undefined` when it need not be refused */
export const updateDefect = (message: CoapMessage): string | undefined =>
  LIFETIME_NO_NUMBER.shows(parametersOf(message), "") ? LIFETIME_NO_NUMBER.sentence : undefined;

function parametersOf(message: CoapMessage): ReadonlyMap<string, string> {
  return new Map(
    stringOptions(message, URI_QUERY).map((query) => {
      const equals = query.indexOf("=");
      return equals < 0 ? ([query, ""] as const) : ([query.slice(0, equals), query.slice(equals + 1)] as const);
    }),
  );
}
