import { defineConfig } from "vitest/config";

/** What needs the packages of this folder: apart from the default run. */
export default defineConfig({
  test: { include: ["test/openapi-tools/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
});
