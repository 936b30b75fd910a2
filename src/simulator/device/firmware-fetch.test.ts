/** Downloads by HTTP that the driver performs. */
import { describe, expect, it } from "vitest";
import { codes, IMAGE, run, story, write } from "./firmware-test-kit.ts";
import type { FetchOutcome } from "./types.ts";

const URL = "http://127.0.0.1:8080/v1.1/updates/urls/abc";
const CAME: FetchOutcome = { kind: "image", bytes: IMAGE };
const HTTP = { protocols: ["http" as const], httpImage: { name: "other", version: "9.9" } };

const fetching = (
  fetched: readonly (readonly [number, number, FetchOutcome])[],
  {
    requests = [],
    commands = [],
    ...more
  }: Parameters<typeof run>[0]["script"] & { readonly largestImage?: number } = {},
) => {
  const { largestImage, ...script } = more;
  return run({
    firmware: { ...HTTP, ...(largestImage === undefined ? {} : { largestImage }) },
    requests: [[1_000, write(URL)], ...requests],
    script: { fetched, commands, ...script },
  });
};
const fetches = ({ effects }: ReturnType<typeof run>) => effects.filter(({ kind }) => kind === "fetch");

describe("a download by HTTP that the driver performs", () => {
  it("is asked for once, with the URL and the room that there is, and takes as long as it takes", () => {
    const done = fetching([[30_000, 1, CAME]], { largestImage: 70_000 });
    expect(fetches(done)).toEqual([{ kind: "fetch", number: 1, url: URL, largest: 70_000 }]);
    expect(story(done)).toEqual(["1 s uri-written 1/0 1.0.0", `30 s download ${URL} 0`, "30 s downloaded 2/0 1.0.0"]);
    expect(story(fetching([]))).toEqual(["1 s uri-written 1/0 1.0.0"]);
  });

  it.each([
    [{ kind: "refused" }, 7],
    [{ kind: "too-large" }, 2],
    [{ kind: "lost" }, 4],
    [{ kind: "image", bytes: new Uint8Array(9) }, 6],
  ] as const)("that ends with %j has Result %i", (outcome, result) => {
    const ended = fetching([[5_000, 1, outcome]]);
    expect(story(ended).slice(1)).toEqual([`5 s download ${URL} ${result}`, `5 s download-failed 0/${result} 1.0.0`]);
  });

  it("that nobody waits for any more changes nothing: after a reset, after a reboot, for another attempt, twice", () => {
    const reset = fetching([[5_000, 1, CAME]], { requests: [[3_000, write("")]] });
    expect(story(reset)).toEqual(["1 s uri-written 1/0 1.0.0", "3 s reset 0/0 1.0.0"]);
    const rebooted = fetching([[9_000, 1, CAME]], { commands: [[3_000, { kind: "reboot" }]] });
    expect(story(rebooted).some((line) => line.includes("downloaded"))).toBe(false);
    const again = fetching(
      [
        [6_000, 1, CAME],
        [7_000, 2, CAME],
        [8_000, 2, { kind: "lost" }],
      ],
      {
        requests: [
          [3_000, write("")],
          [4_000, write(URL)],
        ],
      },
    );
    expect(fetches(again)).toHaveLength(2);
    expect(story(again).at(-1)).toBe("7 s downloaded 2/0 1.0.0");
    expect(codes(again)).toEqual(["2.04", "2.04", "2.04"]);
  });

  it("that ends while the device is offline has not reached it: Result 4", () => {
    const offline = fetching([[5_000, 1, CAME]], {
      faults: [{ kind: "offline", device: 0, from: 4_000, until: 8_000 }],
    });
    expect(story(offline).at(-1)).toBe("5 s download-failed 0/4 1.0.0");
  });
});
