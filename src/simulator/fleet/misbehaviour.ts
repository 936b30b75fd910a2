/**
 * How a device of a fleet answers a request wrongly: the rules of its group, in their order.
 *
 * Whether a rule strikes is keyed by how many requests it fitted before, on this device alone.
 */
import { after, type Instant, millis } from "../../protocol/time.ts";
import { fits } from "../device/behaviour.ts";
import type { RequestMatch } from "../model/device.ts";
import type { FleetGroup } from "../model/fleet.ts";
import type { FleetAnswers } from "../model/fleet-answers.ts";
import { type Decide, PART, strikes } from "./decisions.ts";
import type { MisbehaviourSource } from "./types.ts";

interface Rule extends FleetAnswers {
  readonly match: RequestMatch;
  readonly opens: Instant;
  readonly closes: Instant;
  readonly part: number;
  /** Requests that fitted, and of those the ones that were chosen. */
  fitted: number;
  chosen: number;
}

/** @returns `undefined` when no rule is for this device */
export function createMisbehaviour(
  group: FleetGroup,
  device: number,
  start: Instant,
  decide: Decide,
): MisbehaviourSource | undefined {
  const rules = group.answers
    .map((rule, at) => ({ rule, part: PART.answers + at }))
    .filter(({ rule, part }) => strikes(decide(device, part, 0, 0), rule.devices))
    .map(({ rule, part }) => newRule(rule, part, start));
  if (rules.length === 0) return undefined;
  return (message, now) => {
    for (const rule of rules) {
      if (now < rule.opens || now >= rule.closes || !fits(rule.match, message)) continue;
      if (!strikes(decide(device, rule.part, 1, rule.fitted++), rule.percent)) continue;
      const place = rule.chosen++;
      if (place >= rule.sequence.length && !rule.repeats) continue;
      const answer = rule.sequence[place % rule.sequence.length];
      return answer === undefined || answer.kind === "normal" ? undefined : answer;
    }
    return undefined;
  };
}

const newRule = (rule: FleetAnswers, part: number, start: Instant): Rule => ({
  ...rule,
  match: {
    ...(rule.operation === undefined ? {} : { operation: rule.operation }),
    ...(rule.path === undefined ? {} : { path: rule.path }),
  },
  opens: after(start, millis(rule.from)),
  closes: after(start, millis(rule.until ?? Number.POSITIVE_INFINITY)),
  part,
  fitted: 0,
  chosen: 0,
});
