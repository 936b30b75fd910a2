/** Whether a server can work, as `/healthz` tells it. */

export interface Health {
  /** The store has failed. */
  lost(): void;
  stopping(): void;
  readonly isStopping: boolean;
  report(): HealthReport;
}

export interface HealthReport {
  readonly httpStatus: 200 | 503;
  readonly body: {
    readonly status: "ok" | "store-lost" | "stopping";
    readonly version: string;
    /** Seconds since the start. */
    readonly uptime: number;
    /** The kind, not the place: that is nobody's business who may not log in. */
    readonly store: string;
  };
}

/** @param uptime seconds since the start */
export function createHealth(version: string, store: string, uptime: () => number): Health {
  let status: HealthReport["body"]["status"] = "ok";
  return {
    lost() {
      status = "store-lost";
    },
    stopping() {
      // A server that has lost its store stops as well; the cause is worth more.
      if (status === "ok") status = "stopping";
    },
    get isStopping() {
      return status !== "ok";
    },
    report: () => ({
      httpStatus: status === "ok" ? 200 : 503,
      body: { status, version, uptime: Math.floor(uptime()), store },
    }),
  };
}
