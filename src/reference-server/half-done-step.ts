/**
 * A step of the engine broke after it had changed something: what the engine has in memory is now neither the state
 * before the step nor the one after it. Nothing of the step is stored. Whoever hosts the engine must not go on with it,
 * and should start another one with what is stored.
 *
 * A step that broke before it changed anything throws its own error, and harms nobody but its input.
 */
import type { ServerEffect } from "../protocol/server-port.ts";
import type { Outbox } from "./outbox.ts";

export class HalfDoneStep extends Error {
  override readonly name = "HalfDoneStep";

  constructor(cause: unknown) {
    super("a step of the server broke when it was half done", { cause });
  }
}

/** Does one step, all of it or nothing. @throws HalfDoneStep, or what `work` throws before it changed anything */
export function wholeStep(outbox: Outbox, work: () => void): readonly ServerEffect[] {
  try {
    work();
    return outbox.endStep();
  } catch (error) {
    throw outbox.abandonStep() ? new HalfDoneStep(error) : error;
  }
}
