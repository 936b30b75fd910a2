/** Packages without types that tests drive: what the tests use of them, no more. */

declare module "artikcloud-js" {
  type Callback = (
    error: unknown,
    data: unknown,
    response: { readonly status: number; readonly body: unknown },
  ) => void;
  class ApiClient {
    basePath: string;
    /** Milliseconds. */
    timeout: number;
    readonly authentications: { readonly artikcloud_oauth: { accessToken?: string } };
    /** Path, method, five groups of parameters, body, authentications, media types out and in, type, callback. */
    callApi(path: string, method: string, ...more: readonly unknown[]): unknown;
  }
  /** Methods take their parameters and then a callback. */
  class DevicesManagementApi {
    constructor(client: ApiClient);
    readonly [method: string]: (...parameters: readonly unknown[]) => unknown;
  }
  const cloud: { readonly ApiClient: typeof ApiClient; readonly DevicesManagementApi: typeof DevicesManagementApi };

  export type { ApiClient, Callback, DevicesManagementApi };
  // biome-ignore lint/style/noDefaultExport: the package has one.
  export default cloud;
}

declare module "coap-node" {
  type Callback<T> = (error: Error | null, value: T) => void;
  interface Answer {
    /** A response code: `2.01`. */
    readonly status: string;
  }
  /** A package of its own, `smartobject`, that comes with this one. */
  interface SmartObject {
    init(object: string, instance: number, resources: Readonly<Record<string, unknown>>): unknown;
    get(object: string, instance: number, resource: string): unknown;
    dumpSync(object: string, instance: number): Readonly<Record<string, unknown>>;
  }
  class CoapNode {
    constructor(endpoint: string, objects: SmartObject, attributes: Readonly<Record<string, unknown>>);
    /** UDP port, once it is registered. */
    readonly port: number;
    readonly locationPath: string;
    /** A check that runs for ever. */
    readonly _socketServerChker: NodeJS.Timeout;
    register(host: string, port: number, callback: Callback<Answer>): void;
    update(attributes: { readonly lifetime?: number }, callback: Callback<Answer>): void;
    deregister(callback: Callback<Answer>): void;
    on(event: "error", listener: (error: Error) => void): void;
  }

  export type { Answer, Callback, SmartObject };
  // biome-ignore lint/style/noDefaultExport: the package has one.
  export default CoapNode;
}
