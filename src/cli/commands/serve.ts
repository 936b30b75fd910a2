/** `serve`: the reference server as a server of its own. */
import { z } from "zod";
import { UsageError } from "../../platform/errors.ts";
import { readText } from "../../platform/files.ts";
import { isLoopback } from "../../platform/udp.ts";
import { LOG_LEVELS } from "../../reference-server/adapters/log-levels.ts";
import { FIXED_LIMITS, LIMIT_ROWS, type ServeLimits } from "../../reference-server/adapters/serve-limits.ts";
import { defineCommand, Flag, integer, List, Text } from "../command.ts";
import { readDevicesFile } from "../devices-file.ts";
import { EXIT_PASS } from "../exit-codes.ts";
import { asUsage } from "../named-files.ts";
import { PROFILE_OPTION, ProfileName, readProfile, TIME_OPTIONS, TimeSchemas } from "../profiles.ts";

const Port = integer(0, 65_535);
type LimitOption = (typeof LIMIT_ROWS)[number]["option"];
const Limit = integer(1, 1_000_000_000).optional();
const LimitSchemas = {
  "max-devices": Limit,
  "max-tasks": Limit,
  "max-device-tasks": Limit,
  "max-tokens": Limit,
  "max-exchanges": Limit,
  "max-connections": Limit,
  "max-datagrams": Limit,
} as const satisfies Readonly<Record<LimitOption, typeof Limit>>;
/** What may stand between `//` and the port of a URI; an IPv6 address without its brackets. */
const Host = Text.regex(/^[A-Za-z0-9._:-]+$/, "Give a name or a numeric address, without port");
/** `100` or `100/1000`: requests in a minute and in a day; without a day as many as its minutes allow. */
const RateLimitText = Text.transform((text, context) => {
  const [, minute, day] = /^([1-9]\d{0,8})(?:\/([1-9]\d{0,11}))?$/.exec(text) ?? [];
  if (minute !== undefined) return { perMinute: Number(minute), perDay: Number(day ?? Number(minute) * 1_440) };
  context.addIssue("Give N or N/D, such as 100/1000");
  return z.NEVER;
});

/** Origins with commas between them, each exactly as a browser sends it, or `*`. */
const OriginList = List.transform((origins, context) => {
  const [first] = origins;
  if (first === "*" && origins.length === 1) return "*" as const;
  const wrong = origins.find((origin) => !isOrigin(origin));
  if (first !== undefined && wrong === undefined) return origins;
  context.addIssue(`"${wrong ?? ""}" is no origin: give such as https://console.example:8443, without a path, or *`);
  return z.NEVER;
});

const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;

