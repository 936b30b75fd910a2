/**
 * How many datagrams each source may bring, so that a flood from some leaves room for the others.
 *
 * A token bucket per address prefix of strangers, one of all strangers together, and one per address of a device that
 * was registered here: whoever shares a prefix with a flood, or lives while strangers flood from everywhere, is heard.
 * Looks at datagrams no further than at the code of an answer to Register or Update; knows no engine.
 *
 * The memory is bounded: the bucket used longest ago is forgotten, and with it at most a burst too much is let in.
 */
import { type Address, splitAddress } from "../../protocol/address.ts";
import { between, type Instant, toSeconds } from "../../protocol/time.ts";

export interface DatagramGate {
  /** Whether a datagram is to be taken; if not it is lost, as UDP may. */
  admits(from: Address, now: Instant): boolean;
  /** A datagram leaves. */
  sent(to: Address, bytes: Uint8Array): void;
  /** Entries of the tables. */
  readonly sizes: { readonly prefixes: number; readonly devices: number };
}

export interface DatagramGateOptions {
  /** Datagrams in a second that a prefix, and that a registered device, may bring for long. */
  readonly perSecond: number;
  /** Entries of each table, at most. Default 65,536 prefixes, 262,144 devices. */
  readonly mostPrefixes?: number;
  readonly mostDevices?: number;
}

/** A fleet that wakes up behind one address gets this many seconds' worth at once. */
const BURST_SECONDS = 10;
/** Strangers together may bring what this many prefixes may. */
const PREFIXES_AT_ONCE = 20;

interface Bucket {
  level: number;
  at: Instant;
}

export function createDatagramGate(options: DatagramGateOptions): DatagramGate {
  const { perSecond, mostPrefixes = 65_536, mostDevices = 262_144 } = options;
  const prefixes = new Map<string, Bucket>();
  const devices = new Map<Address, Bucket>();
  const strangers: Bucket = newBucket(perSecond * PREFIXES_AT_ONCE);

  const prefixBucket = (prefix: string): Bucket => {
    const bucket = prefixes.get(prefix) ?? newBucket(perSecond);
    touch(prefixes, prefix, bucket, mostPrefixes);
    return bucket;
  };

  return {
    admits(from, now) {
      const known = devices.get(from);
      if (known !== undefined) return take(known, perSecond, now);
      return take(prefixBucket(prefixOf(from)), perSecond, now) && take(strangers, perSecond * PREFIXES_AT_ONCE, now);
    },
    sent(to, bytes) {
      // Only a device that has a registration is answered 2.01 or 2.04. Later answers keep it among the recent ones.
      if (!isRegistrationAnswer(bytes)) return;
      touch(devices, to, devices.get(to) ?? newBucket(perSecond), mostDevices);
    },
    get sizes() {
      return { prefixes: prefixes.size, devices: devices.size };
    },
  };
}

const newBucket = (perSecond: number): Bucket => ({ level: perSecond * BURST_SECONDS, at: 0 as Instant });

function take(bucket: Bucket, perSecond: number, now: Instant): boolean {
  const refill = toSeconds(between(bucket.at, now)) * perSecond;
  bucket.level = Math.min(perSecond * BURST_SECONDS, bucket.level + refill);
  bucket.at = now;
  if (bucket.level < 1) return false;
  bucket.level -= 1;
  return true;
}

/** Makes it the one used last; forgets the one used longest ago. */
function touch<K>(buckets: Map<K, Bucket>, key: K, bucket: Bucket, most: number): void {
  buckets.delete(key);
  buckets.set(key, bucket);
  if (buckets.size <= most) return;
  for (const oldest of buckets.keys()) {
    buckets.delete(oldest);
    return;
  }
}

const CREATED = 0x41;
const CHANGED = 0x44;
/** The code is the second byte. RFC 7252 §3 */
const isRegistrationAnswer = (bytes: Uint8Array): boolean => bytes[1] === CREATED || bytes[1] === CHANGED;

/** `192.0.2` (a /24) of IPv4, the first three groups (a /48) of IPv6. */
export function prefixOf(from: Address): string {
  const { host } = splitAddress(from);
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(host)?.[1];
  const plain = mapped ?? host;
  if (!plain.includes(":")) return plain.slice(0, plain.lastIndexOf("."));
  const [head = "", tail] = plain.split("::");
  const groups = head.split(":").filter((group) => group !== "");
  const missing = tail === undefined ? 0 : 3 - groups.length;
  return [...groups, ...Array.from({ length: Math.max(0, missing) }, () => "0")].slice(0, 3).join(":");
}
