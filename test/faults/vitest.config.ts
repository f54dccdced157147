import { defineConfig } from "vitest/config";

/** Faults under load, which take some seconds each: apart from the default run. */
export default defineConfig({
  test: { include: ["test/faults/**/*.faults.ts"], testTimeout: 60_000, hookTimeout: 60_000, maxWorkers: 1 },
});
