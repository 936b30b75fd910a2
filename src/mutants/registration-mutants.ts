/** Defects of the registration interface. G-01 to G-08. */
import { stringOption, stringOptions, URI_QUERY } from "../protocol/coap/options.ts";
import { encodeUtf8 } from "../protocol/lwm2m/scalar.ts";
import { REFERENCE_RULES as REFERENCE } from "../reference-server/rules.ts";
import { always, differing, movingBy, NEVER_COMES } from "./defect.ts";
import type { Mutant } from "./mutant.ts";

export const REGISTRATION_MUTANTS: readonly Mutant[] = [
  {
    id: "registered-as-changed",
    sentence: "A Register is answered 2.04 instead of 2.01.",
    requirement: "G-01",
    source: "one answer for everything that is posted below /rd",
    rules: (note) => ({
      get registered() {
        note();
        return "2.04" as const;
      },
    }),
  },
  {
    id: "queue-dropped-at-re-register",
    sentence: "A Register of a registered device fails what was waiting for it.",
    requirement: "G-02",
    source: "re-registration empties the queue (eclipse-leshan/leshan#207)",
    rules: (note) => ({
      pendingSurvives: (loss) => loss !== "replaced",
      deviceMove: movingBy(note, { from: ["QUEUED"], event: "fail", to: "FAILED" }),
    }),
  },
  {
    id: "old-location-stays",
    sentence: "The location of a registration that was replaced is still answered.",
    requirement: "G-02",
    source: "registrations by location are never cleaned up",
    rules: (note) => ({
      get forgetsReplaced() {
        note();
        return false;
      },
    }),
  },
  {
    id: "duplicate-endpoint-forbidden",
    sentence: "A Register of an endpoint that is registered is refused with 4.03.",
    requirement: "G-02",
    source: "an early reading of LwM2M, and of the task page (OpenMobileAlliance/OMA_LwM2M_for_Developers#37)",
    rules: (note) => ({
      get errorAtReRegister() {
        note();
        return { code: "4.03" as const, diagnostic: "duplicate endpoint client name" };
      },
    }),
  },
  {
    id: "update-does-not-refresh",
    sentence: "An Update does not start the lifetime anew.",
    requirement: "G-04",
    source: "only a Register sets the end of the registration",
    rules: (note) => ({
      refreshedAt: (before, now) => differing(note, REFERENCE.refreshedAt(before, now), before),
    }),
  },
  {
    id: "update-resets-lifetime",
    sentence: "An Update without lifetime gives the registration the default lifetime.",
    requirement: "G-05",
    source: "absent parameters of an Update are read like those of a Register",
    rules: (note) => ({
      lifetimeAfterUpdate: (current, asked, profile) =>
        differing(note, REFERENCE.lifetimeAfterUpdate(current, asked, profile), asked ?? profile.defaultLifetime),
    }),
  },
  {
    id: "unknown-location-bad-request",
    sentence: "An Update to a location that is none is answered 4.00 instead of 4.04.",
    requirement: "G-05",
    source: "4.00 and 4.04 given in each other's place (eclipse-wakaama/wakaama#795)",
    rules: (note) => ({
      get unknownLocation() {
        note();
        return "4.00" as const;
      },
    }),
  },
  {
    id: "registration-outlives-lifetime",
    sentence: "A registration never ends by itself.",
    requirement: "G-05",
    source: "lifetimes are not checked (telefonicaid/lwm2m-node-lib#56)",
    rules: (note) => ({ endsAt: always(note, NEVER_COMES) }),
  },
  {
    id: "lifetime-zero-is-over",
    sentence: "A Register with lt=0 is over at once.",
    requirement: "G-04",
    source: "a lifetime of 0 has no meaning that all agree on (OpenMobileAlliance/OMA_LwM2M_for_Developers#381)",
    rules: (note) => ({
      lifetimeOf: (asked, profile) =>
        differing(note, REFERENCE.lifetimeOf(asked, profile), asked ?? profile.defaultLifetime),
    }),
  },
  {
    id: "tasks-end-with-lifetime",
    sentence: "When the lifetime of a registration ends, what waits for the device fails.",
    requirement: "G-05",
    source: "a server that deletes a device's queue with its registration",
    rules: (note) => ({
      pendingSurvives: (loss) => loss !== "lifetime",
      deviceMove: movingBy(note, { from: ["QUEUED"], event: "fail", to: "FAILED" }),
    }),
  },
  {
    id: "de-register-fails-tasks",
    sentence: "A De-register fails what waits for the device.",
    requirement: "G-06",
    source: "a device that leaves is taken for one that never comes back",
    rules: (note) => ({
      pendingSurvives: (loss) => loss !== "removed",
      deviceMove: movingBy(note, { from: ["QUEUED"], event: "fail", to: "FAILED" }),
    }),
  },
  {
    id: "de-register-without-effect",
    sentence: "A De-register is answered, but the registration stays.",
    requirement: "G-06",
    source: "a handler without body",
    rules: (note) => ({
      get forgetsRemoved() {
        note();
        return false;
      },
    }),
  },
  {
    id: "version-not-checked",
    sentence: "A Register of any LwM2M version is accepted.",
    requirement: "G-07",
    source: "a version number that is read and not checked (smeshlink/CoAP.NET#16, of CoAP's own version)",
    rules: (note) => ({
      readRegister: (message) => {
        const right = REFERENCE.readRegister(message);
        if (right.ok || right.error.code !== "4.12") return right;
        note();
        const queries = stringOptions(message, URI_QUERY).filter((query) => !query.startsWith("lwm2m="));
        return REFERENCE.readRegister({
          ...message,
          options: [
            ...message.options.filter(({ number }) => number !== URI_QUERY),
            ...[...queries, "lwm2m=1.0"].map((query) => stringOption(URI_QUERY, query)),
          ],
        });
      },
    }),
  },
  {
    id: "objects-not-required",
    sentence: "A Register without a list of objects is accepted.",
    requirement: "G-07",
    source: "a mandatory part of a request taken for an optional one",
    rules: (note) => ({
      readRegister: (message) => {
        if (message.payload.length > 0) return REFERENCE.readRegister(message);
        note();
        return REFERENCE.readRegister({ ...message, payload: encodeUtf8("</3/0>") });
      },
    }),
  },
  {
    id: "refused-register-is-a-trigger",
    sentence: "A Register that is refused makes the server send what waits for the device.",
    requirement: "G-07",
    source: "the trigger hangs on the request, not on its acceptance",
    rules: (note) => ({
      isTrigger: (occasion) =>
        differing(
          note,
          REFERENCE.isTrigger(occasion),
          occasion === "refused-register" || REFERENCE.isTrigger(occasion),
        ),
    }),
  },
  {
    id: "alternate-path-ignored",
    sentence: "Requests go to the root, whatever alternate path the device declared.",
    requirement: "G-08",
    source: "links of a Register are read for objects alone",
    rules: (note) => ({
      rootPathOf: (registration) => differing(note, REFERENCE.rootPathOf(registration), "/"),
    }),
  },
];
