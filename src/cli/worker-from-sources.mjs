/**
 * What a worker thread of a checkout begins with: teaches the thread TypeScript, then does the jobs of worker.ts.
 *
 * The pool first tries `require` on its file, keeps what that says to itself, and then imports it. As this file cannot be
 * required, whatever is wrong with a source reaches the user as it is. The build has no use for it.
 */
import { register } from "tsx/esm/api";

register();

export const { plans, shrink, selfTestCase } = await import("./worker.ts");
