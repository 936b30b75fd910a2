import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../platform/errors.ts";
import { writeText } from "../../platform/files.ts";
import { uniqueName } from "../../platform/hash.ts";
import { readRunRecord, readSavedPlan, readVerdict } from "./formats.ts";

const PLAN = `{
  "formatVersion": 1, "id": "queue-1", "family": "queue", "simSeed": "s", "profile": {}, "deviceTypes": [{}],
  "fleet": [{}], "latency": 0, "operations": [], "faults": [], "quietFrom": 0, "until": 1000
}`;
const SAVED_PLAN = `{ "formatVersion": 1, "fleetproof": "0.1.0", "target": "sim", "plan": ${PLAN} }`;
const RUN_RECORD = `{
  "formatVersion": 1, "fleetproof": "0.1.0", "node": "v20.20.2", "status": "complete", "target": "sim",
  "profile": "artik", "seed": "1", "arguments": [], "startedAt": "2026-01-01T00:00:00Z"
}`;
const VERDICT = `{
  "formatVersion": 1, "outcome": "pass", "reason": "1 requirements kept in 1 plans", "target": "sim", "seed": "1",
  "profile": "artik", "runs": 1, "distinctSequences": 1, "devices": 1, "cutOff": 0, "harnessErrors": [],
  "interrupted": false, "requirements": [], "failures": [], "observedChoices": []
}`;

const newer = (text: string): string => text.replace('"formatVersion": 1', '"formatVersion": 2, "added": true');

async function read<T>(reader: (file: string) => Promise<T>, text: string): Promise<T> {
  const file = path.join(tmpdir(), `fleetproof-${uniqueName()}`, "file.json");
  await writeText(file, text);
  return reader(file).catch((error: Error) => {
    expect(error).toBeInstanceOf(UsageError);
    throw new Error(error.message.replaceAll(file, "FILE"));
  });
}

describe("a file of this format", () => {
  it("is read: saved plan, run record, verdict", async () => {
    expect((await read(readSavedPlan, SAVED_PLAN)).plan.id).toBe("queue-1");
    expect((await read(readRunRecord, RUN_RECORD)).seed).toBe("1");
    expect((await read(readVerdict, VERDICT)).outcome).toBe("pass");
  });
});

describe("a file of a newer format", () => {
  it("is refused with what is newer, and with the version that wrote it where the file names it", async () => {
    await expect(read(readSavedPlan, newer(SAVED_PLAN))).rejects.toThrow(
      "FILE: saved plan format 2 is newer than this version reads (1): use the Fleetproof that wrote it (0.1.0) or newer",
    );
    await expect(read(readSavedPlan, SAVED_PLAN.replace(PLAN, newer(PLAN)))).rejects.toThrow(
      "FILE: plan format 2 is newer than this version reads (1): use the Fleetproof that wrote it (0.1.0) or newer",
    );
    await expect(read(readRunRecord, newer(RUN_RECORD))).rejects.toThrow(
      "FILE: run record format 2 is newer than this version reads (1): use the Fleetproof that wrote it (0.1.0) or newer",
    );
    await expect(read(readVerdict, newer(VERDICT))).rejects.toThrow(
      "FILE: verdict format 2 is newer than this version reads (1): use a newer Fleetproof",
    );
  });
});

describe("a file that is something else", () => {
  it("is refused with the field that does not fit", async () => {
    await expect(read(readSavedPlan, PLAN)).rejects.toThrow("FILE is not a saved plan: fleetproof: ");
    await expect(read(readSavedPlan, SAVED_PLAN.replace('"s"', "7"))).rejects.toThrow("plan.simSeed: ");
    await expect(read(readVerdict, "[]")).rejects.toThrow("FILE is not a verdict: ");
    await expect(read(readRunRecord, '{ "formatVersion": "two" }')).rejects.toThrow("not a run record: formatVersion");
  });
});
