/**
 * The objects that Fleetproof knows, as tables: Security, Server, Device, Connectivity Monitoring, Firmware Update,
 * Location and Connectivity Statistics.
 *
 * Rows are in the order of the registry. Not here: Objlnk resources (3/22, which has no type in `value.ts`), and the
 * additions of LwM2M 1.1 and 1.2. A resource without a row is skipped where an instance is read.
 *
 * Spec: OMA LwM2M Core Appendix E.1 (Security), E.2 (Server), E.4 (Device), E.5 (Connectivity Monitoring), E.6 (Firmware
 * Update), E.7 (Location), E.8 (Connectivity Statistics); OMA object registry 0.xml, 1.xml, 3.xml to 7.xml.
 */
import type { ResourceType } from "./value.ts";

/** What a server may do. `""`: neither; the object is written by bootstrap alone. */
export type Operations = "R" | "W" | "RW" | "E" | "";

/** One resource of an object, as the registry has it. */
export interface ResourceRow {
  readonly id: number;
  /** lowerCamelCase; for Device and Firmware Update exactly the name that the task API uses. */
  readonly name: string;
  readonly operations: Operations;
  readonly multiple: boolean;
  readonly mandatory: boolean;
  readonly type: ResourceType;
  readonly spec?: string;
}

/** One object, with its resources in the order of their ids. */
export interface ObjectRow {
  readonly id: number;
  readonly name: string;
  readonly multiple: boolean;
  readonly spec: string;
  readonly resources: readonly ResourceRow[];
}

/** Ids of the objects. Spec: OMA object registry. */
export const SECURITY = 0;
export const SERVER = 1;
export const DEVICE = 3;
export const CONNECTIVITY_MONITORING = 4;
export const FIRMWARE_UPDATE = 5;
export const LOCATION = 6;
export const CONNECTIVITY_STATISTICS = 7;

const SINGLE = { multiple: false } as const;
const MULTIPLE = { multiple: true } as const;
const MANDATORY = { mandatory: true } as const;
const OPTIONAL = { mandatory: false } as const;

const SECURITY_RESOURCES: readonly ResourceRow[] = [
  { id: 0, name: "serverUri", operations: "", ...SINGLE, ...MANDATORY, type: "string" },
  { id: 1, name: "bootstrapServer", operations: "", ...SINGLE, ...MANDATORY, type: "boolean" },
  { id: 2, name: "securityMode", operations: "", ...SINGLE, ...MANDATORY, type: "integer", spec: "0..4" },
  { id: 3, name: "publicKeyOrIdentity", operations: "", ...SINGLE, ...MANDATORY, type: "opaque" },
  { id: 4, name: "serverPublicKey", operations: "", ...SINGLE, ...MANDATORY, type: "opaque" },
  { id: 5, name: "secretKey", operations: "", ...SINGLE, ...MANDATORY, type: "opaque" },
  { id: 10, name: "shortServerId", operations: "", ...SINGLE, ...OPTIONAL, type: "integer", spec: "1..65534" },
  { id: 11, name: "clientHoldOffTime", operations: "", ...SINGLE, ...OPTIONAL, type: "integer", spec: "s" },
  { id: 12, name: "bootstrapServerAccountTimeout", operations: "", ...SINGLE, ...OPTIONAL, type: "integer", spec: "s" },
];

const SERVER_RESOURCES: readonly ResourceRow[] = [
  { id: 0, name: "shortServerId", operations: "R", ...SINGLE, ...MANDATORY, type: "integer", spec: "1..65534" },
  { id: 1, name: "lifetime", operations: "RW", ...SINGLE, ...MANDATORY, type: "integer", spec: "s" },
  { id: 2, name: "defaultMinimumPeriod", operations: "RW", ...SINGLE, ...OPTIONAL, type: "integer", spec: "s" },
  { id: 3, name: "defaultMaximumPeriod", operations: "RW", ...SINGLE, ...OPTIONAL, type: "integer", spec: "s" },
  { id: 4, name: "disable", operations: "E", ...SINGLE, ...OPTIONAL, type: "none" },
  {
    id: 5,
    name: "disableTimeout",
    operations: "RW",
    ...SINGLE,
    ...OPTIONAL,
    type: "integer",
    spec: "s, default 86400",
  },
  { id: 6, name: "notificationStoring", operations: "RW", ...SINGLE, ...MANDATORY, type: "boolean" },
  { id: 7, name: "binding", operations: "RW", ...SINGLE, ...MANDATORY, type: "string" },
  { id: 8, name: "registrationUpdateTrigger", operations: "E", ...SINGLE, ...MANDATORY, type: "none" },
  { id: 9, name: "bootstrapRequestTrigger", operations: "E", ...SINGLE, ...OPTIONAL, type: "none", spec: "since 1.1" },
];

