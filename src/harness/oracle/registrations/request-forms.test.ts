import { describe, expect, it } from "vitest";
import { stringOption, URI_PATH, URI_QUERY } from "../../../protocol/coap/options.ts";
import type { CoapContent } from "../../../protocol/coap/types.ts";
import { readContent } from "../../../protocol/lwm2m/operations.ts";
import { deregisterContent, registerContent, updateContent } from "../../../protocol/lwm2m/registration-requests.ts";
import { history, type Story } from "../test-history.ts";
import { formOfRequest } from "./request-forms.ts";

const OBJECTS = [{ path: "/3/0", attributes: new Map<string, string | true>() }];
const REGISTER = registerContent({ endpoint: "d0", objects: OBJECTS });
const STRANGER = registerContent({ endpoint: "d0-stranger", objects: OBJECTS });
const UNREADABLE: CoapContent = {
  code: "0.02",
  options: [stringOption(URI_PATH, "rd"), stringOption(URI_PATH, "a"), stringOption(URI_QUERY, "lt=soon")],
  payload: new Uint8Array(),
};
const registered = (): Story => history().register(0, 1, { location: "rd/a" });
const form = (content: CoapContent, type: "CON" | "NON" = "CON") =>
  formOfRequest({ type, messageId: 1, token: "aa", ...content }, "d0", "1.0");

describe("formOfRequest", () => {
  it("reads location and leeway: what is spelled as it was given has none", () => {
    expect(form(updateContent(["rd", "a"]))).toMatchObject({ kind: "update", location: "rd/a", leeway: undefined });
    expect(form(deregisterContent(["rd", "a"]))).toMatchObject({ kind: "deregister", location: "rd/a" });
    expect(form(REGISTER)).toMatchObject({ kind: "register", leeway: undefined, defect: undefined });
    expect(form({ ...REGISTER, code: "0.01" })).toBeUndefined();
  });

  it.each([[["rd/a"]], [["/rd/a"]], [["", "rd", "a"]]])(
    "finds the same location in %j, and either answer right",
    (path) => {
      expect(form(updateContent(path))).toMatchObject({ kind: "update", location: "rd/a", leeway: "either" });
    },
  );

  it("lets a server refuse a Non-confirmable Register, and knows one under another name", () => {
    expect(form(REGISTER, "NON")).toMatchObject({ leeway: "either" });
    expect(form(STRANGER)).toMatchObject({ leeway: "stranger" });
  });

  it("reads a binding without Q as the version of the registration has it (Core, Table 8)", () => {
    const update = { type: "CON", messageId: 1, token: "aa", ...updateContent(["rd", "a"], { binding: "U" }) } as const;
    expect(formOfRequest(update, "d0", "1.0")?.queueMode).toBe(false);
    expect(formOfRequest(update, "d0", "1.1")?.queueMode).toBeUndefined();
  });
});

describe("odd requests", () => {
  it.each(["2.04", "4.04", "4.05", "4.00"] as const)(
    "are judged by nobody where servers may do either: %s",
    (answer) => {
      const story = registered()
        .asks(0, 2, updateContent(["rd/a"]), { answer })
        .asks(0, 3, updateContent(["", "rd", "a"]), { answer });
      expect(story.update(0, 4).findings()).toEqual([]);
    },
  );

  it("break G-04 or G-06 when they go to no location and succeed; any refusal will do where it does not look like one", () => {
    const deeper = (answer: "2.04" | "4.05") => registered().asks(0, 2, updateContent(["rd", "a", "more"]), { answer });
    expect(deeper("4.05").outcome("G-04")).toBe("pass");
    expect(deeper("2.04").outcome("G-04")).toBe("fail");
    const elsewhere = updateContent(["other", "a"]);
    expect(registered().asks(0, 2, elsewhere, { answer: "4.00" }).outcome("G-04")).toBe("pass");
    expect(registered().asks(0, 2, elsewhere, { answer: "2.04" }).outcome("G-04")).toBe("fail");
    const unknown = deregisterContent(["rd", "b"]);
    expect(registered().asks(0, 2, unknown, { answer: "4.04" }).outcome("G-06")).toBe("pass");
    expect(registered().asks(0, 2, unknown, { answer: "2.02" }).outcome("G-06")).toBe("fail");
  });

  it("break G-07 when an Update that cannot be read is accepted, or brings a retry", () => {
    expect(registered().asks(0, 2, UNREADABLE).outcome("G-07")).toBe("pass");
    expect(registered().asks(0, 2, UNREADABLE, { answer: "2.04" }).finding("G-07")).toMatchObject({
      expected: "an Update of device 0 whose lifetime is no number is refused",
    });
    const failed = registered().create(0, 2).request(0, 2).reset(0, 3);
    expect(failed.asks(0, 4, UNREADABLE).request(0, 4).outcome("G-07")).toBe("fail");
  });

  it("leave a Non-confirmable Register to the server, and follow it when it is taken", () => {
    const refused = registered().asks(0, 2, REGISTER, { type: "NON" });
    expect(refused.update(0, 3, { location: "rd/a" }).findings()).toEqual([]);
    const taken = registered().asks(0, 2, REGISTER, { type: "NON", answer: "2.01" });
    expect(taken.update(0, 3, { location: "rd/a", answer: "4.04" }).findings()).toEqual([]);
    const ignored = registered().asks(0, 2, REGISTER, { type: "NON", answer: "none" });
    expect(ignored.update(0, 9, { location: "rd/a" }).findings()).toEqual([]);
  });

  it("under another name change nothing, whether a server enrols whoever comes or not (choice 27)", () => {
    for (const answer of ["4.03", "4.00", "2.01"] as const) {
      const story = registered().asks(0, 2, STRANGER, { answer }).update(0, 3, { location: "rd/a" });
      expect(story.findings()).toEqual([]);
    }
    const waits = history().create(0, 1).asks(0, 2, STRANGER, { answer: "4.03" }).request(0, 2);
    expect(waits.outcome("G-07")).toBe("fail");
  });

  it("break G-07 when requests follow a refused one to a new address", () => {
    const moved = registered().move(0).registerBadly(0, 2, "no-objects").create(0, 3);
    expect(moved.request(0, 3).finding("G-07")).toMatchObject({
      expected: expect.stringContaining("a Register of device 0 without objects changes nothing"),
    });
  });
});

