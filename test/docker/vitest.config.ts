import { defineConfig } from "vitest/config";

/** The Dockerfile's steps, which need the package registry and a minute: apart from the default run. */
export default defineConfig({
  test: { include: ["test/docker/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 600_000 },
});
