import { defineConfig } from "vitest/config";

/** For `npm run mutation`: the only test is the simulated campaign that has to notice each change of the server. */
export default defineConfig({
  test: {
    include: ["test/mutation/*.mutation.ts"],
    testTimeout: 60_000,
    pool: "threads",
  },
});
