/** What `--target` means: reading it, and bringing the target up and down around a command. */

import { clockOf, liveTargetOf, restartableBy } from "../harness/adapter/adapter-target.ts";
import type { Target } from "../harness/execution/target.ts";
import { UsageError } from "../platform/errors.ts";
import { address } from "../protocol/address.ts";
import { nearest } from "../protocol/nearest.ts";
import type { Profile } from "../protocol/profile.ts";
import { toMillis } from "../protocol/time.ts";
import { type AdapterChoice, type AdapterTexts, adapterName, readAdapter, readSavedAdapter } from "./adapters.ts";
import { recipeOf } from "./server-recipe.ts";
import type { Services } from "./services.ts";

export type TargetChoice =
  | { readonly kind: "sim"; readonly mutant: string | undefined }
  | { readonly kind: "reference-live" }
  /** `coapHost` may be a name; a port is always there. */
  | { readonly kind: "http"; readonly http: string; readonly coapHost: string; readonly coapPort: number }
  | AdapterChoice;

export interface TargetTexts extends AdapterTexts {
  readonly target: string;
  readonly coap?: string | undefined;
  readonly mutant?: string | undefined;
  readonly token?: string | undefined;
}

const COAP_PORT = 5683;
const OF_OTHER_TARGETS = ["coap", "mutant", "token"] as const;

/** @throws UsageError when the options contradict each other, or an address cannot be read */
export function readTarget(texts: TargetTexts): TargetChoice {
  const { target, coap, mutant } = texts;
  const isHttp = /^https?:\/\//.test(target);
  const adapter = readAdapter(texts);
  if (adapter !== undefined) {
    const other = isHttp ? "target" : OF_OTHER_TARGETS.find((name) => texts[name] !== undefined);
    if (other !== undefined)
      throw new UsageError("conflict", `--${other} goes with another target than --${adapter.option}`);
    return adapter;
  }
  if (texts["adapter-timeout"] !== undefined)
    throw new UsageError(
      "conflict",
      "--adapter-timeout goes with an adapter: --adapter, --adapter-command or --adapter-url",
    );
  if (!isHttp && target !== "sim" && target !== "reference-live") {
    throw new UsageError(
      "bad-value",
      `--target: "${target}" is neither sim, nor reference-live, nor a URL such as http://127.0.0.1:8080/v1.1`,
    );
  }
  if (mutant !== undefined && target !== "sim")
    throw new UsageError("conflict", "--mutant works with --target sim only");
  if (coap !== undefined && !isHttp) throw new UsageError("conflict", "--coap goes with an http target only");
  if (target === "sim") return { kind: "sim", mutant };
  if (target === "reference-live") return { kind: "reference-live" };
  if (coap === undefined) {
    throw new UsageError(
      "missing-value",
      "--coap is missing: the CoAP address of the target, such as coap://127.0.0.1:5683",
    );
  }
  return { kind: "http", http: readHttp(target), ...readCoap(coap) };
}

function readHttp(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.search !== "" || url.hash !== "") {
    throw new UsageError("bad-value", `--target: "${text}" is not a base URL such as http://127.0.0.1:8080/v1.1`);
  }
  return url.href.replace(/\/+$/, "");
}

/** @param what says it, for the message */
function readCoap(text: string, what = "--coap"): { readonly coapHost: string; readonly coapPort: number } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "coap:" || url.hostname === "") {
    throw new UsageError("bad-value", `${what}: "${text}" is not an address such as coap://127.0.0.1:5683`);
  }
  return { coapHost: url.hostname.replace(/^\[|\]$/g, ""), coapPort: url.port === "" ? COAP_PORT : Number(url.port) };
}

/** The target as it stands in records: what `readSavedTarget` reads back. */
export function targetName(choice: TargetChoice): string {
  if (choice.kind === "adapter") return adapterName(choice);
  if (choice.kind !== "http") return choice.kind;
  const host = choice.coapHost.includes(":") ? `[${choice.coapHost}]` : choice.coapHost;
  return `${choice.http} coap://${host}:${choice.coapPort}`;
}

