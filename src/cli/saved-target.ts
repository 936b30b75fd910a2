/** On what a saved plan runs again: the target that the options name, else the one that is recorded in the file. */
import type { SavedPlan } from "../harness/record/verdict.ts";
import { UsageError } from "../platform/errors.ts";
import { millis } from "../protocol/time.ts";
import { ADAPTER_OPTIONS, AdapterSchemas, type AdapterTexts, readAdapter } from "./adapters.ts";
import { type OptionRow, Text } from "./command.ts";
import { readSavedTarget, readTarget, type TargetChoice } from "./targets.ts";

export const SAVED_TARGET_OPTIONS: readonly OptionRow[] = [
  {
    name: "target",
    value: "TARGET",
    about: "run it on another target, named as for verify",
    presetText: "the recorded one",
  },
  { name: "coap", value: "URL", about: "CoAP address of an http target, such as coap://127.0.0.1:5683" },
  { name: "mutant", value: "ID", about: "run it on this shipped defective server, with --target sim" },
  { name: "token", value: "TEXT", about: "bearer token for the task API of an http target" },
  ...ADAPTER_OPTIONS,
];

export const SavedTargetSchemas = {
  target: Text.optional(),
  coap: Text.optional(),
  mutant: Text.optional(),
  token: Text.optional(),
  ...AdapterSchemas,
};

export interface SavedTargetTexts extends AdapterTexts {
  readonly target?: string | undefined;
  readonly coap?: string | undefined;
  readonly mutant?: string | undefined;
  readonly token?: string | undefined;
}

/**
 * @param file of the saved plan, for the message
 * @throws UsageError when the options contradict each other, or the recorded target has no name that can be used again
 */
export function chooseTarget(options: SavedTargetTexts, saved: SavedPlan, file: string): TargetChoice {
  const { target, coap, mutant } = options;
  const adapter = readAdapter(options);
  if (adapter !== undefined && target !== undefined)
    throw new UsageError("conflict", `--target and --${adapter.option} name two targets: give one`);
  if (target !== undefined || adapter !== undefined) return readTarget({ ...options, target: target ?? "sim" });
  if (coap !== undefined) throw new UsageError("conflict", "--coap needs --target");
  if (mutant !== undefined) return readTarget({ target: "sim", mutant });
  return withTimeout(recordedTarget(saved, file), options["adapter-timeout"]);
}

function recordedTarget(saved: SavedPlan, file: string): TargetChoice {
  try {
    return readSavedTarget(saved.target, saved.mutant);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(
      "bad-file",
      `${file} was recorded on "${saved.target}", which cannot be reached again by that name: give --target`,
    );
  }
}

function withTimeout(choice: TargetChoice, timeout: number | undefined): TargetChoice {
  if (timeout === undefined) return choice;
  if (choice.kind !== "adapter")
    throw new UsageError("conflict", "--adapter-timeout goes with an adapter, and the plan was recorded without one");
  return { ...choice, patience: millis(timeout) };
}
