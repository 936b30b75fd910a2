/** A plan in words: its devices, then everything that happens and everything that is wrong, in the order of time. Pure. */
import { describeFault, describeOperation } from "../scenarios/describe.ts";
import { describeFirmware, describeImage } from "../scenarios/describe-firmware.ts";
import { describeTime } from "../scenarios/describe-time.ts";
import type { Plan, PlannedDevice } from "../scenarios/plan.ts";
import { labelled } from "./text.ts";

/** What shows the violation, to stand in the plan at its moment. */
export interface Evident {
  /** Milliseconds of plan time. */
  readonly at: number;
  readonly text: string;
}

/** Lines of at most `width` characters; what is evident stands behind a ▶. */
export function planLines(plan: Plan, width: number, evident: readonly Evident[] = []): readonly string[] {
  const happenings = [
    ...plan.faults.map((fault) => ({ at: fault.from, text: describeFault(fault) })),
    ...plan.operations.map((operation) => ({ at: operation.at, text: describeOperation(operation) })),
    ...(plan.faults.length === 0
      ? []
      : [{ at: plan.quietFrom, text: `at ${describeTime(plan.quietFrom)} all faults are over` }]),
  ];
  const shown = evident.map(({ at, text }) => ({ at, text: `${EVIDENT}${text}` }));
  const end = Math.max(plan.until, ...plan.operations.map(({ at }) => at));
  const texts = [
    ...deviceTexts(plan.fleet),
    ...(plan.images ?? []).map(describeImage),
    ...[...happenings, ...shown].sort((a, b) => a.at - b.at).map(({ text }) => text),
    `at ${describeTime(end)} the plan ends`,
  ];
  return texts.flatMap((text) => labelled("", text, width).map((line, index) => (index === 0 ? line : `  ${line}`)));
}

const EVIDENT = "▶ ";

/** Whether a line of a plan is what shows the violation. */
export const isEvident = (line: string): boolean => line.startsWith(EVIDENT);

/** One line per kind of device: what differs from a plain one. */
function deviceTexts(fleet: readonly PlannedDevice[]): readonly string[] {
  const kinds = new Map<string, number[]>();
  for (const [index, device] of fleet.entries()) {
    const text = deviceText(device);
    kinds.set(text, [...(kinds.get(text) ?? []), index]);
  }
  return [...kinds].map(([text, indices]) => `device${indices.length === 1 ? "" : "s"} ${ranges(indices)}: ${text}`);
}

function deviceText(device: PlannedDevice): string {
  const parts = [
    device.registersAt === undefined ? "not registered" : `registers at ${describeTime(device.registersAt)}`,
    device.lifetime === undefined ? "" : `lifetime ${device.lifetime} s`,
    device.queueMode ? `sleeps ${describeTime(device.awakeFor)} after its last message` : "",
    device.updateEvery === undefined ? "" : `updates every ${describeTime(device.updateEvery)}`,
    device.thinkTime === 0 ? "" : `takes ${describeTime(device.thinkTime)} to answer`,
    device.deduplicates ? "" : "handles copies of a request anew",
    device.lwm2m === "1.0" ? "" : `LwM2M ${device.lwm2m}`,
    device.type === 0 ? "" : `type ${device.type}`,
    device.blockSize === undefined ? "" : `blocks of ${device.blockSize} bytes`,
    device.firmware === undefined ? "" : describeFirmware(device.firmware),
  ];
  return parts.filter((part) => part !== "").join(", ");
}

/** `0–3, 7` */
function ranges(indices: readonly number[]): string {
  const spans: { first: number; last: number }[] = [];
  for (const index of indices) {
    const open = spans.at(-1);
    if (open !== undefined && open.last === index - 1) open.last = index;
    else spans.push({ first: index, last: index });
  }
  return spans.map(({ first, last }) => (first === last ? `${first}` : `${first}–${last}`)).join(", ");
}
