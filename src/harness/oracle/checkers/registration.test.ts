import { describe, expect, it } from "vitest";
import { deregisterContent } from "../../../protocol/lwm2m/registration-requests.ts";
import { ARTIK, EMPTY_PROFILE } from "../../../protocol/profile.ts";
import { history, type Story } from "../test-history.ts";

describe("answersRegistration, Register", () => {
  it("breaks G-01 when a Register is refused", () => {
    const story = history().register(0, 1, { answer: "5.03" });
    expect(story.finding("G-01")).toEqual({
      requirement: "G-01",
      events: [0, 1],
      expected: "the Register of device 0 is answered 2.01 with a location below /rd",
      actual: "5.03",
    });
  });

  it.each(["rd", "elsewhere/1"])("breaks G-01 when the location is /%s", (location) => {
    expect(history().register(0, 1, { location }).finding("G-01")).toMatchObject({
      actual: `2.01 with Location-Path "${location}"`,
    });
  });

  it("breaks G-01 when nothing is answered within 1 s", () => {
    expect(history().register(0, 1, { answer: "none" }).askAgain(0, 2.5).finding("G-01")).toEqual({
      requirement: "G-01",
      events: [0],
      expected: "the register of device 0 is answered within 1.000 s",
      actual: "no answer",
    });
  });

  it("leaves a single unanswered Register open live: the network may have lost it, but not two", () => {
    const story = history({ live: true }).register(0, 1, { answer: "none" });
    expect(story.update(0, 20, { answer: "none" }).outcome("G-01")).toBe("inconclusive");
    const twice = history({ live: true }).register(0, 1, { answer: "none" }).askAgain(0, 3);
    expect(twice.update(0, 20, { answer: "none" }).outcome("G-01")).toBe("fail");
  });

  it("says nothing of a Register whose message id a rebooted device used too early: the server takes it for a copy", () => {
    const story = history().register(0, 1, { messageId: 77 }).reboot(0, 2);
    story.register(0, 3, { messageId: 77, answer: "none" }).askAgain(0, 5).update(0, 9);
    expect(story.findings()).toEqual([]);
    // After EXCHANGE_LIFETIME, 247 s, it is a message like any other.
    const later = history().register(0, 1, { messageId: 77 }).reboot(0, 2);
    later.register(0, 300, { messageId: 77, answer: "none" }).askAgain(0, 303).update(0, 309);
    expect(later.outcome("G-01")).toBe("fail");
  });

  it("breaks G-02 when a device that is registered may not register again", () => {
    const story = history().register(0, 1).register(0, 2, { answer: "4.03" });
    expect(story.finding("G-02")).toMatchObject({ actual: "4.03" });
  });

  it("breaks G-02 when the replaced location is still alive", () => {
    const story = history().register(0, 1, { location: "rd/old" }).register(0, 2, { location: "rd/new" });
    story.update(0, 3, { location: "rd/old" }).as("answer");
    expect(story.finding("G-02")).toEqual({
      requirement: "G-02",
      events: [story.event("answer") - 1, story.event("answer")],
      expected: "the update of device 0 to an unknown or ended registration is answered 4.04",
      actual: "2.04",
    });
  });

  it("keeps G-01 and G-02, with a new location or the same one again (choice 15)", () => {
    const fresh = history().register(0, 1).register(0, 2);
    expect(fresh.outcome("G-01")).toBe("pass");
    expect(fresh.outcome("G-02")).toBe("pass");
    const lenient = history({ profile: EMPTY_PROFILE });
    const reused = lenient.register(0, 1, { location: "rd/a" }).register(0, 2, { location: "rd/a" });
    expect(reused.update(0, 3, { location: "rd/a" }).findings()).toEqual([]);
  });

  it("keeps G-02 when the replaced location gets 4.04", () => {
    const story = history().register(0, 1, { location: "rd/old" }).register(0, 2);
    expect(story.update(0, 3, { location: "rd/old", answer: "4.04" }).verdict("G-02")).toMatchObject({
      examined: 3,
      findings: [],
    });
  });

  it("breaks G-03 when the copy of a Register gets another answer", () => {
    const story = history().register(0, 1, { location: "rd/a" }).as("first").askAgain(0, 2);
    story.answerRegistration(0, 2, "2.01", "rd/b").as("second");
    expect(story.finding("G-03")).toEqual({
      requirement: "G-03",
      events: [story.event("first"), story.event("second")],
      expected: "the repeated Register of device 0 gets the answer of the first copy",
      actual: "another answer",
    });
  });

  it("breaks G-03 when the copy of a Register gets no answer within 1 s; live, that is open", () => {
    const story = history().register(0, 1, { location: "rd/a" }).as("first").askAgain(0, 2).as("copy").update(0, 4);
    expect(story.finding("G-03")).toEqual({
      requirement: "G-03",
      events: [story.event("first"), story.event("copy")],
      expected: "the repeated Register of device 0 gets the answer of the first copy within 1.000 s",
      actual: "no answer",
    });
    const live = history({ live: true }).register(0, 1).askAgain(0, 2).update(0, 20);
    expect(live.outcome("G-03")).toBe("inconclusive");
  });

  it("keeps the lifetime open from an Update to its copy: either may start it anew (RFC 7252 §4.5)", () => {
    const story = history()
      .register(0, 1, { lifetime: 60 })
      .update(0, 20)
      .askAgain(0, 25)
      .answerRegistration(0, 25, "2.04");
    story.create(0, 82).request(0, 82);
    expect(story.findings()).toEqual([]);
    const over = history().register(0, 1, { lifetime: 60 }).update(0, 20).create(0, 82).request(0, 82);
    expect(over.outcome("Q-03")).toBe("fail");
  });

  it("keeps G-03 when it gets the same answer, also after another Register", () => {
    const story = history().register(0, 1, { location: "rd/a" }).askAgain(0, 2);
    expect(story.answerRegistration(0, 2, "2.01", "rd/a").outcome("G-03")).toBe("pass");
  });

  it("takes the same message id for another Register after EXCHANGE_LIFETIME, 247 s", () => {
    const story = history().register(0, 1, { location: "rd/a" }).askAgain(0, 249);
    expect(story.answerRegistration(0, 249, "2.01", "rd/b").findings()).toEqual([]);
    expect(story.outcome("G-03")).toBe("not-exercised");
  });

  it("exercises none of them by a device that does not register, nor G-02 and G-03 by one Register", () => {
    expect(history().create(0, 1).outcome("G-01")).toBe("not-exercised");
    expect(history().register(0, 1).outcome("G-02")).toBe("not-exercised");
    expect(history().register(0, 1).outcome("G-03")).toBe("not-exercised");
  });
});

