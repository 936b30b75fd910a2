import { describe, expect, it } from "vitest";
import { stringOption, URI_PATH } from "../../../protocol/coap/options.ts";
import { readContent } from "../../../protocol/lwm2m/operations.ts";
import { REGISTER_DEFECTS } from "../../../simulator/model/device.ts";
import { history, type Story } from "../test-history.ts";

describe("refusesMalformedRegisters", () => {
  it.each([
    ["no-endpoint", "without an endpoint name"],
    ["empty-endpoint", "without an endpoint name"],
    ["foreign-version", "of another major version of LwM2M"],
    ["lifetime-no-number", "whose lifetime is no number"],
    ["no-objects", "without objects"],
    ["garbled-objects", "with a payload that names no object"],
  ] as const)("breaks G-07 when a Register is accepted: %s", (defect, sentence) => {
    const story = history().registerBadly(0, 1, defect, "2.01").as("answer");
    expect(story.finding("G-07")).toEqual({
      requirement: "G-07",
      events: [story.event("answer") - 1, story.event("answer")],
      expected: `a Register of device 0 ${sentence} is refused`,
      actual: "2.01",
    });
  });

  it.each(REGISTER_DEFECTS)("keeps G-07 by any error, and judges nothing else by it: %s", (defect) => {
    for (const code of ["4.00", "4.12", "4.03", "5.00"] as const) {
      const story = history().registerBadly(0, 1, defect, code);
      expect(story.outcome("G-07")).toBe("pass");
      expect(story.outcome("G-01")).toBe("not-exercised");
    }
  });

  it("breaks G-07, and Q-03, when a refused Register lets a waiting task go", () => {
    const story = history().create(0, 1).registerBadly(0, 2, "foreign-version", "4.12").as("refused");
    story.request(0, 2).as("request");
    expect(story.finding("G-07")).toEqual({
      requirement: "G-07",
      events: [story.event("refused") - 1, story.event("request")],
      expected: "a Register of device 0 of another major version of LwM2M lets nothing go",
      actual: "task 0 (R deviceProperties.device.timezone) of device 0 was sent",
    });
    expect(story.outcome("Q-03")).toBe("fail");
  });

  it("breaks G-07 when a refused Register brings the retry of a failed attempt", () => {
    const failed = (): Story => history().register(0, 1).create(0, 2).request(0, 2).reset(0, 3);
    expect(failed().registerBadly(0, 4, "no-objects").request(0, 4).outcome("G-07")).toBe("fail");
    expect(failed().registerBadly(0, 4, "no-objects").update(0, 5).request(0, 5).outcome("G-07")).toBe("pass");
    // Long after it, the retry has another reason.
    expect(failed().registerBadly(0, 4, "no-objects").request(0, 40).outcome("G-07")).toBe("pass");
  });

  it("leaves the registration before it alone", () => {
    const story = history().register(0, 1).registerBadly(0, 2, "no-objects").update(0, 3).create(0, 4).request(0, 4);
    expect(story.findings()).toEqual([]);
    expect(story.outcome("G-04")).toBe("pass");
  });

  it("leaves open a Register that is rejected without an answer", () => {
    const story = history().registerBadly(0, 1, "no-endpoint", "none").update(0, 9);
    expect(story.outcome("G-07")).toBe("inconclusive");
    expect(story.outcome("G-01")).toBe("not-exercised");
  });

  it("is not exercised by sound Registers, refused or not", () => {
    expect(history().register(0, 1).create(0, 2).request(0, 2).outcome("G-07")).toBe("not-exercised");
    expect(history().register(0, 1, { answer: "4.03" }).outcome("G-07")).toBe("not-exercised");
  });
});

describe("keepsAlternatePath", () => {
  const below = (rootPath: string): Story => history().register(0, 1, { rootPath }).create(0, 2);
  const read = (root: string) => readContent([3, 0, 15], undefined, root);

  it("breaks G-08 by a request without the path, with another one, or with the path at the end", () => {
    const story = below("/lwm2m")
      .request(0, 2, { content: read("/") })
      .as("request");
    expect(story.finding("G-08")).toEqual({
      requirement: "G-08",
      events: [story.event("request")],
      expected: "requests to device 0 begin with its path /lwm2m",
      actual: "/3/0/15",
    });
    expect(
      below("/lwm2m")
        .request(0, 2, { content: read("/m2m") })
        .outcome("G-08"),
    ).toBe("fail");
    const { code, options, payload } = read("/");
    const atTheEnd = { code, payload, options: [...options, stringOption(URI_PATH, "lwm2m")] };
    expect(below("/lwm2m").request(0, 2, { content: atTheEnd }).outcome("G-08")).toBe("fail");
  });

  it("breaks G-08 by the path of another device where none was declared", () => {
    const story = history()
      .register(0, 1)
      .create(0, 2)
      .request(0, 2, { content: read("/lwm2m") });
    expect(story.outcome("G-08")).toBe("fail");
  });

  it("breaks G-08 when the path is lost by an Update, or by a retry", () => {
    const updated = below("/lwm2m")
      .request(0, 2, { content: read("/lwm2m") })
      .reset(0, 3)
      .update(0, 4);
    expect(updated.request(0, 4).verdict("G-08")).toMatchObject({ examined: 2, findings: [{ actual: "/3/0/15" }] });
  });

  it("keeps G-08 by requests below the path, of several segments too", () => {
    expect(
      below("/lwm2m")
        .request(0, 2, { content: read("/lwm2m") })
        .outcome("G-08"),
    ).toBe("pass");
    expect(
      below("/devices/own")
        .request(0, 2, { content: read("/devices/own") })
        .outcome("G-08"),
    ).toBe("pass");
  });

  it("attributes such a request to its task", () => {
    const story = below("/lwm2m")
      .request(0, 2, { content: read("/lwm2m") })
      .answer(0, 3, "2.05", { text: "UTC" });
    expect(story.see(0, 4, "SUCCEEDED", { attempts: 1 }).outcome("R-08")).toBe("pass");
  });

  it("asks nothing of /.well-known/core, which stands below no root", () => {
    const options = [stringOption(URI_PATH, ".well-known"), stringOption(URI_PATH, "core")];
    const discovery = { code: "0.01", options, payload: new Uint8Array() } as const;
    expect(below("/lwm2m").request(0, 2, { content: discovery }).outcome("G-08")).toBe("not-exercised");
  });

  it("leaves open a request while the device registers once more", () => {
    const story = below("/lwm2m").register(0, 3, { answer: "none" }).request(0, 3);
    expect(story.outcome("G-08")).toBe("inconclusive");
  });

  it("is not exercised by devices without an alternate path", () => {
    expect(history().register(0, 1).create(0, 2).request(0, 2).outcome("G-08")).toBe("not-exercised");
  });
});
