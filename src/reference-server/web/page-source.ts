/**
 * Gathers what a page shows: devices from the view of the fleet, everything else by the requests of the REST API itself,
 * with the token of whoever looks. So who may see what is decided in one place, and the page cannot show more than the API.
 */
import type { RestRequest, RestResponse } from "../../protocol/server-port.ts";
import type { DeviceTypeView, DeviceView, FleetView } from "../watch/fleet-view.ts";
import type { PageAddress } from "./page-address.ts";
import {
  type Detail,
  type DevicePage,
  type ImageList,
  type ImageModel,
  type Manifest,
  PAGE_SIZE,
  type PageData,
  type Properties,
  type TaskList,
  type TaskStatuses,
  type TypeChoice,
} from "./page-data.ts";

/** A request of the API without HTTP. */
export type Ask = (request: RestRequest) => Promise<RestResponse>;

export type Gathered =
  | { readonly kind: "page"; readonly data: PageData }
  | { readonly kind: "refused"; readonly status: number; readonly message: string };

/** Device types in the menu; others can be opened by the address. */
const MOST_TYPES = 100;

export async function gatherPage(
  address: PageAddress,
  token: string | undefined,
  { ask, fleet }: { readonly ask: Ask; readonly fleet: FleetView },
): Promise<Gathered> {
  const bearer = token === undefined ? {} : { token };
  const get: Get = (path, query = {}) => ask({ method: "GET", path: ["devicemgmt", ...path], query, ...bearer });
  const types = await typesFor(fleet, get);
  const dtid = address.type ?? types[0]?.dtid;
  if (dtid === undefined) {
    // Is there nothing, or nothing for this token? Any request tells; it is 404 for whoever may ask.
    const probe = await get(["devicetypes", fleet.types.keys().next().value ?? "-"]);
    if (probe.status === 401 || probe.status === 403) return refused(probe);
    return { kind: "page", data: { address, types, fleet: undefined, detail: { kind: "none" } } };
  }
  const [tasks, manifest, images] = await Promise.all([
    get(["tasks"], { dtid, ...slice(address.tasks) }),
    get(["devicetypes", dtid, "manifest", "properties"]),
    ask({ method: "GET", path: ["updates"], query: { dtid }, ...bearer }),
  ]);
  const type = fleet.types.get(dtid);
  if (tasks.status !== 200) return refused(tasks);
  if (manifest.status !== 200 || type === undefined) return refused(manifest);
  return {
    kind: "page",
    data: {
      address: { ...address, type: dtid },
      types,
      fleet: {
        type,
        devices: devicePage(type, address),
        tasks: tasks.body as TaskList,
        manifest: (manifest.body as { readonly data: Manifest }).data,
        images: imagesOf(images),
      },
      detail: await gatherDetail(address, fleet, get),
    },
  };
}

const imagesOf = ({ status, body }: RestResponse): ImageList => {
  if (status !== 200) return { total: 0, items: [] };
  const { total, data } = body as {
    readonly total: number;
    readonly data: { readonly updates: readonly ImageModel[] };
  };
  return { total, items: data.updates };
};

type Get = (path: readonly string[], query?: Readonly<Record<string, string>>) => Promise<RestResponse>;

async function typesFor(fleet: FleetView, get: Get): Promise<readonly TypeChoice[]> {
  const first = [...fleet.types.values()].slice(0, MOST_TYPES);
  const answers = await Promise.all(first.map(({ dtid }) => get(["devicetypes", dtid])));
  return first.filter((_, index) => answers[index]?.status === 200);
}

async function gatherDetail({ task, part, device: did }: PageAddress, fleet: FleetView, get: Get): Promise<Detail> {
  if (task !== undefined) {
    const answer = await get(["tasks", task, "statuses"], slice(part));
    if (answer.status !== 200) return { kind: "refused", what: `Task ${task}`, message: messageOf(answer) };
    return { kind: "task", statuses: answer.body as TaskStatuses };
  }
  if (did === undefined) return { kind: "none" };
  const answer = await get(["devices", did, "properties"], { includeTimestamp: "true" });
  const device = fleet.devices.get(did);
  if (answer.status !== 200 || device === undefined) {
    return { kind: "refused", what: `Device ${did}`, message: messageOf(answer) };
  }
  return { kind: "device", device, properties: (answer.body as { readonly data: Properties }).data };
}

const slice = (page: number): Readonly<Record<string, string>> => ({
  count: String(PAGE_SIZE),
  offset: String((page - 1) * PAGE_SIZE),
});

function devicePage({ devices }: DeviceTypeView, { find, devices: page }: PageAddress): DevicePage {
  const wanted = find?.toLowerCase();
  const matches = ({ did, name }: DeviceView): boolean =>
    wanted === undefined || did.toLowerCase().includes(wanted) || name.toLowerCase().includes(wanted);
  const matching = wanted === undefined ? devices : devices.filter(matches);
  return {
    total: matching.length,
    registered: matching.reduce((sum, { registration }) => sum + (registration === undefined ? 0 : 1), 0),
    page,
    items: matching.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE),
  };
}

const refused = (answer: RestResponse): Gathered => ({
  kind: "refused",
  status: answer.status,
  message: messageOf(answer),
});

/** Of the error envelope. */
const messageOf = ({ status, body }: RestResponse): string =>
  (body as { readonly error?: { readonly message?: string } } | undefined)?.error?.message ?? `HTTP ${status}`;