export function readSavedTarget(name: string, mutant: string | undefined): TargetChoice {
  const adapter = readSavedAdapter(name);
  if (adapter !== undefined) return adapter;
  const [target = "", coap] = name.split(" ");
  return readTarget({ target, coap, mutant });
}

/** The options that name a live target of somebody else; `undefined`: it is none. */
export function targetOptions(choice: TargetChoice): string | undefined {
  if (choice.kind === "adapter")
    return `--${choice.option} ${/\s/.test(choice.text) ? `"${choice.text}"` : choice.text}${timeoutOption(choice)}`;
  if (choice.kind !== "http") return undefined;
  const [http, coap] = targetName(choice).split(" ");
  return `--target ${http} --coap ${coap}`;
}

const timeoutOption = ({ patience }: AdapterChoice): string =>
  patience === undefined ? "" : ` --adapter-timeout ${toMillis(patience)}ms`;

export interface OpenTarget {
  readonly target: Target;
  close(): Promise<void>;
}

/**
 * Brings the target up.
 *
 * @throws UsageError for an unknown mutant; HarnessError when it cannot be started or its name does not resolve
 */
export async function openTarget(
  choice: TargetChoice,
  profile: Profile,
  token: string | undefined,
  services: Services,
): Promise<OpenTarget> {
  const nothingToClose = async () => {};
  const name = targetName(choice);
  switch (choice.kind) {
    case "sim": {
      refuseUnknownMutant(choice.mutant, services);
      const shown = choice.mutant === undefined ? name : `${name} with mutant ${choice.mutant}`;
      const build = services.serverFor(choice.mutant);
      return { target: { kind: "sim", name: shown, build, recipe: recipeOf(choice.mutant) }, close: nothingToClose };
    }
    case "reference-live": {
      const { http, coap, close, restartable } = await services.startReferenceLive(profile);
      const killable = restartable === undefined ? {} : { restartable };
      return { target: { kind: "live", name, http, coap: coap.replace("coap://", ""), ...killable }, close };
    }
    case "http": {
      const coap = await services.resolveAddress(choice.coapHost, choice.coapPort);
      const bearer = token === undefined ? {} : { token };
      return { target: { kind: "live", name, http: choice.http, coap, ...bearer }, close: nothingToClose };
    }
    case "adapter":
      return openAdapted(choice, name, services);
  }
}

async function openAdapted(choice: AdapterChoice, name: string, services: Services): Promise<OpenTarget> {
  const adapter = await services.openAdapter(choice);
  try {
    const { coapHost, coapPort } = readCoap(adapter.coap, `${adapter.name}: coap`);
    const coap = address(await services.resolveAddress(coapHost, coapPort));
    const restartable = restartableBy(adapter, coap);
    const killable = restartable === undefined ? {} : { restartable };
    const clock = clockOf(adapter);
    const turnable = clock === undefined ? {} : { clock };
    const target = { kind: "live", name, ...liveTargetOf(adapter, coap), ...killable, ...turnable } as const;
    return { target, close: () => adapter.close() };
  } catch (error) {
    await adapter.close();
    throw error;
  }
}

/** @throws UsageError when there is no mutant of one of these ids */
export function refuseUnknownMutant(mutant: string | undefined, services: Pick<Services, "mutants">): void {
  const ids = services.mutants.map(({ id }) => id);
  const unknown = recipeOf(mutant).mutants.find((id) => !ids.includes(id));
  if (unknown === undefined) return;
  const near = nearest(unknown, ids);
  const hint = near === undefined ? `there are ${ids.join(", ")}` : `did you mean ${near}?`;
  throw new UsageError("bad-value", `--mutant: there is no "${unknown}": ${hint}`);
}
