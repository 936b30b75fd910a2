/**
 * Downloads of firmware images by HTTP for all devices of a live fleet: a bounded number at once, the others wait in their
 * order. Thousands of devices that learn of one image at one moment would else open thousands of connections, each with
 * a whole image in our memory.
 */
import type { FetchOutcome } from "../../simulator/device/types.ts";
import type { Agenda } from "../live/agenda.ts";
import { downloadImage } from "../live/image-download.ts";

export interface Downloads {
  /**
   * @param largest bytes of the largest image that is taken
   * @param settle called once, later
   * @returns how to give it up; `settle` is not called then
   */
  start(wanted: WantedImage, settle: (outcome: FetchOutcome) => void): () => void;
}

export interface WantedImage {
  readonly url: string;
  readonly largest: number;
}

export interface DownloadsOptions {
  readonly agenda: Agenda;
  /** At once. */
  readonly most: number;
  /** Default: by HTTP, from this machine. */
  readonly download?: typeof downloadImage;
}

export function createDownloads({ agenda, most, download = downloadImage }: DownloadsOptions): Downloads {
  const waiting = new Set<() => void>();
  let underWay = 0;
  const next = (): void => {
    for (const begin of waiting) {
      if (underWay >= most) return;
      waiting.delete(begin);
      underWay += 1;
      begin();
    }
  };
  const end = (): void => {
    underWay -= 1;
    next();
  };
  return {
    start(wanted, settle) {
      let giveUp: (() => void) | undefined;
      const begin = (): void => {
        giveUp = download({ ...wanted, agenda }, (outcome) => {
          giveUp = undefined;
          end();
          settle(outcome);
        });
      };
      waiting.add(begin);
      next();
      return () => {
        waiting.delete(begin);
        if (giveUp === undefined) return;
        giveUp();
        giveUp = undefined;
        end();
      };
    },
  };
}
