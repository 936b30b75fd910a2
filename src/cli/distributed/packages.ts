/** The two packages of distributed runs. They are optional: who runs on one machine alone does without them. */
import { HarnessError, systemCode } from "../../platform/errors.ts";

export interface QueuePackages {
  readonly bullmq: Pick<typeof import("bullmq"), "Queue" | "QueueEvents" | "QueueKeys" | "Worker" | "WaitingError">;
  readonly ioredis: Pick<typeof import("ioredis"), "Redis">;
}

/** What loads them; a test gives others. */
export interface PackageLoader {
  bullmq(): Promise<QueuePackages["bullmq"]>;
  ioredis(): Promise<QueuePackages["ioredis"]>;
}

const INSTALLED: PackageLoader = { bullmq: () => import("bullmq"), ioredis: () => import("ioredis") };

/** @throws HarnessError `package-missing`, with what installs them */
export async function loadPackages(loader: PackageLoader = INSTALLED): Promise<QueuePackages> {
  try {
    return { bullmq: await loader.bullmq(), ioredis: await loader.ioredis() };
  } catch (cause) {
    if (systemCode(cause) !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new HarnessError(
      "package-missing",
      "distributed runs need two packages that are not installed: npm install bullmq ioredis",
      { cause },
    );
  }
}