describe("what a device changes about itself", () => {
  const read = (root: string): CoapContent => {
    const content = readContent([3, 0, 15]);
    const prefix = root === "/" ? [] : [stringOption(URI_PATH, root.slice(1))];
    return { ...content, options: [...prefix, ...content.options] };
  };
  const at = (story: Story, root: string) =>
    story
      .create(0, 5)
      .request(0, 5, { content: read(root) })
      .outcome("G-08");

  it("is its alternate path, by a Register or an Update: requests begin with the new one (G-08)", () => {
    expect(at(history().register(0, 1, { rootPath: "/a" }).register(0, 2, { rootPath: "/b" }), "/b")).toBe("pass");
    expect(at(history().register(0, 1, { rootPath: "/a" }).register(0, 2, { rootPath: "/b" }), "/a")).toBe("fail");
    expect(at(history().register(0, 1, { rootPath: "/a" }).register(0, 2), "/a")).toBe("fail");
    expect(at(history().register(0, 1).update(0, 2, { rootPath: "/b" }), "/b")).toBe("pass");
    expect(at(history().register(0, 1).update(0, 2, { rootPath: "/b" }), "/")).toBe("fail");
    expect(at(history().register(0, 1, { rootPath: "/a" }).update(0, 2), "/a")).toBe("pass");
  });

  it("is its queue mode, by a Register or an Update: asleep it is left alone (Q-07), awake it is not (Q-02)", () => {
    const later = (story: Story) => story.create(0, 200).request(0, 200).outcome("Q-07");
    expect(later(history().register(0, 1).register(0, 2, { queueMode: true }))).toBe("fail");
    expect(later(history().register(0, 1).update(0, 2, { queueMode: true }))).toBe("fail");
    expect(later(history().register(0, 1, { queueMode: true }).update(0, 2, { queueMode: false }))).not.toBe("fail");
    const untried = (story: Story) =>
      story
        .create(0, 200)
        .poll(0, 210, [{ status: "QUEUED", attempts: 0 }])
        .outcome("Q-02");
    expect(untried(history().register(0, 1, { queueMode: true }).update(0, 2, { queueMode: false }))).toBe("fail");
    expect(untried(history().register(0, 1, { queueMode: true }).update(0, 2))).not.toBe("fail");
  });

  it("is open after a copy of an earlier Update that said otherwise: an Update may be carried out again", () => {
    const story = (): Story => history().register(0, 1).update(0, 2, { queueMode: true }).as("first");
    const copied = story();
    const bytes = copied.events[copied.event("first") - 1];
    if (bytes?.kind !== "uplink") throw new Error("the Update is missing");
    copied.update(0, 3, { queueMode: false }).up(0, 4, bytes.bytes);
    expect(copied.create(0, 200).request(0, 200).outcome("Q-07")).not.toBe("fail");
    expect(copied.poll(0, 210, [{ status: "PROCESSING", attempts: 1 }]).outcome("Q-02")).not.toBe("fail");
  });
});
