import { describe, expect, it } from "vitest";
import { HarnessError } from "../platform/errors.ts";
import { COMMANDS, run } from "./run.ts";
import { testBench } from "./test-kit.ts";

describe("run", () => {
  it.each([
    [["verfy"], 'unknown command "verfy": did you mean verify?'],
    [["dance"], 'unknown command "dance": the commands are verify, replay'],
    [["verify", "--run", "3"], "unknown option --run: did you mean --runs?"],
    [["replay", "--sed", "x"], "unknown option --sed: "],
    [["replay", "--targe=sim"], "unknown option --targe: did you mean --target?"],
    [["replay", "--target", "--jsno"], "unknown option --jsno: did you mean --json?"],
    [["shrink", "-x"], "unknown option --x: "],
    [["replay", "--json", "--seed"], "unknown option --seed: "],
    [["replay", "--json", "--"], "replay needs <file>: "],
    [["verify", "--frobnicate"], "unknown option --frobnicate: fleetproof verify --help lists the options"],
    [["verify", "--runs"], "--runs needs a value"],
    [["verify", "--runs", "many"], '--runs: "many" is not a whole number from 1 to 10000000'],
    [["verify", "--runs", "0"], '--runs: "0" is not a whole number'],
    [["verify", "--time", "20"], '--time: "20" has no unit: write 20s'],
    [["verify", "--time", "0s"], "--time: must be longer than nothing"],
    [["demo", "--seed", "a b"], "--seed: must be 1 to 48 letters"],
    [["help"], 'unknown command "help": the commands are verify, replay'],
    [["verify", "--seed", "a b"], "--seed: must be 1 to 48 letters"],
    [["verify", "now"], 'unexpected argument "now" after verify'],
    [["verify", "--only", "X-9"], '--only: no requirement begins with "X-9"'],
    [
      ["verify", "--families", "cancel,expire"],
      '--families: there is no "expire"; there are queue, retry, expiry, mapping',
    ],
    [["verify", "--require", "Q-99"], '--require: no requirement begins with "Q-99"'],
    [["verify", "--target", "ftp://x"], '--target: "ftp://x" is neither sim'],
    [["verify", "--target", "http://h:1/v1.1"], "--coap is missing"],
    [["verify", "--target", "http://h:1/v1.1", "--coap", "h:5683"], '--coap: "h:5683" is not an address'],
    [["verify", "--coap", "coap://h:1"], "--coap goes with an http target only"],
    [["verify", "--mutant", "never-retry"], '--mutant: there is no "never-retry": did you mean never-retries?'],
    [["verify", "--target", "reference-live", "--mutant", "never-retries"], "--mutant works with --target sim only"],
    [["verify", "--profile", "artic"], '--profile: no shipped profile is called "artic"'],
    [["verify", "--profile", "./no/such/file.json"], "--profile: ./no/such/file.json does not exist"],
    [["verify", "--profile", '{"reaction":-1}'], "--profile: the JSON given: reaction:"],
    [["verify", "--profile", "{"], "--profile: not JSON"],
    [
      ["verify", "--profile", '{"reactoin":1}'],
      '--profile: the JSON given: unknown field "reactoin": did you mean reaction?',
    ],
    [["verify", "--keep", "al"], '--keep: "al" is none of failures, sample, all: did you mean all?'],
    [["fleet", "--target", "moon"], '--target: "moon" is none of live, sim'],
    [["load", "--worklaod", "x.yaml"], "unknown option --worklaod: did you mean --workload?"],
    [["verify", "--expectations", "package.json"], "--expectations: package.json: formatVersion: is missing"],
    [["replay", "tsconfig.json"], "tsconfig.json is not a saved plan: formatVersion: is missing: "],
    [["verify", "--max-retransmit", "17"], "--max-retransmit:"],
    [["verify", "--at-once", "5"], "--at-once is for live targets; simulated plans share threads: --jobs"],
    [["verify", "--reaction", "0s"], "--reaction: must be longer than nothing"],
    [["replay"], "fleetproof replay needs <file>"],
    [["replay", "./no/such/plan.json"], "./no/such/plan.json does not exist"],
    [["explain", "R-4"], 'there is no requirement "R-4": did you mean R-'],
    [["serve", "--http", "70000"], '--http: "70000" is not a whole number from 0 to 65535'],
    [["serve", "--host", "0.0.0.0"], "give a --token"],
    [["serve", "--log-level", "loud"], "--log-level"],
    [["preflight", "--target", "sim"], "needs no preflight"],
    [[], "no command given: fleetproof --help lists the commands"],
  ])("answers %j with one line on stderr and exit code 64", async (argv, message) => {
    const bench = testBench();
    expect([await run(argv, bench.io, bench.services), bench.out()]).toEqual([64, ""]);
    expect(bench.err()).toContain(message);
    expect(bench.err().match(/\n/g)).toHaveLength(1);
    expect(bench.err()).toMatch(/^fleetproof: /);
  });

  it("answers a set-up that does not work with one line and exit code 2", async () => {
    const startServer = async () => {
      throw new HarnessError("address-in-use", "tcp 127.0.0.1:8080 is taken by another process");
    };
    const bench = testBench({ startServer });
    expect(await run(["serve"], bench.io, bench.services)).toBe(2);
    expect(bench.err()).toBe("fleetproof: tcp 127.0.0.1:8080 is taken by another process\n");
  });

  it("answers a bug of ours with the stack, a request to report it, and exit code 70", async () => {
    const startServer = async () => {
      throw new TypeError("x is not a function");
    };
    const bench = testBench({ startServer });
    expect(await run(["serve"], bench.io, bench.services)).toBe(70);
    expect(bench.err()).toMatch(
      /this is a bug in fleetproof[\s\S]*TypeError: x is not a function\n {4}at [\s\S]*Please report it/,
    );
  });

  it("prints help and version to stdout, with exit code 0", async () => {
    for (const argv of [["--help"], ["verify", "--help"], ["--version"]]) {
      const bench = testBench();
      expect([await run(argv, bench.io, bench.services), bench.err()]).toEqual([0, ""]);
      expect(bench.out()).toMatch(argv[0] === "--version" ? /^0\.1\.0\n$/ : /Usage: fleetproof/);
    }
  });

  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    "shows every option of %s in its help, with its default",
    async (name, command) => {
      const bench = testBench();
      await run([name, "--help"], bench.io, bench.services);
      const text = bench.out().replace(/\s+/g, " ");
      for (const option of command.options) {
        expect(text).toContain(`--${option.name}`);
        const preset = option.presetText ?? option.preset;
        if (preset !== undefined) expect(text).toContain(`[default: ${preset}]`);
      }
      for (const line of command.notes?.lines ?? []) expect(text).toContain(line);
    },
  );
});
