/**
 * One task for many devices, step by step: what a device of it costs must not grow with how many there are.
 *
 * Reference server in virtual time, store in memory, no HTTP and no sockets.
 */
import { seconds } from "../src/protocol/time.ts";
import { startEngine, TYPE } from "./engine.ts";
import {
  cpuSeconds,
  figures,
  type Measurement,
  measureInTurns,
  median,
  number,
  printTable,
  spread,
} from "./measure.ts";

const SIZES = [1_000, 10_000] as const;
const ROUNDS = 5;
const PAGE = 100;
const WARM_UP = 2_000;
const POLLS = 1_000;
/** The statuses are read so often, for one reading of a thousand is soon over. */
const READINGS = 20;

const STEPS = {
  devices: "devices come into being and register",
  create: "task created; every device asked, answers and is done",
  pages: `all statuses read, ${PAGE} a page`,
  filtered: `all statuses that SUCCEEDED read, ${PAGE} a page`,
  waiting: "task created for devices that are silent",
  cancel: "that task cancelled, and every exchange given up",
  expire: "another one expires",
  remove: "all tasks removed after 30 days",
} as const;

export async function benchLargeTask(): Promise<void> {
  const found = await measureInTurns(
    SIZES.map((size) => ["large-task", String(size)]),
    ROUNDS,
  );
  const [small = [], large = []] = found;
  const row = (name: string, about: string, digits: number): readonly string[] => [
    about,
    spread(figures(small, name), digits),
    spread(figures(large, name), digits),
    number(median(figures(large, name)) / median(figures(small, name)), 2),
  ];
  const sizes = SIZES.map((size) => `${number(size)} devices`);
  printTable(
    "large-task: one task for many devices, CPU µs per device",
    ["step", ...sizes, "ratio"],
    Object.entries(STEPS).map(([name, about]) => row(name, about, 2)),
  );
  printTable(
    "large-task: what does not belong to one device",
    ["", ...sizes, "ratio"],
    [
      row("poll", "CPU µs for GET of the task", 1),
      row("page", "CPU µs for one page of its statuses", 1),
      row("heap", "bytes of heap per device task, the store's included", 0),
    ],
  );
  console.log(`\nMedians of ${ROUNDS} (min–max), in turns. Heap after a full collection.`);
}

/** One part, after a smaller one that is not measured, so that the code is compiled. */
export function runLargeTask(devices: number): Measurement {
  measureSteps(WARM_UP);
  return measureSteps(devices);
}

function measureSteps(devices: number): Measurement {
  const engine = startEngine();
  const perDevice = (work: () => void): number => cpuMicros(work) / devices;
  const task = (): string => {
    const { body } = engine.rest("POST", "devicemgmt/tasks", TASK);
    return (body as { readonly data: { readonly id: string } }).data.id;
  };
  const readPages = (id: string, query: Readonly<Record<string, string>>): void => {
    for (let reading = 0; reading < READINGS; reading++) {
      for (let offset = 0; offset < devices; offset += PAGE) readPage(id, offset, query);
    }
  };
  const readPage = (id: string, offset: number, query: Readonly<Record<string, string>>): void => {
    const wanted = { count: String(PAGE), offset: String(offset), ...query };
    const { body } = engine.rest("GET", `devicemgmt/tasks/${id}/statuses`, undefined, wanted);
    const { count } = body as { readonly count: number };
    if (count !== PAGE) throw new Error(`a page of ${count}`);
  };
  const ofDevices = perDevice(() => engine.addDevices(devices));
  const before = heapInUse();
  let id = "";
  const create = perDevice(() => {
    id = task();
  });
  const heap = (heapInUse() - before) / devices;
  const poll = cpuMicros(() => {
    for (let index = 0; index < POLLS; index++) engine.rest("GET", `devicemgmt/tasks/${id}`);
  });
  const page = cpuMicros(() => {
    for (let index = 0; index < POLLS; index++) readPage(id, devices - PAGE, {});
  });
  const pages = perDevice(() => readPages(id, {})) / READINGS;
  const filtered = perDevice(() => readPages(id, { status: "SUCCEEDED" })) / READINGS;
  engine.devicesAnswer = false;
  let silent = "";
  const waiting = perDevice(() => {
    silent = task();
  });
  const cancel = perDevice(() => {
    engine.rest("PUT", `devicemgmt/tasks/${silent}`, { status: "CANCELLED" });
    engine.advance(seconds(100));
  });
  task();
  engine.advance(seconds(100));
  const expire = perDevice(() => engine.advance(seconds(EXPIRES_AFTER)));
  const remove = perDevice(() => engine.advance(seconds(2_592_000)));
  return {
    devices: ofDevices,
    create,
    pages,
    filtered,
    waiting,
    cancel,
    expire,
    remove,
    poll: poll / POLLS,
    page: page / POLLS,
    heap,
  };
}

function cpuMicros(work: () => void): number {
  const before = cpuSeconds();
  work();
  return (cpuSeconds() - before) * 1_000_000;
}

function heapInUse(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const EXPIRES_AFTER = 3_600;
const TASK = {
  dtid: TYPE,
  taskType: "W",
  property: "deviceProperties.device.timezone",
  taskParameters: { value: "UTC", expiresAfter: EXPIRES_AFTER },
};
