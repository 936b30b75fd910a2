/**
 * Every building block, in an order that only grows at its end: a plan's swarm draws one factor per position.
 */
import { ASLEEP_BLOCKS } from "./asleep.ts";
import type { BuildingBlock } from "./block.ts";
import { BLOCK_TRANSFER_BLOCKS } from "./block-transfers.ts";
import { BLOCK_TRANSFER_DISTURBED_BLOCKS } from "./block-transfers-disturbed.ts";
import { BLOCK_TRANSFER_INTERRUPTED_BLOCKS } from "./block-transfers-interrupted.ts";
import { CANCEL_BLOCKS } from "./cancel.ts";
import { CANCEL_DISTURBED_BLOCKS } from "./cancel-disturbed.ts";
import { CANCEL_RACE_BLOCKS } from "./cancel-races.ts";
import { CHANGES_ITSELF_BLOCKS } from "./changes-itself.ts";
import { COMPLETED_LATE_BLOCKS } from "./completed-late.ts";
import { CROWD_BLOCKS } from "./crowd.ts";
import { DECLARED_CHOICE_BLOCKS } from "./declared-choices.ts";
import { DISTURBANCE_BLOCKS } from "./disturbance.ts";
import { END_BLOCKS } from "./ends.ts";
import { EXECUTE_AND_MIRROR_BLOCKS } from "./execute-and-mirror.ts";
import { EXPIRY_BLOCKS } from "./expiry.ts";
import { FIRMWARE_BLOCKS } from "./firmware.ts";
import { FIRMWARE_ACCEPTED_BLOCKS } from "./firmware-accepted.ts";
import { FIRMWARE_TRANSFER_BLOCKS } from "./firmware-blocks.ts";
import { FIRMWARE_DISTURBED_BLOCKS } from "./firmware-disturbed.ts";
import { FIRMWARE_END_BLOCKS } from "./firmware-ends.ts";
import { HELD_BACK_BLOCKS } from "./held-back.ts";
import { LIFETIME_BLOCKS } from "./lifetime.ts";
import { LONG_SILENCE_BLOCKS } from "./long-silence.ts";
import { LOST_ANSWER_BLOCKS } from "./lost-answers.ts";
import { MAPPING_BLOCKS } from "./mapping.ts";
import { MAYBE_FAILED_BLOCKS } from "./maybe-failed.ts";
import { MISTAKEN_BLOCKS } from "./mistaken.ts";
import { MOMENT_BLOCKS } from "./moments.ts";
import { MOVE_BLOCKS } from "./moves.ts";
import { NEW_LIFETIME_BLOCKS } from "./new-lifetime.ts";
import { ODD_ANSWER_BLOCKS } from "./odd-answers.ts";
import { ODD_REQUEST_BLOCKS } from "./odd-requests.ts";
import { OUT_OF_REACH_BLOCKS } from "./out-of-reach.ts";
import { PRECEDENCE_BLOCKS } from "./precedence.ts";
import { QUEUE_BLOCKS } from "./queue.ts";
import { REFUSAL_BLOCKS } from "./refusals.ts";
import { REGISTER_FORM_BLOCKS } from "./register-forms.ts";
import { REGISTERS_ELSEWHERE_BLOCKS } from "./registers-elsewhere.ts";
import { REGISTRATION_BLOCKS } from "./registration.ts";
import { RESTART_BLOCKS } from "./restart.ts";
import { RESTART_AFTERWARDS_BLOCKS } from "./restart-afterwards.ts";
import { RESTART_DEADLINE_BLOCKS } from "./restart-deadlines.ts";
import { RESTART_FIRMWARE_BLOCKS } from "./restart-firmware.ts";
import { RETRY_BLOCKS } from "./retry.ts";
import { SAID_AGAIN_BLOCKS } from "./said-again.ts";
import { SCHEDULED_BLOCKS } from "./scheduled.ts";
import { SEPARATE_RESPONSE_BLOCKS } from "./separate-response.ts";
import { SERVER_PROPERTY_BLOCKS } from "./server-properties.ts";
import { SEVERAL_WAITING_BLOCKS } from "./several-waiting.ts";
import { SHORTENED_LIFETIME_BLOCKS } from "./shortened-lifetime.ts";
import { SLEEP_BLOCKS } from "./sleep.ts";

const ROWS = [
  ...QUEUE_BLOCKS,
  ...CANCEL_BLOCKS,
  ...REGISTRATION_BLOCKS,
  ...RETRY_BLOCKS,
  ...DISTURBANCE_BLOCKS,
  ...EXPIRY_BLOCKS,
  ...MAPPING_BLOCKS,
  ...MOMENT_BLOCKS,
  ...LIFETIME_BLOCKS,
  ...CANCEL_RACE_BLOCKS,
  ...CROWD_BLOCKS,
  ...SAID_AGAIN_BLOCKS,
  ...SLEEP_BLOCKS,
  ...SEPARATE_RESPONSE_BLOCKS,
  ...REGISTER_FORM_BLOCKS,
  ...LOST_ANSWER_BLOCKS,
  ...MOVE_BLOCKS,
  ...PRECEDENCE_BLOCKS,
  ...COMPLETED_LATE_BLOCKS,
  ...REFUSAL_BLOCKS,
  ...EXECUTE_AND_MIRROR_BLOCKS,
  ...ASLEEP_BLOCKS,
  ...HELD_BACK_BLOCKS,
  ...OUT_OF_REACH_BLOCKS,
  ...END_BLOCKS,
  ...NEW_LIFETIME_BLOCKS,
  ...ODD_ANSWER_BLOCKS,
  ...SEVERAL_WAITING_BLOCKS,
  ...LONG_SILENCE_BLOCKS,
  ...REGISTERS_ELSEWHERE_BLOCKS,
  ...SERVER_PROPERTY_BLOCKS,
  ...MISTAKEN_BLOCKS,
  ...CANCEL_DISTURBED_BLOCKS,
  ...SCHEDULED_BLOCKS,
  ...DECLARED_CHOICE_BLOCKS,
  ...MAYBE_FAILED_BLOCKS,
  ...CHANGES_ITSELF_BLOCKS,
  ...ODD_REQUEST_BLOCKS,
  ...SHORTENED_LIFETIME_BLOCKS,
  ...FIRMWARE_BLOCKS,
  ...FIRMWARE_ACCEPTED_BLOCKS,
  ...FIRMWARE_DISTURBED_BLOCKS,
  ...FIRMWARE_END_BLOCKS,
  ...RESTART_BLOCKS,
  ...RESTART_DEADLINE_BLOCKS,
  ...RESTART_AFTERWARDS_BLOCKS,
  ...BLOCK_TRANSFER_BLOCKS,
  ...BLOCK_TRANSFER_DISTURBED_BLOCKS,
  ...BLOCK_TRANSFER_INTERRUPTED_BLOCKS,
  ...FIRMWARE_TRANSFER_BLOCKS,
  ...RESTART_FIRMWARE_BLOCKS,
] as const;

export type BlockId = (typeof ROWS)[number]["id"];

export const ALL_BLOCKS: readonly BuildingBlock<BlockId>[] = ROWS;
