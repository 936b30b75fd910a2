import { describe, expect, it } from "vitest";
import { EMPTY_PROFILE } from "../../protocol/profile.ts";
import { SHIPPED_PROFILES } from "../../scenarios/profiles/shipped-profiles.ts";
import { REQUIREMENTS } from "../../scenarios/requirements.ts";
import { declaredGrounds } from "./declared-grounds.ts";

describe("declaredGrounds", () => {
  it("names the declared times of retransmission for R-07, and the options that tell other ones", () => {
    expect(declaredGrounds(SHIPPED_PROFILES.live, "R-07")).toBe(
      " (the profile live declares ackTimeout 0.3 s, ackRandomFactor 1.5 and maxRetransmit 1; if the server does otherwise, say so by --profile, --ack-timeout, --max-retransmit)",
    );
  });

  it("says what is presumed where the profile declares nothing", () => {
    expect(declaredGrounds(EMPTY_PROFILE, "R-07")).toBe(
      " (the profile empty leaves open, so that this is presumed: ACK_TIMEOUT 2 s and MAX_RETRANSMIT 4 (RFC 7252 §4.8); if the server does otherwise, say so by --profile, --ack-timeout, --max-retransmit)",
    );
  });

  it("joins what is declared and what is not for R-06", () => {
    const text = declaredGrounds(SHIPPED_PROFILES.live, "R-06");
    expect(text).toContain("maxRetransmit 1, responseTimeout 1.5 s, and leaves open");
    expect(text).toContain("presumed: no retry by timer (timerRetry); if");
    expect(declaredGrounds({ ...SHIPPED_PROFILES.live, timerRetry: 30 }, "R-06")).toContain("timerRetry 30 s; if");
  });

  it("has something to say for a few requirements, and nothing for the others", () => {
    const ids = REQUIREMENTS.map(({ id }) => id).filter((id) => declaredGrounds(EMPTY_PROFILE, id) !== "");
    expect(ids.sort()).toEqual(["Q-07", "R-01", "R-02", "R-06", "R-07"]);
  });
});
