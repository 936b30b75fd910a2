/**
 * The file of `serve --devices`: device types and devices to begin with, as YAML or JSON (which is YAML too).
 *
 * Entries are the bodies of POST /devicetypes and POST /devices; here a field that is unknown is an error as well, because
 * it is a slip of the pen. What is wrong is named with file, line and field.
 *
 * Spec: YAML 1.2.2; docs/semantics.md rows 8, 27.
 */
import { z } from "zod";
import { UsageError } from "../platform/errors.ts";
import { readText } from "../platform/files.ts";
import { type CompleteProfile, completeProfile, type Profile } from "../protocol/profile.ts";
import { err, ok, type Result } from "../protocol/result.ts";
import { DEVICE_TYPE_BOUNDS, DeviceRequest, deviceTypeRequest } from "../protocol/task-api/schemas.ts";
import { asUsage } from "./named-files.ts";
import type { Provision } from "./services.ts";
import { type FileProblem, fieldText, parseYaml } from "./yaml-file.ts";

/** @throws UsageError `bad-file` */
export async function readDevicesFile(file: string, profile: Profile): Promise<Provision> {
  const text = await asUsage("--devices: ", () => readText(file));
  const parsed = parseDevicesFile(text, profile);
  if (parsed.ok) return parsed.value;
  const { line, message } = parsed.error;
  throw new UsageError("bad-file", `--devices: ${file}:${line}: ${message}`);
}

/** @param profile bounds what a device type may be configured with */
export function parseDevicesFile(text: string, profile: Profile): Result<Provision, FileProblem> {
  const yaml = parseYaml(text);
  if (!yaml.ok) return yaml;
  const parsed = schemaFor(completeProfile(profile)).safeParse(yaml.value.value ?? {});
  if (parsed.success) return ok(parsed.data);
  // A field that is missing is often there under a misspelt name.
  const { issues } = parsed.error;
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  const path = issue?.path ?? [];
  // A field that is not there has the line of what lacks it; an unknown one has its own.
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const place = unknown === undefined ? path : [...path, unknown];
  const message = unknown === undefined ? (issue?.message ?? "Does not fit") : "Unknown field";
  return err({ line: yaml.value.lineOf(place), message: `${fieldText(place) || "the file"}: ${message}` });
}

function schemaFor({ beyondBounds, taskExpiresAfterBounds }: CompleteProfile) {
  // Where the server shortens what is too long, it refuses none for it.
  const max = beyondBounds === "refused" ? taskExpiresAfterBounds.max : Number.MAX_SAFE_INTEGER;
  const bounds = { ...DEVICE_TYPE_BOUNDS, taskExpiresAfter: { min: taskExpiresAfterBounds.min, max } };
  return z
    .strictObject({
      deviceTypes: z.array(deviceTypeRequest(bounds).strict()).default([]),
      devices: z.array(DeviceRequest.strict()).default([]),
    })
    .check(({ value, issues }) => {
      const twice = (ids: readonly (string | undefined)[], list: string, field: string): void => {
        const index = ids.findIndex((id, at) => id !== undefined && ids.indexOf(id) < at);
        if (index < 0) return;
        issues.push({ code: "custom", path: [list, index, field], message: "Is there twice", input: ids[index] });
      };
      twice(idsOf(value.deviceTypes, "dtid"), "deviceTypes", "dtid");
      twice(idsOf(value.devices, "did"), "devices", "did");
    });
}

const idsOf = <K extends string>(rows: readonly { readonly [key in K]?: string | undefined }[], field: K) =>
  rows.map((row) => row[field]);