const DEVICE_RESOURCES: readonly ResourceRow[] = [
  { id: 0, name: "manufacturer", operations: "R", ...SINGLE, ...OPTIONAL, type: "string" },
  { id: 1, name: "modelNumber", operations: "R", ...SINGLE, ...OPTIONAL, type: "string" },
  { id: 2, name: "serialNumber", operations: "R", ...SINGLE, ...OPTIONAL, type: "string" },
  { id: 3, name: "firmwareVersion", operations: "R", ...SINGLE, ...OPTIONAL, type: "string" },
  { id: 4, name: "reboot", operations: "E", ...SINGLE, ...MANDATORY, type: "none" },
  { id: 5, name: "factoryReset", operations: "E", ...SINGLE, ...OPTIONAL, type: "none" },
  { id: 6, name: "availablePowerSources", operations: "R", ...MULTIPLE, ...OPTIONAL, type: "integer", spec: "0..7" },
  { id: 7, name: "powerSourceVoltage", operations: "R", ...MULTIPLE, ...OPTIONAL, type: "integer", spec: "mV" },
  { id: 8, name: "powerSourceCurrent", operations: "R", ...MULTIPLE, ...OPTIONAL, type: "integer", spec: "mA" },
  { id: 9, name: "batteryLevel", operations: "R", ...SINGLE, ...OPTIONAL, type: "integer", spec: "0..100 %" },
  { id: 10, name: "memoryFree", operations: "R", ...SINGLE, ...OPTIONAL, type: "integer", spec: "kB of 1000 bytes" },
  { id: 11, name: "errorCode", operations: "R", ...MULTIPLE, ...MANDATORY, type: "integer", spec: "0..32" },
  { id: 12, name: "resetErrorCode", operations: "E", ...SINGLE, ...OPTIONAL, type: "none" },
  { id: 13, name: "currentTime", operations: "RW", ...SINGLE, ...OPTIONAL, type: "time", spec: "s since 1970" },
  { id: 14, name: "utcOffset", operations: "RW", ...SINGLE, ...OPTIONAL, type: "string", spec: "ISO 8601" },
  { id: 15, name: "timezone", operations: "RW", ...SINGLE, ...OPTIONAL, type: "string", spec: "IANA zone name" },
  { id: 16, name: "supportedBindingAndModes", operations: "R", ...SINGLE, ...MANDATORY, type: "string" },
  { id: 17, name: "deviceType", operations: "R", ...SINGLE, ...OPTIONAL, type: "string" },
  { id: 18, name: "hardwareVersion", operations: "R", ...SINGLE, ...OPTIONAL, type: "string" },
  { id: 19, name: "softwareVersion", operations: "R", ...SINGLE, ...OPTIONAL, type: "string" },
  { id: 20, name: "batteryStatus", operations: "R", ...SINGLE, ...OPTIONAL, type: "integer", spec: "0..6" },
  { id: 21, name: "memoryTotal", operations: "R", ...SINGLE, ...OPTIONAL, type: "integer", spec: "kB of 1000 bytes" },
];

const CONNECTIVITY_MONITORING_RESOURCES: readonly ResourceRow[] = [
  { id: 0, name: "networkBearer", operations: "R", ...SINGLE, ...MANDATORY, type: "integer" },
  { id: 1, name: "availableNetworkBearer", operations: "R", ...MULTIPLE, ...MANDATORY, type: "integer" },
  { id: 2, name: "radioSignalStrength", operations: "R", ...SINGLE, ...MANDATORY, type: "integer", spec: "dBm" },
  { id: 3, name: "linkQuality", operations: "R", ...SINGLE, ...OPTIONAL, type: "integer" },
  { id: 4, name: "ipAddresses", operations: "R", ...MULTIPLE, ...MANDATORY, type: "string" },
  { id: 5, name: "routerIpAddresses", operations: "R", ...MULTIPLE, ...OPTIONAL, type: "string" },
  { id: 6, name: "linkUtilization", operations: "R", ...SINGLE, ...OPTIONAL, type: "integer", spec: "0..100 %" },
  { id: 7, name: "apn", operations: "R", ...MULTIPLE, ...OPTIONAL, type: "string" },
  { id: 8, name: "cellId", operations: "R", ...SINGLE, ...OPTIONAL, type: "integer" },
  { id: 9, name: "smnc", operations: "R", ...SINGLE, ...OPTIONAL, type: "integer" },
  { id: 10, name: "smcc", operations: "R", ...SINGLE, ...OPTIONAL, type: "integer" },
];

