import { describe, expect, it } from "vitest";
import { createRandomSource } from "../../platform/random.ts";
import { address } from "../../protocol/address.ts";
import { readMessageId } from "../../protocol/coap/message.ts";
import { COAP_DEFAULTS } from "../../protocol/coap/params.ts";
import { readContent } from "../../protocol/lwm2m/operations.ts";
import { SIMULATION_START } from "../../protocol/time.ts";
import { DeviceModel } from "../model/device.ts";
import { newEndpoint } from "./state.ts";

const SERVER = address("192.0.2.1:5683");

/** The message id of the first message after so many boots. */
function firstMessageId(seed: string, boots: number): number {
  const endpoint = newEndpoint(
    {
      name: "meter-7",
      index: 0,
      model: DeviceModel.parse({}),
      faults: [],
      server: SERVER,
      coap: COAP_DEFAULTS,
      random: createRandomSource(seed),
      start: SIMULATION_START,
      registersAt: undefined,
    },
    boots,
  );
  const { effects } = endpoint.request(SERVER, readContent([3, 0, 3]), SIMULATION_START);
  const [sent] = effects.flatMap((effect) => (effect.kind === "send" ? [effect.bytes] : []));
  return sent === undefined ? -1 : readMessageId(sent);
}

describe("newEndpoint", () => {
  it("begins after each of 12 boots a thousand message ids or more away from all boots before, whatever the seed (RFC 7252 §4.4)", () => {
    for (const seed of ["a", "b", "c"]) {
      const ids = Array.from({ length: 12 }, (_, boots) => firstMessageId(seed, boots)).sort((a, b) => a - b);
      const gaps = ids.map((id, at) => (ids[at + 1] ?? (ids[0] ?? 0) + 65_535) - id);
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000);
    }
  });

  it("begins elsewhere with another seed, and in the same place with the same", () => {
    expect(firstMessageId("a", 1)).toBe(firstMessageId("a", 1));
    expect(firstMessageId("a", 1)).not.toBe(firstMessageId("b", 1));
  });
});
