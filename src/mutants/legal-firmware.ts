/** Servers that update firmware in another way than the reference server, and rightly. */
import type { DeviceOperation } from "../reference-server/device-operations.ts";
import type { Next, Step } from "../reference-server/ota/procedure.ts";
import { REFERENCE_RULES as REFERENCE } from "../reference-server/rules.ts";
import type { LegalVariant } from "./mutant.ts";

const step = (to: Step): Next => ({ kind: "step", step: to });
const OBJECT: DeviceOperation = { kind: "read", path: [5, 0] };
const LOOKS: readonly Step[] = ["state", "result", "again", "installed-state", "installed-result"];
const CHOICE = "row 24: which requests a server makes, and in which order, is its own affair";

export const LEGAL_FIRMWARE: readonly LegalVariant[] = [
  {
    id: "reads-all-of-object-5",
    sentence: "State and Result are read with all of /5/0, each time.",
    choice: CHOICE,
    rules: (note) => ({
      firmwareOperation: (at, image, offer) => {
        if (!LOOKS.includes(at)) return REFERENCE.firmwareOperation(at, image, offer);
        note();
        return OBJECT;
      },
    }),
  },
  {
    id: "version-before-result",
    sentence: "After the installation the version is read before the Result.",
    choice: CHOICE,
    rules: (note) => ({
      firmwareNext: (at, state, event) => {
        if (at === "installed-state" && event === "idle") {
          note();
          return step("version");
        }
        if (at === "version" && event === "expected") return step("installed-result");
        if (at === "installed-result" && state === "idle" && event === "success") return { kind: "done" };
        return REFERENCE.firmwareNext(at, state, event);
      },
    }),
  },
  {
    id: "looks-at-triggers-only",
    sentence: "A device that works on its update by itself is asked when it registers or updates, and not in between.",
    choice: "row 24: how often a device is asked is the server's choice",
    rules: (note) => ({
      get pollsFirmware() {
        note();
        return false;
      },
    }),
  },
  {
    id: "rewrites-what-is-left-over",
    sentence: "An image that a device still holds is not reset: the new one is offered at once.",
    choice: CHOICE,
    rules: (note) => ({
      firmwareNext: (at, state, event) => {
        if (at !== "survey" || (event !== "downloading" && event !== "downloaded"))
          return REFERENCE.firmwareNext(at, state, event);
        note();
        return step("offer");
      },
    }),
  },
  {
    id: "counts-requests-of-updates",
    sentence: "numAttempts of an update counts how often its device was asked again, too.",
    choice: "row 24: at least one, at most its requests",
    rules: (note) => ({
      attemptsAfter: (attempts, event) => {
        if (event === "step") note();
        return event === "step" ? attempts + 1 : REFERENCE.attemptsAfter(attempts, event);
      },
    }),
  },
  {
    id: "pushes-where-it-can",
    sentence: "Devices that take both are sent the image, not its URI.",
    choice: "Core Appendix E.6, 5/0/9: both",
    rules: (note) => ({
      firmwareAbilities: (said) => {
        if (said.deliveryMethod !== 2) return said;
        note();
        return { ...said, deliveryMethod: 1 };
      },
    }),
  },
];
