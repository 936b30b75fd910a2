/** Conditions of firmware updates: who is asked, and what the user answers. Rules: docs/semantics.md, choice 24. */
import { conditionsOf } from "../condition.ts";
import { SECOND } from "../exchange-questions.ts";
import { modeBefore } from "../scene.ts";
import { type Asks, all, failedWith, succeeded } from "./firmware-asks.ts";

const saidBy =
  (who: "owner" | "stranger" | "nobody", taken: boolean): Asks =>
  ({ answers, device }) =>
    answers.some(
      ({ purpose, httpStatus }) =>
        purpose.device === device.view.index && (purpose.as ?? "owner") === who && httpStatus < 300 === taken,
    );
const said =
  (answer: "ACCEPTED" | "REJECTED"): Asks =>
  ({ answers, device }) =>
    answers.some(
      ({ purpose, httpStatus }) =>
        purpose.device === device.view.index && purpose.answer === answer && httpStatus < 300,
    );
const acceptedWithin =
  (least: number, most: number): Asks =>
  ({ answers, device, deviceTask }) =>
    answers.some(({ purpose, at }) => {
      const before = deviceTask.task.expiry.latest - at;
      return purpose.device === device.view.index && purpose.as === undefined && before >= least && before < most;
    });

const neverAsked: Asks = ({ answers, device }) => !answers.some(({ purpose }) => purpose.device === device.view.index);

export const ASKED_USERS = conditionsOf("update", ({ answers }) => answers.length > 0, [
  ["update-accepted", "live-too", "an update was accepted, and succeeded", all(said("ACCEPTED"), succeeded)],
  ["update-rejected", "live-too", "a device rejected a firmware update", all(said("REJECTED"), failedWith("4006"))],
  [
    "update-accepted-while-gone",
    "sim",
    "an update was accepted while its device was not registered",
    ({ answers, device }, scene) =>
      answers.some(
        (answer) =>
          answer.purpose.answer === "ACCEPTED" &&
          answer.purpose.device === device.view.index &&
          answer.httpStatus < 300 &&
          modeBefore(scene, device, answer) === "unregistered",
      ),
  ],
  [
    "update-answered-twice",
    "live-too",
    "an update was answered, and the second answer was refused",
    all(saidBy("owner", true), saidBy("owner", false)),
  ],
  [
    "update-answered-by-stranger",
    "live-too",
    "somebody else answered for the user, and was refused",
    saidBy("stranger", false),
  ],
  ["update-answered-by-nobody", "live-too", "an answer without token was refused", saidBy("nobody", false)],
  [
    "update-answered-for-another-device",
    "live-too",
    "an answer was given for a device that the update is not for",
    neverAsked,
  ],
  [
    "update-accepted-just-before-expiry",
    "sim",
    "an update was accepted less than a second before its active period ended",
    acceptedWithin(1, SECOND),
  ],
  [
    "update-accepted-after-expiry",
    "sim",
    "an update was accepted less than a second after its active period had ended",
    acceptedWithin(-SECOND, 0),
  ],
  [
    "update-not-answered",
    "sim",
    "the active period ended before anybody had answered for the device",
    all(neverAsked, failedWith("4004")),
  ],
]);
