/**
 * How the devices of a fleet answer wrongly, as data: slow, silent, with errors, now and then or always.
 *
 * The kinds are those of `Behaviour` in `device.ts`, with times as people write them, and `normal`.
 */
import { z } from "zod";
import { RequestMatch } from "./device.ts";
import { FleetDuration, Percent } from "./fleet-time.ts";

const delay = FleetDuration.describe("How much later.");

const FleetAnswer = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("normal").describe("As it should be.") }),
  z.strictObject({
    kind: z.literal("error").describe("An error response, and nothing done."),
    code: z
      .string()
      .regex(/^[45]\.\d\d$/)
      .describe("Response code of class 4 or 5, such as 4.04 or 5.03."),
    diagnostic: z.string().max(200).optional().describe("Diagnostic payload, at most 200 characters; absent: none."),
  }),
  z.strictObject({
    kind: z.literal("success").describe("Done, but answered with this code and content, whether it fits or not."),
    code: z
      .string()
      .regex(/^2\.0[1-5]$/)
      .describe("Response code from 2.01 to 2.05."),
    format: z.number().int().min(0).max(65_535).optional().describe("Content-Format, 0 to 65,535; absent: left out."),
    payload: z
      .string()
      .regex(/^([0-9a-f]{2}){0,64}$/)
      .optional()
      .describe("Lower-case hex, at most 64 bytes; absent: none."),
  }),
  z.strictObject({
    kind: z.literal("slow").describe("Empty ACK at once, the response in a message of its own."),
    delay,
  }),
  z.strictObject({
    kind: z.literal("answer-before-ack").describe("The response in a message of its own, and never an ACK."),
    type: z.enum(["CON", "NON"]).describe("Type of the message with the response."),
    delay,
  }),
  z.strictObject({ kind: z.literal("silent").describe("No ACK, no response, and nothing done.") }),
  z.strictObject({ kind: z.literal("acknowledge-only").describe("Empty ACK, then nothing, and nothing done.") }),
  z.strictObject({ kind: z.literal("reset").describe("RST, and nothing done.") }),
  z.strictObject({
    kind: z.literal("reboots").describe("No ACK, no response, nothing done; it reboots."),
  }),
  z.strictObject({
    kind: z.literal("acknowledge-then-reset").describe("Empty ACK, then RST to the same message; nothing done."),
    delay,
  }),
]);
export type FleetAnswer = z.infer<typeof FleetAnswer>;

/** A rule; the first of a group that strikes decides about a request. */
export const FleetAnswers = z
  .strictObject({
    operation: RequestMatch.shape.operation.describe("Which requests; absent: all of them."),
    path: RequestMatch.shape.path.describe(
      "Requests to this path or below: whole segments without leading slash, such as 3/0/9.",
    ),
    devices: Percent.default(100).describe(
      "Percent of the devices of the group that ever do so, chosen by the seed; 0 to 100.",
    ),
    percent: Percent.default(100).describe(
      "Percent of the requests that fit; 0 to 100. The others go to the next rule.",
    ),
    from: FleetDuration.prefault("0s").describe("Not before this time of the run."),
    until: FleetDuration.optional().describe("Not from this time of the run on; after `from`; absent: to its end."),
    sequence: z
      .array(FleetAnswer)
      .min(1)
      .max(100)
      .describe("What the first request of a device that fits and was chosen gets, the second, …; 1 to 100 answers."),
    repeats: z
      .boolean()
      .default(true)
      .describe("Whether the sequence begins anew at its end; false: the rule is over then."),
  })
  .refine(({ from, until }) => until === undefined || from < until, {
    path: ["until"],
    message: "must be after `from`",
  });
export type FleetAnswers = z.infer<typeof FleetAnswers>;
