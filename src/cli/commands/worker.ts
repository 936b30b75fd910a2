/** `worker`: takes part in distributed runs, one after the other. */
import { z } from "zod";
import { defineCommand, Text } from "../command.ts";
import { readRedisUrl } from "../distributed/redis-link.ts";
import { EXIT_PASS } from "../exit-codes.ts";

export const WORKER = defineCommand({
  name: "worker",
  about:
    "Does work for verify, load and fleet that were started with --distributed: waits for runs at a Redis, and takes part in one after the other. Ends at Ctrl-C; what it is at is finished first, or given back.",
  options: [
    { name: "redis", value: "URL", about: "where it meets coordinators, such as redis://127.0.0.1:6379" },
    { name: "name", value: "TEXT", about: "how it is called in messages and results", presetText: "its process id" },
  ],
  examples: ["worker --redis redis://127.0.0.1:6379", "worker --redis redis://127.0.0.1:6379 --name rack-2"],
  schema: z.strictObject({
    redis: z
      .string("is missing: where coordinators are met, such as redis://127.0.0.1:6379")
      .min(1, "must not be empty"),
    name: Text.max(80).optional(),
  }),
  async run(options, services, io) {
    await services.runWorker({
      redis: readRedisUrl("redis", options.redis),
      name: options.name ?? services.processName(),
      services,
      signal: io.signal,
      say: (line) => io.err(`${line}\n`),
    });
    return EXIT_PASS;
  },
});