export const SERVE = defineCommand({
  name: "serve",
  about: "Runs the reference server until Ctrl-C. Prints one line of JSON with its addresses when it is ready.",
  options: [
    { name: "http", value: "PORT", about: "TCP port of the task API, 0 for a free one", preset: "8080" },
    { name: "coap", value: "PORT", about: "UDP port of the LwM2M interface, 0 for a free one", preset: "5683" },
    {
      name: "host",
      value: "ADDRESS",
      about: "address to listen on; any but a loopback address needs --token",
      preset: "127.0.0.1",
    },
    {
      ...PROFILE_OPTION,
      about: `the choices that the server makes: ${PROFILE_OPTION.about.split(": ")[1]}`,
      presetText: "artik",
    },
    {
      name: "devices",
      value: "FILE",
      about:
        "device types and devices to begin with: a YAML or JSON file with the lists deviceTypes and devices, of bodies as POST /devicetypes and POST /devices take them",
      presetText: "none",
    },
    {
      name: "token",
      value: "TEXT",
      about: "the administrator's bearer token; from then on every REST request needs one",
      presetText: "none: open",
    },
    {
      name: "token-file",
      value: "FILE",
      about: "the same, read from a file: the command line can be seen by others on this machine",
      presetText: "none",
    },
    {
      name: "require-device-token",
      about: "refuse a Register without the device's token (attribute token=TEXT) with 4.03",
    },
    {
      name: "data",
      value: "STORE",
      about:
        "keep everything in a file (SQLite), or in a database (postgres://user@host:5432/name), and go on from there at the next start",
      presetText: "memory, gone with the process",
    },
    {
      name: "rate-limit",
      value: "N[/D]",
      about: "requests that each token may make in a minute, and in a day; the web page's are counted as well",
      presetText: "none",
    },
    {
      name: "cors",
      value: "ORIGIN,…",
      about:
        "web pages of these origins may use the API from a browser, such as https://console.example; * for all pages",
      presetText: "none but its own",
    },
    {
      name: "public-host",
      value: "NAME",
      about: "name or address by which devices reach this server, for the URIs of firmware images",
      presetText: "the address it listens on",
    },
    {
      name: "firmware-delivery",
      value: "WAY",
      about:
        "how firmware comes to devices that take it both ways: pull (they fetch it) or push (it is written to them)",
      preset: "pull",
    },
    {
      name: "log-level",
      value: "LEVEL",
      about: "what is logged to standard error, one line of JSON each: debug, info, warn, error or silent",
      preset: "info",
    },
    { name: "open", about: "enrol every endpoint that registers, under the device type default" },
    {
      name: "stop-with-stdin",
      about: "stop when standard input ends or at SIGTERM, and not by Ctrl-C: for a server that another program starts",
    },
    ...LIMIT_ROWS.map(({ option, about, preset }) => ({
      name: option,
      value: "N",
      about: `at most N ${about}`,
      presetText: String(preset),
      group: "Limits",
    })),
    ...TIME_OPTIONS.map((option) => ({ ...option, about: option.about.replace("the target", "the server") })),
  ],
  notes: { title: "Limits without an option", lines: FIXED_LIMITS },
  examples: [
    "serve",
    "serve --data server.db",
    "serve --host 0.0.0.0 --token-file admin-token --require-device-token --data server.db",
    "serve --devices house.yaml --rate-limit 100/1000",
    "serve --http 0 --coap 0 --ack-timeout 300ms --max-retransmit 1 --response-timeout 1500ms",
  ],
  schema: z.strictObject({
    http: Port,
    coap: Port,
    host: Text,
    profile: ProfileName,
    devices: Text.optional(),
    token: Text.optional(),
    "token-file": Text.optional(),
    "require-device-token": Flag,
    data: Text.optional(),
    "public-host": Host.optional(),
    "firmware-delivery": z.enum(["pull", "push"]),
    "log-level": z.enum(LOG_LEVELS),
    "rate-limit": RateLimitText.optional(),
    cors: OriginList.optional(),
    open: Flag,
    "stop-with-stdin": Flag,
    ...LimitSchemas,
    ...TimeSchemas,
  }),
  async run(options, services, io) {
    const token = await tokenOf(options);
    if (!isLoopback(options.host) && token === undefined) {
      throw new UsageError(
        "conflict",
        `--host ${options.host} can be reached from other machines: give a --token as well`,
      );
    }
    const profile = await readProfile(options.profile, "sim", options);
    const server = await services.startServer({
      host: options.host,
      httpPort: options.http,
      coapPort: options.coap,
      profile,
      token,
      requiresDeviceToken: options["require-device-token"],
      limits: limitsOf(options),
      open: options.open,
      data: options.data,
      publicHost: options["public-host"],
      firmwareDelivery: options["firmware-delivery"],
      logLevel: options["log-level"],
      provision: options.devices === undefined ? undefined : await readDevicesFile(options.devices, profile),
      rateLimit: options["rate-limit"],
      crossOrigins: options.cors,
    });
    io.out(`${JSON.stringify({ ready: true, http: server.http, coap: server.coap })}\n`);
    const wanted = options["stop-with-stdin"]
      ? Promise.race([services.inputEnded(), services.terminated()])
      : aborted(io.signal);
    const failure = await Promise.race([wanted, ...(server.failure === undefined ? [] : [server.failure])]);
    await server.close();
    if (failure !== undefined) throw failure;
    return EXIT_PASS;
  },
});

/** The white space around it is the editor's. */
async function tokenOf(options: { readonly token?: string | undefined; readonly "token-file"?: string | undefined }) {
  const { token, "token-file": file } = options;
  if (file === undefined) return token;
  if (token !== undefined) throw new UsageError("conflict", "--token and --token-file mean the same: give one");
  const text = (await asUsage("--token-file: ", () => readText(file))).trim();
  if (/^\S+$/.test(text)) return text;
  throw new UsageError("bad-file", `--token-file: ${file} must hold one word, the token`);
}

const limitsOf = (options: { readonly [K in LimitOption]?: number | undefined }): Partial<ServeLimits> =>
  Object.fromEntries(
    LIMIT_ROWS.flatMap(({ option, limit }) => (options[option] === undefined ? [] : [[limit, options[option]]])),
  );

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