const FIRMWARE_UPDATE_RESOURCES: readonly ResourceRow[] = [
  { id: 0, name: "package", operations: "W", ...SINGLE, ...MANDATORY, type: "opaque" },
  { id: 1, name: "packageURI", operations: "RW", ...SINGLE, ...MANDATORY, type: "string", spec: "W before 1.0" },
  { id: 2, name: "update", operations: "E", ...SINGLE, ...MANDATORY, type: "none" },
  { id: 3, name: "state", operations: "R", ...SINGLE, ...MANDATORY, type: "integer", spec: "0..3" },
  {
    id: 4,
    name: "updateSupportedObjects",
    operations: "RW",
    ...SINGLE,
    ...OPTIONAL,
    type: "boolean",
    spec: "before 1.0; gone since",
  },
  { id: 5, name: "updateResult", operations: "R", ...SINGLE, ...MANDATORY, type: "integer", spec: "0..9" },
  { id: 6, name: "pkgName", operations: "R", ...SINGLE, ...OPTIONAL, type: "string" },
  { id: 7, name: "pkgVersion", operations: "R", ...SINGLE, ...OPTIONAL, type: "string" },
  { id: 8, name: "protocolSupport", operations: "R", ...MULTIPLE, ...OPTIONAL, type: "integer", spec: "0..5" },
  { id: 9, name: "deliveryMethod", operations: "R", ...SINGLE, ...MANDATORY, type: "integer", spec: "0..2" },
];

const LOCATION_RESOURCES: readonly ResourceRow[] = [
  { id: 0, name: "latitude", operations: "R", ...SINGLE, ...MANDATORY, type: "float", spec: "degrees" },
  { id: 1, name: "longitude", operations: "R", ...SINGLE, ...MANDATORY, type: "float", spec: "degrees" },
  { id: 2, name: "altitude", operations: "R", ...SINGLE, ...OPTIONAL, type: "float", spec: "m" },
  { id: 3, name: "radius", operations: "R", ...SINGLE, ...OPTIONAL, type: "float", spec: "m" },
  { id: 4, name: "velocity", operations: "R", ...SINGLE, ...OPTIONAL, type: "opaque" },
  { id: 5, name: "timestamp", operations: "R", ...SINGLE, ...MANDATORY, type: "time" },
  { id: 6, name: "speed", operations: "R", ...SINGLE, ...OPTIONAL, type: "float", spec: "m/s" },
];

const CONNECTIVITY_STATISTICS_RESOURCES: readonly ResourceRow[] = [
  { id: 0, name: "smsTxCounter", operations: "R", ...SINGLE, ...OPTIONAL, type: "integer" },
  { id: 1, name: "smsRxCounter", operations: "R", ...SINGLE, ...OPTIONAL, type: "integer" },
  { id: 2, name: "txData", operations: "R", ...SINGLE, ...OPTIONAL, type: "integer", spec: "kB of 1000 bytes" },
  { id: 3, name: "rxData", operations: "R", ...SINGLE, ...OPTIONAL, type: "integer", spec: "kB of 1000 bytes" },
  { id: 4, name: "maxMessageSize", operations: "R", ...SINGLE, ...OPTIONAL, type: "integer", spec: "bytes" },
  { id: 5, name: "averageMessageSize", operations: "R", ...SINGLE, ...OPTIONAL, type: "integer", spec: "bytes" },
  { id: 6, name: "start", operations: "E", ...SINGLE, ...MANDATORY, type: "none" },
  { id: 7, name: "stop", operations: "E", ...SINGLE, ...MANDATORY, type: "none" },
  { id: 8, name: "collectionPeriod", operations: "RW", ...SINGLE, ...OPTIONAL, type: "integer", spec: "s" },
];

/** The objects, in the order of their ids. */
export const OBJECTS: readonly ObjectRow[] = [
  { id: SECURITY, name: "security", multiple: true, spec: "Core Appendix E.1", resources: SECURITY_RESOURCES },
  { id: SERVER, name: "server", multiple: true, spec: "Core Appendix E.2", resources: SERVER_RESOURCES },
  { id: DEVICE, name: "device", multiple: false, spec: "Core Appendix E.4", resources: DEVICE_RESOURCES },
  {
    id: CONNECTIVITY_MONITORING,
    name: "connectivityMonitoring",
    multiple: false,
    spec: "Core Appendix E.5",
    resources: CONNECTIVITY_MONITORING_RESOURCES,
  },
  {
    id: FIRMWARE_UPDATE,
    name: "firmwareUpdate",
    multiple: false,
    spec: "Core Appendix E.6",
    resources: FIRMWARE_UPDATE_RESOURCES,
  },
  { id: LOCATION, name: "location", multiple: false, spec: "Core Appendix E.7", resources: LOCATION_RESOURCES },
  {
    id: CONNECTIVITY_STATISTICS,
    name: "connectivityStatistics",
    multiple: false,
    spec: "Core Appendix E.8",
    resources: CONNECTIVITY_STATISTICS_RESOURCES,
  },
];

/** The row of an object; `undefined` when it is not in the tables. */
export const objectRow = (object: number): ObjectRow | undefined => OBJECTS.find((row) => row.id === object);

/** The row of a resource; `undefined` when the object or the resource is not in the tables. */
export const resourceRow = (object: number, resource: number): ResourceRow | undefined =>
  objectRow(object)?.resources.find((row) => row.id === resource);
