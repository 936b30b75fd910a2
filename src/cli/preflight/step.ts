/** How a step of `preflight` ends. */

export interface PreflightStep {
  readonly name: string;
  /**
   * `set-up fault`: something is to be repaired on our side, in the adapter or in the addresses; nothing is known about
   * the server. `unclear`: the adapter or the server is wrong, and only its owner can find out which. `finding`: the server
   * answered, but not as it must.
   */
  readonly outcome: "ok" | "set-up fault" | "unclear" | "finding" | "not offered" | "skipped";
  readonly detail: string;
  /** Of a finding. */
  readonly requirement?: string;
}

export type Ending = Omit<PreflightStep, "name">;

export const ok = (detail: string): Ending => ({ outcome: "ok", detail });
export const fault = (detail: string): Ending => ({ outcome: "set-up fault", detail });
export const unclear = (detail: string): Ending => ({ outcome: "unclear", detail });
export const finding = (requirement: string, detail: string): Ending => ({ outcome: "finding", requirement, detail });
export const notOffered = (detail: string): Ending => ({ outcome: "not offered", detail });
export const skipped = (detail: string): Ending => ({ outcome: "skipped", detail });

export const step = (name: string, ending: Ending): PreflightStep => ({ name, ...ending });
