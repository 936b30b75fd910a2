/** `serve`: the reference server as a server of its own. */
import { z } from "zod";
import { UsageError } from "../../platform/errors.ts";
import { isLoopback } from "../../platform/udp.ts";
import { defineCommand, Flag, integer, Text } from "../command.ts";
import { readDevicesFile } from "../devices-file.ts";
import { EXIT_PASS } from "../exit-codes.ts";
import { PROFILE_OPTION, ProfileName, readProfile, TIME_OPTIONS, TimeSchemas } from "../profiles.ts";

const Port = integer(0, 65_535);
/** `100` or `100/1000`: requests in a minute and in a day; without a day as many as its minutes allow. */
const RateLimitText = Text.transform((text, context) => {
  const [, minute, day] = /^([1-9]\d{0,8})(?:\/([1-9]\d{0,11}))?$/.exec(text) ?? [];
  if (minute !== undefined) return { perMinute: Number(minute), perDay: Number(day ?? Number(minute) * 1_440) };
  context.addIssue("Give N or N/D, such as 100/1000");
  return z.NEVER;
});

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
      about: "bearer token that every REST request must carry",
      presetText: "none: open",
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
      about: "requests that each token may make in a minute, and in a day",
      presetText: "none",
    },
    { name: "open", about: "enrol every endpoint that registers, under the device type default" },
    {
      name: "stop-with-stdin",
      about: "stop when standard input ends, and not by Ctrl-C: for a server that another program starts",
    },
    ...TIME_OPTIONS.map((option) => ({ ...option, about: option.about.replace("the target", "the server") })),
  ],
  examples: [
    "serve",
    "serve --data server.db",
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
    data: Text.optional(),
    "rate-limit": RateLimitText.optional(),
    open: Flag,
    "stop-with-stdin": Flag,
    ...TimeSchemas,
  }),
  async run(options, services, io) {
    if (!isLoopback(options.host) && options.token === undefined) {
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
      token: options.token,
      open: options.open,
      data: options.data,
      provision: options.devices === undefined ? undefined : await readDevicesFile(options.devices, profile),
      rateLimit: options["rate-limit"],
    });
    io.out(`${JSON.stringify({ ready: true, http: server.http, coap: server.coap })}\n`);
    const wanted = options["stop-with-stdin"] ? services.inputEnded() : aborted(io.signal);
    const failure = await Promise.race([wanted, ...(server.failure === undefined ? [] : [server.failure])]);
    await server.close();
    if (failure !== undefined) throw failure;
    return EXIT_PASS;
  },
});

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
