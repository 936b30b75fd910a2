import { describe, expect, it } from "vitest";
import { type Announcement, readAnnouncement, readWorkerMessage, type WorkerMessage } from "./messages.ts";

const ANNOUNCED: Announcement = {
  run: "abc",
  version: "1.0.0",
  work: "verify",
  state: "gathering",
  members: [],
  open: true,
  locks: { duration: 1, check: 1, mayStall: 0 },
};
const SAID: WorkerMessage = { run: "abc", version: "1.0.0", worker: "w", name: "rack-2", state: "offers" };

describe("readAnnouncement", () => {
  it("reads what a coordinator of the same version says", () => {
    expect(readAnnouncement(JSON.stringify(ANNOUNCED), "1.0.0")).toEqual({
      kind: "announcement",
      announcement: ANNOUNCED,
    });
  });

  it("reads run and version of another version, whatever else that says", () => {
    const strange = JSON.stringify({ run: "abc", version: "7.0.0", colour: "blue" });
    expect(readAnnouncement(strange, "1.0.0")).toEqual({ kind: "other-version", run: "abc", version: "7.0.0" });
  });

  it.each(["", "{", "null", '{"run":"a b","version":"1.0.0"}', JSON.stringify({ ...ANNOUNCED, state: "dancing" })])(
    "hears nothing in %j",
    (text) => expect(readAnnouncement(text, "1.0.0")).toBeUndefined(),
  );
});

describe("readWorkerMessage", () => {
  it("reads what a worker says about this run, and nothing about another", () => {
    expect(readWorkerMessage(JSON.stringify(SAID), "abc")).toEqual(SAID);
    expect(readWorkerMessage(JSON.stringify(SAID), "abd")).toBeUndefined();
    expect(readWorkerMessage("[]", "abc")).toBeUndefined();
  });
});
