import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { buildDescriptors } from "../support/build-descriptors.js";
import { projectRoot } from "../support/project-root.js";

it("keeps proto/examples.binpb as buf makes it of the sample protos (UPDATE_GOLDEN=1 writes it)", () => {
  const path = join(projectRoot, "proto/examples.binpb");
  const built = Buffer.from(
    buildDescriptors([
      { root: "proto", paths: ["portico"] },
      { root: "node_modules/grpc-health-check/proto", paths: ["health/v1/health.proto"] },
    ]),
  );
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(path, built);
  expect(readFileSync(path).equals(built)).toBe(true);
});
