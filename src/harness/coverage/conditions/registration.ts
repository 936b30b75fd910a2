/**
 * Conditions of registrations: copies, lost answers, stale locations, lifetimes that end or nearly do.
 * Rules: docs/semantics.md, choices 14 to 16. Spec: OMA LwM2M Core §5.3.
 */
import type { RegistrationRequest } from "../../oracle/views/registration-view.ts";
import { always, conditionsOf } from "../condition.ts";
import { DAY, SECOND } from "../exchange-questions.ts";
import { isBefore, type Moment } from "../moments.ts";
import { type DeviceScene, heardBefore, type Scene, type StandingChange, standingBefore } from "../scene.ts";

const momentOf = (request: RegistrationRequest): Moment => ({ at: request.window.latest, event: request.event });

const isRegister = ({ kind }: RegistrationRequest): boolean => kind === "register";
const isUpdate = ({ kind }: RegistrationRequest): boolean => kind === "update";
const accepted = ({ answer }: RegistrationRequest): boolean => answer?.code.startsWith("2.") === true;

/** The device whose request it is, found by the request itself. */
const deviceOf = (request: RegistrationRequest, { devices }: Scene): DeviceScene | undefined =>
  devices.find(({ requests }) => requests.includes(request));

/** Microseconds that were left of the lifetime; negative: it is over since; undefined: neither. */
function lifetimeLeft(request: RegistrationRequest, scene: Scene): number | undefined {
  const { before, window } = request;
  if (before !== undefined) return before.refreshed.latest + before.lifetime - window.latest;
  const device = deviceOf(request, scene);
  const last = device === undefined ? undefined : standingBefore(device, momentOf(request));
  return last?.kind === "lifetime-over" ? last.at - window.latest : undefined;
}

const leftBetween = (request: RegistrationRequest, scene: Scene, least: number, most: number): boolean => {
  const left = lifetimeLeft(request, scene);
  return left !== undefined && left >= least && left <= most;
};

/** Its location was the device's once, and is not any more. */
const stale = (request: RegistrationRequest, scene: Scene): boolean =>
  request.alive === "no" &&
  deviceOf(request, scene)?.requests.some(
    (other) =>
      isRegister(other) && other.answer?.location === request.location && isBefore(momentOf(other), momentOf(request)),
  ) === true;

export const REGISTRATION_REQUESTS = conditionsOf("registration", always, [
  [
    "register-first",
    "live-too",
    "a device registered for the first time, or after it had gone",
    (request) => isRegister(request) && request.before === undefined,
  ],
  [
    "register-again",
    "live-too",
    "a device that was registered registered again",
    (request) => isRegister(request) && request.before !== undefined,
  ],
  [
    "register-from-new-address",
    "live-too",
    "a device that was registered registered again from another address",
    (request) => isRegister(request) && request.before !== undefined && request.before.address !== request.address,
  ],
  [
    "register-copied",
    "live-too",
    "a Register reached the server more than once",
    (request) => isRegister(request) && request.copies > 1,
  ],
  [
    "update-copied",
    "live-too",
    "an Update reached the server more than once",
    (request) => isUpdate(request) && request.copies > 1,
  ],
  [
    "deregister-copied",
    "live-too",
    "a De-register reached the server more than once",
    ({ kind, copies }) => kind === "deregister" && copies > 1,
  ],
  [
    "register-copy-after-next-request",
    "live-too",
    "a copy of a Register arrived after a later request of the same device",
    (request, scene) =>
      isRegister(request) &&
      request.copies > 1 &&
      deviceOf(request, scene)?.requests.some(
        ({ window }) => window.latest > request.window.latest && window.latest < request.lastCopy.latest,
      ) === true,
  ],
  [
    "register-without-lifetime",
    "live-too",
    "a device registered without saying a lifetime",
    (request) => isRegister(request) && request.lifetime === undefined,
  ],
  [
    "register-with-lifetime-0",
    "sim",
    "a device registered with a lifetime of 0",
    (request) => isRegister(request) && request.lifetime === 0,
  ],
  [
    "register-in-queue-mode",
    "live-too",
    "a device registered in queue mode",
    (request) => isRegister(request) && request.queueMode === true,
  ],
  ["update-in-time", "live-too", "an Update was accepted", (request) => isUpdate(request) && accepted(request)],
  [
    "update-changes-lifetime",
    "live-too",
    "an Update said a new lifetime",
    (request) => isUpdate(request) && request.lifetime !== undefined,
  ],
  [
    "update-from-new-address",
    "live-too",
    "an Update was accepted from another address than the one before",
    (request) =>
      isUpdate(request) &&
      accepted(request) &&
      request.before !== undefined &&
      request.before.address !== request.address,
  ],
  [
    "update-to-stale-location",
    "live-too",
    "an Update came to a location that the device had before",
    (request, scene) => isUpdate(request) && stale(request, scene),
  ],
  [
    "update-to-replaced-location",
    "live-too",
    "an Update came to an old location while the device was registered under a new one",
    (request, scene) => isUpdate(request) && stale(request, scene) && request.before !== undefined,
  ],
  [
    "deregister-accepted",
    "live-too",
    "a De-register was accepted",
    (request) => request.kind === "deregister" && accepted(request),
  ],
  [
    "deregister-too-late",
    "live-too",
    "a De-register came to a location that was none any more",
    (request) => request.kind === "deregister" && request.alive === "no",
  ],
  [
    "update-just-before-lifetime-end",
    "sim",
    "an Update came within the last second of the lifetime",
    (request, scene) => isUpdate(request) && leftBetween(request, scene, 1, SECOND),
  ],
  [
    "update-just-after-lifetime-end",
    "sim",
    "an Update came within a second after the end of the lifetime",
    (request, scene) => isUpdate(request) && leftBetween(request, scene, -SECOND, -1),
  ],
  [
    "update-after-lifetime",
    "live-too",
    "an Update came after the end of the lifetime",
    (request, scene) => isUpdate(request) && leftBetween(request, scene, Number.NEGATIVE_INFINITY, -1),
  ],
  [
    "register-just-after-lifetime-end",
    "sim",
    "a Register came within a second after the end of the lifetime",
    (request, scene) => isRegister(request) && leftBetween(request, scene, -SECOND, -1),
  ],
  [
    "deregister-with-waiting-tasks",
    "live-too",
    "a device de-registered while tasks waited for it",
    (request, scene) => {
      const device = deviceOf(request, scene);
      return (
        request.kind === "deregister" &&
        device?.view.tasks.some(
          ({ task, settled }) =>
            task.created.latest < request.window.latest &&
            (settled === undefined || settled.window.earliest > request.window.latest),
        ) === true
      );
    },
  ],
]);

