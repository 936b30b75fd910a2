import { describe, expect, it } from "vitest";
import { type CoapProbeOutcome, type PreflightProbes, type RestProbeOutcome, runPreflight } from "./steps.ts";

const TARGET = { http: "http://h/v1.1", coapHost: "h", coapPort: 5683, name: "preflight-1" };
const answer = (status: number, body: unknown = {}): RestProbeOutcome => ({
  kind: "answer",
  response: { status, body },
});
const coapAnswer = (code: string, location: readonly string[] = []): CoapProbeOutcome => ({
  kind: "answer",
  code,
  location,
});
const silence = { kind: "failure", reason: "no answer" } as const;

interface Answers {
  /** By method and last segment of the path. */
  readonly rest?: Readonly<Record<string, RestProbeOutcome>>;
  readonly register?: CoapProbeOutcome;
  readonly update?: CoapProbeOutcome;
  readonly deregister?: CoapProbeOutcome;
}

async function preflight(answers: Answers = {}) {
  const asked: string[] = [];
  const closed: string[] = [];
  const usual: Readonly<Record<string, RestProbeOutcome>> = { "POST tasks": answer(201, { data: { id: "t1" } }) };
  const probes: PreflightProbes = {
    openRest: () => ({
      async send({ method, path }) {
        asked.push(`${method} ${path.at(-1)}`);
        return { ...usual, ...answers.rest }[`${method} ${path.at(-1)}`] ?? answer(200);
      },
      close: () => void closed.push("rest"),
    }),
    openCoap: () => ({
      async send({ method, path }) {
        asked.push(`${method} /${path.join("/")}`);
        if (method === "DELETE") return answers.deregister ?? coapAnswer("2.02");
        return path.length > 1
          ? (answers.update ?? coapAnswer("2.04"))
          : (answers.register ?? coapAnswer("2.01", ["rd", "5a"]));
      },
      close: () => void closed.push("coap"),
    }),
    unixTime: () => 1_000_000,
    pause: async () => {},
  };
  const steps = await runPreflight(TARGET, probes);
  return { steps, asked, closed, notOk: steps.filter(({ outcome }) => outcome !== "ok") };
}

describe("runPreflight", () => {
  it("finds nothing wrong with a server that answers as it must, and closes both sides", async () => {
    const { steps, notOk, asked, closed } = await preflight();
    expect([steps.length, notOk, closed]).toEqual([13, [], ["rest", "coap"]]);
    expect(asked).toContain("DELETE /rd/5a");
  });

  it.each<[string, Answers, string]>([
    ["nobody listens", { rest: { "POST devicetypes": silence } }, "HTTP reachable"],
    ["the token is wrong", { rest: { "POST devicetypes": answer(401) } }, "task API answers"],
    ["something else answers", { rest: { "POST devicetypes": answer(200, null) } }, "task API answers"],
    ["types cannot be made", { rest: { "POST devicetypes": answer(404, { error: {} }) } }, "provisioning"],
    ["devices cannot be made", { rest: { "POST devices": answer(500, { error: {} }) } }, "provisioning"],
    ["CoAP is silent", { register: silence }, "CoAP reachable"],
    ["CoAP falls silent", { update: silence }, "Update"],
  ])("calls it a set-up fault, not a finding, when %s", async (_, answers, name) => {
    const { steps, notOk } = await preflight(answers);
    expect(notOk[0]).toMatchObject({ name, outcome: "set-up fault" });
    expect(steps.some(({ outcome }) => outcome === "finding")).toBe(false);
  });

  it.each<[string, Answers, string]>([
    ["Register is answered 4.00", { register: coapAnswer("4.00") }, "G-01"],
    ["Register is answered without a location", { register: coapAnswer("2.01") }, "G-01"],
    ["Update is answered 4.04", { update: coapAnswer("4.04") }, "G-04"],
    ["De-register is answered 4.05", { deregister: coapAnswer("4.05") }, "G-06"],
    ["a task for an unregistered device is refused", { rest: { "POST tasks": answer(409, {}) } }, "Q-03"],
    ["a created task has no id", { rest: { "POST tasks": answer(201, {}) } }, "Q-03"],
  ])("calls it a finding when %s", async (_, answers, requirement) => {
    const { notOk } = await preflight(answers);
    expect(notOk).toMatchObject([{ outcome: "finding", requirement }]);
  });

  it("notes what the API does not offer", async () => {
    const { notOk } = await preflight({ rest: { "GET history": answer(404, {}) } });
    expect(notOk).toEqual([{ name: "read the history of a task", outcome: "not offered", detail: "HTTP 404 {}" }]);
  });
});
