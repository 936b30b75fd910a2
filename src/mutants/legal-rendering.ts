/** Servers whose REST answers look otherwise. */
import type { RestResponse } from "../protocol/server-port.ts";
import { REFERENCE_RULES as REFERENCE } from "../reference-server/rules.ts";
import { differing } from "./defect.ts";
import type { LegalVariant } from "./mutant.ts";

type Change = (key: string, value: unknown) => unknown;

/** A JSON value with each member of each object replaced by what `change` says; `undefined` leaves it out. */
function changed(value: unknown, change: Change): unknown {
  if (Array.isArray(value)) return value.map((member) => changed(member, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]) => [key, change(key, changed(member, change))] as const)
      .filter(([, member]) => member !== undefined),
  );
}

const withBody = (response: RestResponse, change: Change): RestResponse => ({
  ...response,
  body: changed(response.body, change),
});

export const LEGAL_RENDERING: readonly LegalVariant[] = [
  {
    id: "created-with-200",
    sentence: "What is created is answered 200 without Location.",
    choice: "row 19: any 2xx",
    rules: (note) => ({
      rendered: (response) => {
        if (response.status !== 201) return response;
        note();
        return { status: 200, body: response.body };
      },
    }),
  },
  {
    id: "unauthorised-with-401",
    sentence: "Who may not use a device type is answered 401.",
    choice: "row 30: 401, 403 or 404",
    rules: (note) => ({
      rendered: (response) => {
        if (response.status !== 403) return response;
        note();
        return { ...response, status: 401 };
      },
    }),
  },
  {
    id: "zeros-left-out",
    sentence: "Counts of 0 are left out.",
    choice: "rows 19, 21: the fields of the counts are optional in the SDK models",
    rules: (note) => ({
      rendered: (response) =>
        withBody(response, (key, value) => {
          if (key !== "statusCounts" || typeof value !== "object" || value === null) return value;
          note();
          return Object.fromEntries(Object.entries(value).filter(([, count]) => count !== 0));
        }),
    }),
  },
  {
    id: "history-newest-first",
    sentence: "Histories stand newest first, without the state in which it all began.",
    choice: "docs/ambiguities.md: the order of a history, and its beginning",
    rules: (note) => ({
      rendered: (response) =>
        withBody(response, (key, value) => {
          if (key !== "history" || !Array.isArray(value)) return value;
          note();
          return value.slice(1).toReversed();
        }),
    }),
  },
  {
    id: "history-without-times",
    sentence: "The lines of a history carry no time.",
    choice: "all fields of a history entry are optional in the SDK models",
    rules: (note) => ({
      rendered: (response) =>
        withBody(response, (key, value) => {
          if (key !== "history" || !Array.isArray(value)) return value;
          note();
          return value.map((line: object) => ({ ...line, ts: undefined }));
        }),
    }),
  },
  {
    id: "error-code-as-number",
    sentence: "errorCode is a JSON number.",
    choice: "row 20: number or string",
    rules: (note) => ({
      rendered: (response) =>
        withBody(response, (key, value) =>
          key === "errorCode" && typeof value === "string" ? differing<unknown>(note, value, Number(value)) : value,
        ),
    }),
  },
  {
    id: "nulls-for-nothing",
    sentence: "What has no value is `null` instead of absent, and there are fields that nobody knows.",
    choice: "row 20: absent while there is none; unknown fields are no evidence",
    rules: (note) => ({
      rendered: (response) =>
        withBody(response, (key, value) => {
          if (key !== "statuses" || !Array.isArray(value)) return value;
          note();
          return value.map((row: object) => ({ errorCode: null, errorMessage: null, acceptanceStatus: null, ...row }));
        }),
    }),
  },
  {
    id: "cancelled-not-completed",
    sentence: "numCompleted does not count devices that were cancelled.",
    choice: "row 21: at least numSucceeded + numFailed",
    rules: (note) => ({
      countsOf: (tally) => {
        const counts = REFERENCE.countsOf(tally);
        const numCompleted = differing(note, counts.numCompleted, counts.numSucceeded + counts.numFailed);
        return { ...counts, numCompleted };
      },
    }),
  },
  {
    id: "time-in-seconds",
    sentence: "The Device Mirror shows Time in seconds.",
    choice: "row 31: Time in s or ms",
    rules: (note) => ({
      mirrorValue: (value, property) =>
        differing(note, value, property === "device.currentTime" ? Number(value) / 1_000 : value),
    }),
  },
  {
    id: "mirror-of-texts",
    sentence: "The Device Mirror shows every value as text.",
    choice: "row 31: equal after reading numbers from strings",
    rules: (note) => ({
      mirrorValue: (value) =>
        differing(
          note,
          value,
          Array.isArray(value) ? value.map(String) : typeof value === "object" ? value : String(value),
        ),
    }),
  },
  {
    id: "statuses-unpaged",
    sentence: "Lists carry no page numbers.",
    choice: "row 23: pages join to the whole",
    rules: (note) => ({
      rendered: (response) => {
        const { body } = response;
        if (typeof body !== "object" || body === null || !("offset" in body)) return response;
        note();
        const { total: _total, offset: _offset, count: _count, ...rest } = body as Record<string, unknown>;
        return { ...response, body: rest };
      },
    }),
  },
];
