/**
 * Conditions of an exchange into which something else happens: the device registers, moves, reboots, sleeps, or says
 * what nobody asked. Rules: docs/semantics.md, choices 13 to 16 and "Failed attempt, or answer?".
 */
import type { Exchange } from "../../oracle/views/exchange-view.ts";
import type { RegistrationRequestKind } from "../../oracle/views/registration-view.ts";
import { always, conditionsOf } from "../condition.ts";
import { answered, ended, endOf, openBefore, requestsOf, responsesOf, startOf } from "../exchange-questions.ts";
import { isBefore } from "../moments.ts";
import { type DeviceScene, heardBefore, modeBefore, type Scene, sceneOfDevice } from "../scene.ts";

type Happening = DeviceScene["life"][number]["event"];

/** The device did, or suffered, this while the exchange was open. */
const during = (scene: Scene, exchange: Exchange, happening: Happening): boolean =>
  sceneOfDevice(scene, exchange.device).life.some(
    ({ event, at, index }) => event === happening && openBefore(exchange, { at, event: index }),
  );

const askedDuring = (scene: Scene, exchange: Exchange, kind: RegistrationRequestKind): boolean =>
  sceneOfDevice(scene, exchange.device).requests.some(
    (request) => request.kind === kind && openBefore(exchange, { at: request.window.latest, event: request.event }),
  );

/** The address that the device had when the request was sent, when it had changed it. */
function movedBefore(scene: Scene, exchange: Exchange): string | undefined {
  return sceneOfDevice(scene, exchange.device).life.findLast(
    ({ event, at, index }) => event === "address" && isBefore({ at, event: index }, startOf(exchange)),
  )?.address;
}

/** A response with the token of an exchange that it had answered, told once more as a new message. */
const toldAgain = (scene: Scene, exchange: Exchange, type: string): boolean =>
  ended(exchange, "answered") &&
  responsesOf(scene, exchange).some(
    (up) =>
      up.type === type &&
      up.arrivals.length > 0 &&
      isBefore(endOf(exchange), up) &&
      (type === "ACK" ? up.messageId !== exchange.messageId : exchange.response?.messageId !== up.messageId),
  );

export const DISTURBED_EXCHANGES = conditionsOf("exchange", always, [
  [
    "register-during-exchange",
    "live-too",
    "a Register arrived while an exchange was open",
    (exchange, scene) => askedDuring(scene, exchange, "register"),
  ],
  [
    "update-during-exchange",
    "live-too",
    "an Update arrived while an exchange was open",
    (exchange, scene) => askedDuring(scene, exchange, "update"),
  ],
  [
    "update-during-exchange-then-answered",
    "live-too",
    "an Update from the same address arrived while an exchange was open, which was answered afterwards",
    (exchange, scene) => answered(exchange) && askedDuring(scene, exchange, "update"),
  ],
  [
    "deregister-during-exchange",
    "live-too",
    "a De-register arrived while an exchange was open",
    (exchange) => ended(exchange, "removed"),
  ],
  [
    "lifetime-over-during-exchange",
    "sim",
    "the lifetime ended while an exchange was open",
    (exchange) => ended(exchange, "lifetime-over"),
  ],
  [
    "update-from-new-address-in-flight",
    "live-too",
    "an Update came from a new address while a request was in flight to the old one",
    (exchange) => ended(exchange, "moved"),
  ],
  [
    "sent-again-to-new-address",
    "live-too",
    "a request that was dropped by an Update from a new address was sent again there and answered",
    (exchange) =>
      ended(exchange, "moved") &&
      exchange.task?.attempts.some((next) => isBefore(startOf(exchange), startOf(next)) && answered(next)) === true,
  ],
  [
    "request-to-abandoned-address",
    "live-too",
    "a request was sent to an address that the device had left without a word",
    (exchange, scene) => {
      const address = movedBefore(scene, exchange);
      return address !== undefined && address !== exchange.address;
    },
  ],
  [
    "answer-from-other-address",
    "live-too",
    "a response came from another address than the one that was asked",
    (exchange, scene) => responsesOf(scene, exchange).some(({ address }) => address !== exchange.address),
  ],
  [
    "reboot-during-exchange",
    "live-too",
    "a device rebooted while an exchange was open",
    (exchange, scene) => during(scene, exchange, "reboot"),
  ],
  [
    "reboot-during-execute",
    "live-too",
    "a device rebooted while an Execute was open",
    (exchange, scene) => exchange.task?.task.taskType === "E" && during(scene, exchange, "reboot"),
  ],
  [
    "offline-during-exchange-then-answered",
    "sim",
    "a device was offline for a part of an exchange, which was answered all the same",
    (exchange, scene) => answered(exchange) && during(scene, exchange, "offline") && during(scene, exchange, "online"),
  ],
  [
    "asleep-during-exchange",
    "live-too",
    "a queue-mode device fell asleep while an exchange was open",
    (exchange, scene) => during(scene, exchange, "asleep"),
  ],
  [
    "stray-during-exchange",
    "live-too",
    "a response to something else arrived while an exchange was open",
    (exchange, scene) => sceneOfDevice(scene, exchange.device).strays.some((up) => openBefore(exchange, up)),
  ],
  [
    "old-answer-as-con",
    "live-too",
    "the answer of an exchange that was over came again as a new Confirmable message",
    (exchange, scene) => toldAgain(scene, exchange, "CON"),
  ],
  [
    "old-answer-as-non",
    "live-too",
    "the answer of an exchange that was over came again as a new Non-confirmable message",
    (exchange, scene) => toldAgain(scene, exchange, "NON"),
  ],
  [
    "old-answer-as-ack",
    "live-too",
    "the answer of an exchange that was over came again on an acknowledgement of nothing",
    (exchange, scene) => toldAgain(scene, exchange, "ACK"),
  ],
  [
    "request-late-in-awake-window",
    "sim",
    "a request was first sent to a queue-mode device 80 s or more after it had been heard last",
    (exchange, scene) => {
      const device = sceneOfDevice(scene, exchange.device);
      const heard = heardBefore(device, startOf(exchange));
      return (
        modeBefore(scene, device, startOf(exchange)) === "queue-awake" &&
        heard !== undefined &&
        startOf(exchange).at >= heard + 80_000_000
      );
    },
  ],
  [
    "retransmission-after-awake-window",
    "sim",
    "a request was retransmitted to a queue-mode device whose awake window was over",
    (exchange, scene) => {
      const device = sceneOfDevice(scene, exchange.device);
      return requestsOf(scene, exchange)
        .slice(1)
        .some((copy) => modeBefore(scene, device, copy) === "queue-asleep");
    },
  ],
]);

const strayOfType = (type: string) => (device: DeviceScene) => device.strays.some((up) => up.type === type);

export const STRAYS = conditionsOf("device", always, [
  ["stray-con", "live-too", "a Confirmable response came that answers nothing", strayOfType("CON")],
  ["stray-non", "live-too", "a Non-confirmable response came that answers nothing", strayOfType("NON")],
  ["stray-ack", "live-too", "an acknowledgement with a response came that answers nothing", strayOfType("ACK")],
  [
    "server-reply-lost",
    "live-too",
    "the server's empty ACK or RST of a response was lost",
    ({ downs }) => downs.some(({ code, arrivals }) => code === "0.00" && arrivals.length === 0),
  ],
]);
