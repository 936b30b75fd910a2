/**
 * Conditions of untidy devices: out of the network's reach, changing what they are, and speaking to the registration
 * interface in odd ways. Rules: docs/semantics.md, "Failed attempt, or answer?" and "Registers that are refused".
 */
import type { RegistrationRequest } from "../../oracle/views/registration-view.ts";
import { always, conditionsOf } from "../condition.ts";
import { answered, openBefore } from "../exchange-questions.ts";
import { isBefore } from "../moments.ts";
import type { DeviceScene } from "../scene.ts";

const accepted = ({ answer }: RegistrationRequest): boolean => answer?.code.startsWith("2.") === true;

/** An accepted request of that kind that says something else than the registration before it. */
const says =
  (kind: RegistrationRequest["kind"], what: "rootPath" | "queueMode" | "version") =>
  (request: RegistrationRequest): boolean =>
    request.kind === kind &&
    accepted(request) &&
    request.leeway === undefined &&
    request.before !== undefined &&
    request[what] !== undefined &&
    request[what] !== request.before[what];

/** It had to be refused, or was. */
const refused = ({ kind, defect, leeway, answer }: RegistrationRequest): boolean =>
  defect !== undefined || leeway === "stranger" || (kind === "register" && answer?.code.startsWith("4.") === true);

export const ODD_REGISTRATIONS = conditionsOf("registration", always, [
  [
    "register-with-other-root",
    "live-too",
    "a registered device registered with its objects below another path",
    says("register", "rootPath"),
  ],
  ["update-with-other-root", "live-too", "an Update listed the objects below another path", says("update", "rootPath")],
  [
    "register-with-other-queue-mode",
    "sim",
    "a registered device took up queue mode, or gave it up, by a Register",
    says("register", "queueMode"),
  ],
  [
    "update-with-other-queue-mode",
    "sim",
    "a device took up queue mode, or gave it up, by an Update",
    says("update", "queueMode"),
  ],
  [
    "register-with-other-version",
    "live-too",
    "a registered device registered with another version of LwM2M",
    says("register", "version"),
  ],
  [
    "register-non-confirmable",
    "live-too",
    "a Register came in a Non-confirmable message",
    ({ kind, confirmable }) => kind === "register" && !confirmable,
  ],
  [
    "register-under-unknown-name",
    "live-too",
    "a Register named an endpoint that nobody provisioned",
    ({ leeway }) => leeway === "stranger",
  ],
  [
    "update-unreadable",
    "live-too",
    "an Update could not be read",
    ({ kind, defect }) => kind === "update" && defect !== undefined,
  ],
  [
    "update-to-odd-path",
    "live-too",
    "an Update gave its location in one option, or with a slash too many",
    ({ kind, leeway }) => kind === "update" && leeway === "either",
  ],
  [
    "update-to-no-location",
    "live-too",
    "an Update went to a path that is no location, by one segment more or another root",
    ({ kind, location }) => kind === "update" && !/^rd\/[^/]+$/.test(location),
  ],
  [
    "refused-from-new-address",
    "live-too",
    "a registered device got a Register or Update refused that it sent from a new address",
    (request) => refused(request) && request.before !== undefined && request.before.address !== request.address,
  ],
]);

/** An RST to a message that the device had acknowledged. */
const resetAfterAcknowledgement = ({ ups, logsByMessage }: DeviceScene): boolean =>
  ups.some(
    (up) =>
      up.type === "RST" &&
      logsByMessage.get(up.messageId)?.acknowledgements.some((acknowledgement) => isBefore(acknowledgement, up)),
  );

export const UNREACHABLE_DEVICES = conditionsOf("device", always, [
  [
    "reported-unreachable",
    "sim",
    "the network reported that a device cannot be reached while a request to it was open",
    ({ reports, exchanges }) => reports.some((report) => exchanges.some((exchange) => openBefore(exchange, report))),
  ],
  [
    "answered-after-report",
    "sim",
    "a task was tried while its device could not be reached, and answered in a later attempt",
    ({ reports, exchanges }) =>
      exchanges.some(
        (exchange) =>
          reports.some((report) => openBefore(exchange, report)) && exchange.task?.attempts.some(answered) === true,
      ),
  ],
  ["reset-after-acknowledgement", "sim", "a device reset what it had acknowledged", resetAfterAcknowledgement],
]);
