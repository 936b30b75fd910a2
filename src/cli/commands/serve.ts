/** `serve`: the reference server as a server of its own. */
import { z } from "zod";
import { issueText } from "../../harness/record/formats.ts";
import { UsageError } from "../../platform/errors.ts";
import { isLoopback } from "../../platform/udp.ts";
import { defineCommand, Flag, integer, Text } from "../command.ts";
import { EXIT_PASS } from "../exit-codes.ts";
import { readNamedJson } from "../named-files.ts";
import { PROFILE_OPTION, ProfileName, readProfile, TIME_OPTIONS, TimeSchemas } from "../profiles.ts";
import type { Provision } from "../services.ts";

const Port = integer(0, 65_535);

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
        'device types and devices to begin with, a JSON file {"deviceTypes": […], "devices": […]} of bodies as POST /devicetypes and POST /devices take them',
      presetText: "none",
    },
    {
      name: "token",
      value: "TEXT",
      about: "bearer token that every REST request must carry",
      presetText: "none: open",
    },
    { name: "open", about: "enrol every endpoint that registers, under the device type default" },
    {
      name: "stop-with-stdin",
      about: "stop when standard input ends, and not by Ctrl-C: for a server that another program starts",
    },
    ...TIME_OPTIONS.map((option) => ({ ...option, about: option.about.replace("the target", "the server") })),
  ],
  examples: ["serve", "serve --http 0 --coap 0 --ack-timeout 300ms --max-retransmit 1 --response-timeout 1500ms"],
  schema: z.strictObject({
    http: Port,
    coap: Port,
    host: Text,
    profile: ProfileName,
    devices: Text.optional(),
    token: Text.optional(),
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
      provision: options.devices === undefined ? undefined : await readProvision(options.devices),
    });
    io.out(`${JSON.stringify({ ready: true, http: server.http, coap: server.coap })}\n`);
    await (options["stop-with-stdin"] ? services.inputEnded() : aborted(io.signal));
    await server.close();
    return EXIT_PASS;
  },
});

const ProvisionFile = z.strictObject({
  deviceTypes: z.array(z.record(z.string(), z.unknown())).default([]),
  devices: z.array(z.record(z.string(), z.unknown())).default([]),
});

async function readProvision(file: string): Promise<Provision> {
  const value = await readNamedJson("devices", file);
  const parsed = ProvisionFile.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UsageError("bad-file", `--devices: ${file}: ${issueText(parsed.error)}`);
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
