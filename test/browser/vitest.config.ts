import { defineConfig } from "vitest/config";

/** What needs a browser: apart from the default run. */
export default defineConfig({
  test: { include: ["test/browser/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
});
