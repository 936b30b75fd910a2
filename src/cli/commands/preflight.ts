/** `preflight`: in about ten seconds, whether a target can be verified at all, and how long that would take. */
import { z } from "zod";
import { limitsOf } from "../../harness/adapter/capabilities.ts";
import { MAPPING_ROWS } from "../../harness/oracle/checkers/mapping.ts";
import { UsageError } from "../../platform/errors.ts";
import { uniqueName } from "../../platform/hash.ts";
import type { Profile } from "../../protocol/profile.ts";
import { renderPreflight } from "../../reports/preflight-text.ts";
import { labelled } from "../../reports/text.ts";
import { ADAPTER_OPTIONS, AdapterSchemas } from "../adapters.ts";
import { defineCommand, Flag, PositiveDuration, Text } from "../command.ts";
import { EXIT_FAIL, EXIT_INCONCLUSIVE, EXIT_PASS, type ExitCode } from "../exit-codes.ts";
import type { PreflightStep } from "../preflight/step.ts";
import { runPreflight } from "../preflight/steps.ts";
import { groupWaits } from "../preflight/waits.ts";
import {
  JUDGED_TIME_OPTIONS,
  JudgedTimeSchemas,
  PROFILE_OPTION,
  ProfileName,
  readProfile,
  TIME_OPTIONS,
  TimeSchemas,
  timesHint,
} from "../profiles.ts";
import { openTarget, readTarget } from "../targets.ts";

export const PREFLIGHT = defineCommand({
  name: "preflight",
  about:
    "Checks in about 10 s whether a live target can be verified: addresses, provisioning, registration, tasks, capabilities.",
  options: [
    {
      name: "target",
      value: "TARGET",
      about: "base URL of a server that speaks the task API, or reference-live",
      preset: "reference-live",
    },
    { name: "coap", value: "URL", about: "CoAP address of an http target, such as coap://127.0.0.1:5683" },
    { name: "token", value: "TEXT", about: "bearer token for the task API of an http target" },
    ...ADAPTER_OPTIONS,
    { ...PROFILE_OPTION, presetText: "live for reference-live, empty for other targets" },
    ...TIME_OPTIONS,
    ...JUDGED_TIME_OPTIONS,
    {
      name: "patience",
      value: "DURATION",
      about: "longest wait for one answer by HTTP or CoAP, on a busy machine for instance",
      presetText: "2s by HTTP, 3s by CoAP",
    },
    { name: "json", about: "print the result as one JSON document to stdout, all else to stderr" },
  ],
  examples: [
    "preflight --target http://127.0.0.1:8080/v1.1 --coap coap://127.0.0.1:5683",
    "preflight --target http://127.0.0.1:8080/v1.1 --coap coap://127.0.0.1:5683 --ack-timeout 300ms --max-retransmit 1",
    "preflight --adapter ./my-server.js",
  ],
  schema: z.strictObject({
    target: Text,
    coap: Text.optional(),
    token: Text.optional(),
    ...AdapterSchemas,
    profile: ProfileName,
    ...TimeSchemas,
    ...JudgedTimeSchemas,
    patience: PositiveDuration.optional(),
    json: Flag,
  }),
  async run(options, services, io) {
    const choice = readTarget(options);
    if (choice.kind === "sim") throw new UsageError("bad-value", "--target: a simulated server needs no preflight");
    const profile = await readProfile(options.profile, choice.kind, options);
    const { target, close } = await openTarget(choice, profile, options.token, services);
    if (target.kind !== "live") throw new Error("a live target is expected here");
    try {
      const [coapHost, coapPort] = hostAndPort(target.coap);
      const notFoundCodes =
        MAPPING_ROWS.find(({ coap }) => coap === "4.04")?.[profile.errorMapping ?? "undeclared"] ?? [];
      const name = `preflight-${uniqueName().slice(0, 12)}`;
      const steps = await runPreflight(
        {
          http: target.http,
          adapter: target.adapter,
          coapHost,
          coapPort,
          token: options.token,
          name,
          patience: options.patience,
          notFoundCodes,
        },
        await services.openProbes(),
      );
      const { adapter } = target;
      const limits = adapter === undefined ? undefined : limitsOf(adapter.capabilities, adapter.verbs);
      const waits = groupWaits(profile, limits?.notApplicable);
      if (options.json)
        io.out(`${JSON.stringify({ target: target.name, profile: profile.name, steps, waits }, null, 2)}\n`);
      else
        io.out(
          `${renderPreflight(target.name, profile.name, steps, waits, { columns: io.columns, colours: io.colours })}${hintText(profile, io.columns)}`,
        );
      return exitCode(steps);
    } finally {
      await close();
    }
  },
});

function hintText(profile: Profile, columns: number): string {
  const hint = timesHint(profile);
  return hint === undefined ? "" : `\n${labelled("", hint, columns).join("\n")}\n`;
}

function hostAndPort(address: string): readonly [string, number] {
  const colon = address.lastIndexOf(":");
  return [address.slice(0, colon).replace(/^\[|\]$/g, ""), Number(address.slice(colon + 1))];
}

/** A set-up fault hides what comes after it, and what is unclear is held against nobody: both outweigh a finding. */
function exitCode(steps: readonly PreflightStep[]): ExitCode {
  if (steps.some(({ outcome }) => outcome === "set-up fault" || outcome === "unclear")) return EXIT_INCONCLUSIVE;
  return steps.some(({ outcome }) => outcome === "finding") ? EXIT_FAIL : EXIT_PASS;
}
