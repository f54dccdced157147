import { defineConfig } from "vitest/config";

/** `npm run test:image`: performs the Dockerfile's steps. It needs the package registry and a minute, so it is not in the default run. */
export default defineConfig({
  test: {
    include: ["test/docker/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 600_000,
    pool: "forks",
  },
});
