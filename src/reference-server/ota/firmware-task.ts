/**
 * A device task of several requests, as the dispatcher sees it: what to ask now, and what an answer means for the
 * device task. Ordinary tasks have one request; a firmware update follows its table.
 *
 * Nothing is sent or moved here. Progress is noted for the store, so that a restarted server goes on where it was.
 *
 * Source: docs/semantics.md row 24; docs/ota.md.
 */
import type { CoapMessage } from "../../protocol/coap/types.ts";
import { after, type Instant, NEVER } from "../../protocol/time.ts";
import type { Context } from "../context.ts";
import { type DeviceOperation, type MirrorChange, outcomeOf } from "../device-operations.ts";
import type { DeviceTask, TaskError } from "../entities.ts";
import { changeMirror } from "../properties.ts";
import { noteDeviceTask } from "../tasks.ts";
import type { FirmwareImage } from "./images.ts";
import { MOST_OFFERS, type Next, resultName, resumedAt, type Step } from "./procedure.ts";
import { AT_THE_BEGINNING, type FirmwareProgress } from "./progress.ts";
import { abilitiesIn, chooseOffer, resultIn, stateIn, taskTypeOf, versionIn } from "./requests.ts";

/** What an answer means for a device task of several requests. */
export type Progress =
  | { readonly kind: "next" }
  /** Nothing is asked before this instant, or the next trigger. */
  | { readonly kind: "wait"; readonly until: Instant }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly error: TaskError };

export interface FirmwareTasks {
  /** A new attempt: where it goes on after the one before. */
  begin(deviceTask: DeviceTask): void;
  /** What is to be asked now; the task's own operation, if it has one request only. */
  operationOf(deviceTask: DeviceTask): DeviceOperation;
  answered(deviceTask: DeviceTask, response: CoapMessage, now: Instant): Progress;
}

const NEXT: Progress = { kind: "next" };

/** A message of a firmware update that failed although the device answered. Row 24. */
const failed = (reason: string): Progress => ({
  kind: "failed",
  error: { code: "5000", message: `Firmware update failed: ${reason}` },
});

export function createFirmwareTasks(context: Context): FirmwareTasks {
  const { rules, profile, firmware } = context;

  const imageOf = ({ task: { operation } }: DeviceTask): FirmwareImage | undefined =>
    operation.kind === "firmware-update" ? context.images.get(operation.updateId) : undefined;

  const note = (deviceTask: DeviceTask, progress: FirmwareProgress): void => {
    deviceTask.firmware = progress;
    noteDeviceTask(context, deviceTask);
  };

  const requestOf = (deviceTask: DeviceTask, image: FirmwareImage): DeviceOperation => {
    const { step, offer } = deviceTask.firmware ?? AT_THE_BEGINNING;
    return rules.firmwareOperation(step, image, offer);
  };

  /** Goes where the table says. */
  const follow = (deviceTask: DeviceTask, at: FirmwareProgress, next: Next, why: string, now: Instant): Progress => {
    const wait: Progress = { kind: "wait", until: rules.pollsFirmware ? after(now, firmware.pollInterval) : NEVER };
    switch (next.kind) {
      case "step":
      case "wait":
        note(deviceTask, { ...at, step: next.step, ...(next.step === "execute" ? { executed: true } : {}) });
        return next.kind === "step" ? NEXT : wait;
      case "offer-again":
        if (at.offers >= MOST_OFFERS) return failed(`the device lost the image ${at.offers} times`);
        note(deviceTask, { ...at, step: "offer" });
        return NEXT;
      case "done":
        return { kind: "done" };
      case "failed":
        return failed(why);
    }
  };

  const learnt = (
    deviceTask: DeviceTask,
    image: FirmwareImage,
    said: readonly MirrorChange[],
    now: Instant,
  ): Progress => {
    const before = deviceTask.firmware ?? AT_THE_BEGINNING;
    const { step } = before;
    changeMirror(context, deviceTask, rules.firmwareMirrored(said, step), "succeeded", now);
    const event = rules.firmwareEvent(step, said, image.version, before.executed === true);
    const state = stateIn(said) ?? before.state;
    const next = event === undefined ? undefined : rules.firmwareNext(step, state, event);
    if (next === undefined) return failed(`the device gives no ${step.endsWith("result") ? "Update Result" : "State"}`);
    const way =
      step === "survey" ? chooseOffer(image, rules.firmwareAbilities(abilitiesIn(said)), firmware) : undefined;
    if (way?.ok === false) return failed(way.error);
    const offer = way === undefined ? before.offer : rules.firmwareOffer(way.value);
    const offers = before.offers + (step === "offer" ? 1 : 0);
    const at = {
      ...before,
      offers,
      ...(state === undefined ? {} : { state }),
      ...(offer === undefined ? {} : { offer }),
    };
    return follow(deviceTask, at, next, whyFailed(step, said, image), now);
  };

  return {
    begin(deviceTask) {
      if (deviceTask.task.operation.kind !== "firmware-update") return;
      const before = deviceTask.firmware;
      const now = before === undefined ? AT_THE_BEGINNING : { ...before, step: resumedAt(before.step) };
      note(deviceTask, now);
    },
    operationOf(deviceTask) {
      const image = imageOf(deviceTask);
      return image === undefined ? deviceTask.task.operation : requestOf(deviceTask, image);
    },
    answered(deviceTask, response, now) {
      const image = imageOf(deviceTask);
      if (image === undefined) return failed("the image is gone");
      const operation = requestOf(deviceTask, image);
      const taskType = taskTypeOf(operation);
      const outcome = outcomeOf(operation, response, (code) => rules.isSuccess(code, taskType));
      if (outcome.kind === "success") return learnt(deviceTask, image, outcome.changes, now);
      const error =
        outcome.kind === "error"
          ? rules.errorOfAnswer(outcome.code, outcome.diagnostic, taskType, profile)
          : rules.errorOfMisfit(outcome.reason);
      return { kind: "failed", error };
    },
  };
}

function whyFailed(step: Step, said: readonly MirrorChange[], { version }: FirmwareImage): string {
  if (step === "version")
    return `the device reports version ${JSON.stringify(versionIn(said))} instead of "${version}"`;
  return resultName(resultIn(said) ?? 0);
}
