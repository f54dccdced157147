import { defineConfig } from "vitest/config";

/** Servers in other languages, which run.sh builds and looks for: apart from the default run. */
export default defineConfig({
  test: { include: ["test/interop/**/*.interop.ts"], testTimeout: 30_000, hookTimeout: 60_000, maxWorkers: 2 },
});
