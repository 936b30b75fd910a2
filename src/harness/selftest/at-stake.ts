/**
 * Whether a requirement is at stake in a plan at all: few plans update firmware or restart the server, and a defect
 * that only they can show need not be run in the others.
 */
import { type Plan, restartsServer } from "../../scenarios/plan.ts";

/** By the letter of the requirement; absent: at stake in every plan. */
const NEEDED: Readonly<Record<string, (plan: Plan) => boolean>> = {
  O: ({ images }) => images !== undefined,
  S: restartsServer,
};

export const atStake = (requirement: string, plan: Plan): boolean => NEEDED[requirement.charAt(0)]?.(plan) ?? true;
