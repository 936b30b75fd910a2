/** Defects of the virtual devices, our own instrument. M-11, I-01. */
import { ACCEPT } from "../protocol/coap/options.ts";
import type { CoapContent, CoapMessage, Code } from "../protocol/coap/types.ts";
import { always } from "./defect.ts";
import type { Mutant, Note } from "./mutant.ts";

/** Answers requests that `concerned` names by an error code that is none for them. */
const answering = (code: Code, concerned: (request: CoapMessage) => boolean) => (note: Note) => ({
  answer: (request: CoapMessage, right: CoapContent): CoapContent => {
    if (!concerned(request)) return right;
    note();
    return { code, options: [], payload: new Uint8Array(0) };
  },
});

const isRead = ({ code }: CoapMessage): boolean => code === "0.01";
const isWrite = ({ code }: CoapMessage): boolean => code === "0.03";
const isExecute = ({ code }: CoapMessage): boolean => code === "0.02";

export const DEVICE_MUTANTS: readonly Mutant[] = [
  {
    id: "device-write-not-acceptable",
    sentence: "Devices answer 4.06 to a Write.",
    requirement: "M-11",
    source: "4.06 and 4.15 conflated, as the tables of OMA LwM2M Transport do",
    deviceRules: answering("4.06", isWrite),
  },
  {
    id: "device-read-unsupported",
    sentence: "Devices answer 4.15 to a Read that asks for a format.",
    requirement: "M-11",
    source: "4.06 and 4.15 conflated, as the tables of OMA LwM2M Transport do",
    deviceRules: answering(
      "4.15",
      (request) => isRead(request) && request.options.some(({ number }) => number === ACCEPT),
    ),
  },
  {
    id: "device-execute-unsupported",
    sentence: "Devices answer 4.15 to an Execute without arguments.",
    requirement: "M-11",
    source: "a missing Content-Format taken for a wrong one",
    deviceRules: answering("4.15", (request) => isExecute(request) && request.payload.length === 0),
  },
  {
    id: "device-acts-on-copies",
    sentence: "Devices act on each copy of a message, although they are said to recognise copies.",
    requirement: "I-01",
    source: "no recognition of copies (contiki-ng/contiki-ng#291)",
    deviceRules: (note) => ({ deduplicates: always(note, false) }),
  },
];
