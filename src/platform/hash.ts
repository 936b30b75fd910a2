/** SHA-256, for naming content; secrets are in secrets.ts. */
import crypto from "node:crypto";

export interface Hash {
  /** Text counts as its UTF-8 bytes. How the content is cut into chunks does not matter. */
  update(chunk: string | Uint8Array): void;
  /** Lower-case hex, 64 characters. Ends the hash: no `update` afterwards. */
  hex(): string;
}

export function createHash(): Hash {
  const hash = crypto.createHash("sha256");
  return {
    update: (chunk) => void hash.update(chunk),
    hex: () => hash.digest("hex"),
  };
}

export function sha256(content: string | Uint8Array): string {
  const hash = createHash();
  hash.update(content);
  return hash.hex();
}

/** A name that nothing else has: 32 lower-case hex characters. For scopes on shared servers, never in a plan. */
export const uniqueName = (): string => crypto.randomBytes(16).toString("hex");
