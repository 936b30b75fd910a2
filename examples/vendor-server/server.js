#!/usr/bin/env node
/**
 * A small LwM2M device-management task server, as a vendor might have written it: plain JavaScript, no framework, and
 * nothing of Fleetproof in it. The tutorial (docs/tutorial.md) verifies it.
 *
 * Tasks come by REST and go to devices by CoAP. What happened is a journal that is only ever added to; everything that
 * the server knows is folded from it, so it can be stopped and started again at any time.
 *
 *   node server.js --http 8080 --coap 5683 --data journal.ndjson
 *
 * Needs Node 20 and the npm package `coap-packet`.
 */
import dgram from "node:dgram";
import http from "node:http";
import { parseArgs } from "node:util";
import { createAlarms } from "./alarms.js";
import { createApi } from "./api.js";
import { Coap } from "./coap.js";
import { Devices } from "./devices.js";
import { openStore } from "./store.js";

/** Mistakes that can be switched on, to see how they are found. */
const DEFECTS = {
  "one-task-per-update": "a Register or Update sends one waiting task, not all of them",
  "retry-by-timer": "a failed attempt is repeated after half a second, although the device has said nothing",
  "absent-devices-never-expire": "a task expires only for devices that are registered",
  "method-not-allowed-as-invalid": "CoAP 4.05 becomes error code 4000 instead of 4050",
  "second-location": "a Register that arrives twice is carried out twice",
  "repeats-as-new-message": "a request is repeated with a new message id, so a device executes it twice",
};

const HELP = `Usage: node server.js [options]

  --http PORT              of the task API; 0 takes a free one [default: 8080]
  --coap PORT              of the devices; 0 takes a free one [default: 5683]
  --data FILE              the journal; without it everything is forgotten at the end
  --ack-timeout SECONDS    ACK_TIMEOUT of CoAP [default: 2]
  --max-retransmit N       MAX_RETRANSMIT of CoAP [default: 4]
  --response-timeout S     how long to wait for a response after an empty ACK [default: 120]
  --awake-window SECONDS   how long a queue-mode device listens after it spoke [default: 93]
  --default-expiry SECONDS active period where neither task nor device type names one [default: 604800]
  --defect NAME            one of:
${Object.entries(DEFECTS)
  .map(([name, sentence]) => `      ${name}\n          ${sentence}`)
  .join("\n")}
`;

const text = (preset) => ({ type: "string", ...(preset === undefined ? {} : { default: preset }) });

function readOptions() {
  const { values } = parseArgs({
    options: {
      help: { type: "boolean" },
      http: text("8080"),
      coap: text("5683"),
      data: text(),
      "ack-timeout": text("2"),
      "max-retransmit": text("4"),
      "response-timeout": text("120"),
      "awake-window": text("93"),
      "default-expiry": text("604800"),
      defect: text(),
    },
  });
  const number = (name) => {
    const value = Number(values[name]);
    if (!Number.isFinite(value) || value < 0) throw new TypeError(`--${name}: ${values[name]} is not a number`);
    return value;
  };
  if (values.defect !== undefined && !(values.defect in DEFECTS)) {
    throw new TypeError(`--defect: ${values.defect} is none of ${Object.keys(DEFECTS).join(", ")}`);
  }
  return {
    help: values.help === true,
    http: number("http"),
    coap: number("coap"),
    data: values.data,
    defect: values.defect,
    ackTimeout: number("ack-timeout") * 1000,
    maxRetransmit: number("max-retransmit"),
    responseTimeout: number("response-timeout") * 1000,
    awakeWindow: number("awake-window") * 1000,
    defaultExpiry: number("default-expiry"),
  };
}

/** Everything on 127.0.0.1: this is an example. */
const HOST = "127.0.0.1";

async function main() {
  const options = readOptions();
  if (options.help) return void process.stdout.write(HELP);
  const store = openStore(options.data);
  const alarms = createAlarms();
  const socket = dgram.createSocket("udp4");
  const devices = new Devices(store, alarms, options);
  const coap = new Coap(socket, options, devices);
  const server = http.createServer(createApi(store, devices, options));
  await new Promise((resolve, reject) => socket.once("error", reject).bind(options.coap, HOST, resolve));
  await new Promise((resolve, reject) => server.once("error", reject).listen(options.http, HOST, resolve));
  devices.resume(coap);
  const ready = {
    ready: true,
    pid: process.pid,
    http: `http://${HOST}:${server.address().port}/v1.1`,
    coap: `coap://${HOST}:${socket.address().port}`,
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(0));
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
});