describe("answersRegistration, Update and De-register", () => {
  it("breaks G-04 when the Update of a registered device is refused", () => {
    expect(history().register(0, 1).update(0, 2, { answer: "4.04" }).finding("G-04")).toEqual({
      requirement: "G-04",
      events: [2, 3],
      expected: "the update of device 0 to an alive registration is answered 2.04",
      actual: "4.04",
    });
  });

  it("breaks G-04 when an Update to a location that never was is accepted", () => {
    expect(history().update(0, 2, { location: "rd/never" }).outcome("G-04")).toBe("fail");
    expect(history().register(0, 1).update(0, 2, { location: "rd/never" }).outcome("G-04")).toBe("fail");
  });

  it("breaks G-05 when an Update after the lifetime of 60 s is accepted", () => {
    expect(history().register(0, 1, { lifetime: 60 }).update(0, 62).finding("G-05")).toMatchObject({
      expected: "the update of device 0 to an unknown or ended registration is answered 4.04",
      actual: "2.04",
    });
  });

  it("breaks G-06 when De-register is refused, and when an Update after it is accepted", () => {
    expect(history().register(0, 1).deregister(0, 2, { answer: "4.04" }).outcome("G-06")).toBe("fail");
    expect(history().register(0, 1).deregister(0, 2).update(0, 3).outcome("G-06")).toBe("fail");
  });

  it("lets a De-register that names no location be refused by any error, and breaks G-06 when it is taken", () => {
    const bare = (answer: "2.02" | "4.05" | "5.01") =>
      history()
        .register(0, 1)
        .asks(0, 2, deregisterContent(["rd"]), { answer });
    expect(bare("4.05").outcome("G-06")).toBe("pass");
    expect(bare("5.01").outcome("G-06")).toBe("pass");
    expect(bare("2.02").finding("G-06")).toMatchObject({
      expected: "the deregister of device 0 to what never was a location is refused",
      actual: "2.02",
    });
  });

  it("keeps G-04, G-05 and G-06", () => {
    const story = history()
      .register(0, 1, { lifetime: 60 })
      .update(0, 50)
      .update(0, 100)
      .update(0, 161, { answer: "4.04" });
    expect(story.verdict("G-04")).toMatchObject({ examined: 2, findings: [] });
    expect(story.verdict("G-05")).toMatchObject({ examined: 1, findings: [] });
    const gone = history().register(0, 1).deregister(0, 2).update(0, 3, { answer: "4.04" });
    expect(gone.verdict("G-06")).toMatchObject({ examined: 2, findings: [] });
  });

  it("counts by the lifetime that an Update says, longer or shorter: G-04 before its end, G-05 after it", () => {
    const told = (lifetime: number) => history().register(0, 1, { lifetime: 60 }).update(0, 10, { lifetime });
    expect(told(300).update(0, 200).findings()).toEqual([]);
    expect(told(300).update(0, 200, { answer: "4.04" }).outcome("G-04")).toBe("fail");
    expect(told(20).update(0, 40, { answer: "4.04" }).findings()).toEqual([]);
    expect(told(20).update(0, 40).finding("G-05")).toMatchObject({ actual: "2.04" });
    expect(told(20).create(0, 40).request(0, 40).outcome("Q-03")).toBe("fail");
    expect(told(300).create(0, 200).request(0, 200).findings()).toEqual([]);
  });

  it("lets the lifetime stay that was said last, by Register or Update, when an Update says none", () => {
    const plain = history().register(0, 1, { lifetime: 60 }).update(0, 30);
    expect(plain.update(0, 95).finding("G-05")).toMatchObject({ actual: "2.04" });
    const changed = () => history().register(0, 1, { lifetime: 60 }).update(0, 10, { lifetime: 300 }).update(0, 200);
    expect(changed().update(0, 450).findings()).toEqual([]);
    expect(changed().update(0, 450, { answer: "4.04" }).outcome("G-04")).toBe("fail");
    expect(changed().update(0, 501).outcome("G-05")).toBe("fail");
  });

  it("lets the lifetime stay when the Update that says another one is refused, or says 0: then the default counts", () => {
    const refused = history().register(0, 1, { lifetime: 60 }).move(0).update(0, 10, { lifetime: 300, answer: "4.04" });
    expect(refused.move(0).update(0, 70).outcome("G-05")).toBe("fail");
    const zero = history().register(0, 1, { lifetime: 60 }).update(0, 10, { lifetime: 0 }).update(0, 86_000);
    expect(zero.outcome("G-05")).toBe("not-exercised");
  });

  it.each(["2.04", "4.04"] as const)(
    "leaves open at the exact end of the lifetime whether it is %s (choice 16)",
    (answer) => {
      const story = history().register(0, 1, { lifetime: 60 }).update(0, 61, { answer });
      expect(story.outcome("G-05")).toBe("inconclusive");
      expect(story.findings()).toEqual([]);
    },
  );

  it("follows the server's answer at the exact end of the lifetime", () => {
    const alive = history().create(0, 0).register(0, 1, { lifetime: 60 }).request(0, 1).reset(0, 2);
    expect(alive.update(0, 61).request(0, 61).findings()).toEqual([]);
  });

  it.each([57, 58.6, 60, 63])("leaves open live, 2.5 s around the end of the lifetime at 61 s: at %s s", (at) => {
    for (const answer of ["2.04", "4.04"] as const) {
      const story = history({ live: true }).register(0, 1, { lifetime: 60 }).update(0, at, { answer });
      if (at === 57) expect(story.outcome("G-04")).toBe(answer === "2.04" ? "pass" : "fail");
      else expect(story.findings()).toEqual([]);
    }
  });

  it("counts a lifetime of 0 as the default of 86400 s (choice 16)", () => {
    const story = history().register(0, 1, { lifetime: 0 }).update(0, 86_000).update(0, 172_399);
    expect(story.verdict("G-04")).toMatchObject({ examined: 2, findings: [] });
    expect(history().register(0, 1).update(0, 86_402).outcome("G-05")).toBe("fail");
  });

  it("asks an Update from a new address to be accepted, or the device to register again where it is not declared", () => {
    const moved = (answer: "2.04" | "4.04", options = {}): Story =>
      history(options).register(0, 1).move(0).update(0, 2, { answer });
    expect(moved("2.04").outcome("G-04")).toBe("pass");
    expect(moved("4.04").outcome("G-04")).toBe("fail");
    expect(moved("4.04", { profile: EMPTY_PROFILE }).outcome("G-04")).toBe("pass");
  });

  it("leaves an Update open that meets an unanswered Register or De-register", () => {
    const story = history({ live: true }).register(0, 1, { location: "rd/old" }).register(0, 2, { answer: "none" });
    story.update(0, 2.05, { location: "rd/old", answer: "4.04" });
    expect(story.findings()).toEqual([]);
  });

  it("exercises none of them without an Update or De-register", () => {
    for (const requirement of ["G-04", "G-05", "G-06"])
      expect(history().register(0, 1).outcome(requirement)).toBe("not-exercised");
  });
});

