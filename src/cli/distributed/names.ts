/** Names and times that a coordinator and its workers share. */
import { millis, seconds } from "../../protocol/time.ts";

/** Every key in Redis begins with it; those of one run with `fleetproof:RUN:`. */
export const KEY_PREFIX = "fleetproof";
export const ANNOUNCEMENTS = "runs";
export const messagesOf = (run: string): string => `run:${run}`;
export const answerKey = (run: string, job: string): string => `${KEY_PREFIX}:${run}:answer:${job}`;

/** Between two announcements of a run, and two messages of a worker that takes part. */
export const REPEAT_EVERY = millis(500);
/** Without a message for so long, the other side is gone. Longer than any pause that a busy machine makes. */
export const SILENCE = seconds(15);
/** Seconds after which what nobody fetched removes itself. */
export const ANSWER_LIVES = 3_600;
