/** What of the page is wanted, as its query says it; every state of the page has an address that can be kept or sent. */

export interface PageAddress {
  /** Device type; absent: the first. */
  readonly type: string | undefined;
  /** Part of an id or a name of a device. */
  readonly find: string | undefined;
  /** Pages, from 1: of devices, of tasks, of the devices of the open task. */
  readonly devices: number;
  readonly tasks: number;
  readonly part: number;
  /** The open task. */
  readonly task: string | undefined;
  /** The open device. */
  readonly device: string | undefined;
}

/** @param query of any request: what makes no sense counts as absent */
export function readPageAddress(query: Readonly<Record<string, string>>): PageAddress {
  const text = (name: string): string | undefined => (query[name] === "" ? undefined : query[name]);
  const page = (name: string): number => (/^[1-9]\d{0,8}$/.test(query[name] ?? "") ? Number(query[name]) : 1);
  return {
    type: text("type"),
    find: text("find"),
    devices: page("devices"),
    tasks: page("tasks"),
    part: page("part"),
    task: text("task"),
    device: text("device"),
  };
}

/** A relative link: the same address, but for the changes. */
export function linkTo(address: PageAddress, changes: Partial<PageAddress>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...address, ...changes })) {
    if (value !== undefined && value !== 1) parameters.set(name, String(value));
  }
  return `?${parameters.toString()}`;
}
