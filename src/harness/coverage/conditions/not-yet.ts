/**
 * Conditions that have a name but cannot be met: plans cannot say such things, or devices cannot do them, so far.
 */
import type { NotYet } from "../condition.ts";

const BLOCK_WISE = "no plan has a value that does not fit into one datagram, or a device with small blocks";
const OTA = "firmware updates are not built: a plan has no such task";
const RESTART = "a plan has no operation that restarts the server";

export const NOT_YET: readonly NotYet[] = [
  { id: "block-wise-read", reachable: "not-yet", sentence: "a value was read in several blocks", reason: BLOCK_WISE },
  {
    id: "block-wise-write",
    reachable: "not-yet",
    sentence: "a value was written in several blocks",
    reason: BLOCK_WISE,
  },
  {
    id: "block-lost",
    reachable: "not-yet",
    sentence: "a block in the middle of a transfer was lost, and the transfer began again",
    reason: BLOCK_WISE,
  },
  { id: "update-downloaded", reachable: "not-yet", sentence: "a device downloaded a firmware image", reason: OTA },
  {
    id: "update-of-unregistered-device",
    reachable: "not-yet",
    sentence: "a firmware update was created for a device that was not registered",
    reason: OTA,
  },
  { id: "update-rejected", reachable: "not-yet", sentence: "a device rejected a firmware update", reason: OTA },
  {
    id: "update-interrupted-by-reboot",
    reachable: "not-yet",
    sentence: "a device rebooted during a download",
    reason: OTA,
  },
  {
    id: "update-to-wrong-version",
    reachable: "not-yet",
    sentence: "a device came back with another version than that of the image",
    reason: OTA,
  },
  {
    id: "restart-with-waiting-tasks",
    reachable: "not-yet",
    sentence: "the server was restarted while tasks waited",
    reason: RESTART,
  },
  {
    id: "restart-in-flight",
    reachable: "not-yet",
    sentence: "the server was restarted while an exchange was open",
    reason: RESTART,
  },
];