/** Two changes that follow each other. */
const followed =
  (first: StandingChange["kind"], next: StandingChange["kind"], within = Number.POSITIVE_INFINITY) =>
  ({ standing }: DeviceScene) =>
    standing.some((change, index) => {
      const later = standing[index + 1];
      return change.kind === first && later?.kind === next && later.at - change.at <= within;
    });

const backAfter = (days: number) => (device: DeviceScene) =>
  device.requests.some((request) => {
    const heard = heardBefore(device, momentOf(request));
    return heard !== undefined && request.window.latest - heard >= days * DAY;
  });

export const REGISTERED_DEVICES = conditionsOf("device", always, [
  [
    "register-after-deregister",
    "live-too",
    "a device registered again after it had de-registered",
    followed("deregister", "register"),
  ],
  [
    "register-after-lifetime",
    "live-too",
    "a device registered again after its lifetime was over",
    followed("lifetime-over", "register"),
  ],
  [
    "register-after-reboot",
    "live-too",
    "a device rebooted while it was registered, and registered again",
    ({ life, requests }) =>
      life.some(
        ({ event, at }) =>
          event === "reboot" &&
          requests.some(
            (request) => isRegister(request) && request.before !== undefined && request.window.latest >= at,
          ),
      ),
  ],
  [
    "update-refused-then-register",
    "live-too",
    "an Update was refused, and the device registered",
    ({ requests }) =>
      requests.some(
        (request, index) =>
          isUpdate(request) &&
          request.answer?.code.startsWith("4.") === true &&
          requests[index + 1]?.kind === "register",
      ),
  ],
  [
    "registration-answer-lost",
    "live-too",
    "the server's answer to a Register, Update or De-register was lost",
    ({ downs }) => downs.some(({ code, arrivals }) => arrivals.length === 0 && /^(2|4)\./.test(code)),
  ],
  [
    "registration-request-lost",
    "live-too",
    "a Register, Update or De-register was lost on its way",
    ({ ups }) => ups.some(({ code, arrivals }) => arrivals.length === 0 && (code === "0.02" || code === "0.04")),
  ],
  [
    "ten-updates-in-a-row",
    "sim",
    "a device updated ten times or more without registering again",
    ({ standing }) => {
      let row = 0;
      return standing.some(({ kind }) => {
        row = kind === "update" ? row + 1 : 0;
        return row >= 10;
      });
    },
  ],
  [
    "lifetime-over-with-waiting-task",
    "live-too",
    "the lifetime of a device ended while a task waited for it",
    ({ view, standing }) =>
      standing.some(
        (change) =>
          change.kind === "lifetime-over" &&
          view.tasks.some(
            ({ task, settled }) =>
              task.created.latest < change.at && (settled === undefined || settled.window.earliest > change.at),
          ),
      ),
  ],
  ["back-after-a-day", "sim", "a device spoke again after more than a day", backAfter(1)],
  ["back-after-30-days", "sim", "a device came back after 30 days", backAfter(30)],
  [
    "moved-silently",
    "live-too",
    "a device got a new address and did not say so by an Update at once",
    ({ life, requests }) =>
      life.some(
        ({ event, at }) =>
          event === "address" &&
          !requests.some(({ window }) => window.latest >= at && window.latest <= at + 5 * SECOND),
      ),
  ],
]);