describe("answersRegistration, the location at another Register (choice 15)", () => {
  const again = (location: string, locationAtReRegister: "new" | "reused" | undefined): Story => {
    const { locationAtReRegister: _own, ...silent } = ARTIK;
    const profile = locationAtReRegister === undefined ? silent : { ...silent, locationAtReRegister };
    return history({ profile }).register(0, 1, { location: "rd/a" }).register(0, 9, { location });
  };

  it("breaks G-02 by the same location where a new one is declared, and by a new one where it is to be reused", () => {
    expect(again("rd/a", "new").finding("G-02")).toEqual({
      requirement: "G-02",
      events: [2, 3],
      expected: "device 0, which registers again, gets a new location",
      actual: "location rd/a",
    });
    expect(again("rd/b", "reused").finding("G-02")).toMatchObject({
      expected: "device 0, which registers again, keeps its location, rd/a",
      actual: "location rd/b",
    });
  });

  it("keeps G-02 by what is declared, and takes note of what an undeclared server does, which must be one thing", () => {
    expect(again("rd/b", "new").verdict("G-02")).toMatchObject({ examined: 2, findings: [] });
    expect(again("rd/a", "reused").verdict("G-02")).toMatchObject({ examined: 2, findings: [] });
    expect(again("rd/a", undefined).judge().choices).toMatchObject([{ requirement: "G-02", value: "reused" }]);
    expect(again("rd/a", undefined).register(0, 20, { location: "rd/c" }).outcome("G-02")).toBe("fail");
  });

  it("asks nothing of a device that has left, or whose lifetime is over: any location will do", () => {
    const left = history().register(0, 1, { location: "rd/a" }).deregister(0, 5).register(0, 9, { location: "rd/a" });
    expect(left.findings()).toEqual([]);
    const lapsed = history().register(0, 1, { location: "rd/a", lifetime: 5 });
    expect(lapsed.register(0, 6, { location: "rd/a" }).findings()).toEqual([]);
  });
});

describe("answersRegistration, an Update from a new address (choice 14)", () => {
  const requiring = { profile: { ...ARTIK, updateFromNewAddress: "require-register" } as const };

  it("breaks G-04 when it is accepted, though a Register is declared to be asked for", () => {
    const story = history(requiring).register(0, 1).move(0).update(0, 5);
    expect(story.finding("G-04")).toEqual({
      requirement: "G-04",
      events: [2, 3],
      expected: "the update of device 0 from a new address is refused, so that it registers",
      actual: "2.04",
    });
  });

  it("keeps G-04 by any refusal, and by 2.04 from the address that is known", () => {
    for (const answer of ["4.00", "4.03", "4.04"] as const)
      expect(history(requiring).register(0, 1).move(0).update(0, 5, { answer }).outcome("G-04")).toBe("pass");
    expect(history(requiring).register(0, 1).update(0, 5).outcome("G-04")).toBe("pass");
  });
});
