/** How far a firmware update has come on one device, in the engine and in the store. Source: docs/ota.md. */
import { z } from "zod";
import { STATES, STEPS } from "./procedure.ts";

export const FirmwareProgressRecord = z.object({
  /** What is asked next, or was asked last when an exchange is open. */
  step: z.enum(STEPS),
  /** What the device said last about its State. */
  state: z.enum(STATES).optional(),
  offer: z
    .discriminatedUnion("kind", [
      z.object({ kind: z.literal("push") }),
      z.object({ kind: z.literal("pull"), uri: z.string() }),
    ])
    .optional(),
  /** How often the device has taken the image. */
  offers: z.int().min(0),
  /** An Execute has left, whether or not it arrived. */
  executed: z.literal(true).optional(),
});

export type FirmwareProgress = Readonly<z.infer<typeof FirmwareProgressRecord>>;

export const AT_THE_BEGINNING: FirmwareProgress = { step: "survey", offers: 0 };
