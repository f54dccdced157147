import type { ConfigInput } from "../../../src/app/index.js";
import { buildDescriptors, googleProtos } from "../../support/build-descriptors.js";
import { Oracle } from "../../support/oracle.js";

export type Transport = "http2" | "grpc-js";

/** The rules of e2e.proto and groups.proto before one upstream. */
export function stageConfig(target: string, transport: Transport, config: ConfigInput = {}): ConfigInput {
  return {
    schema: { protos: { roots: ["test/e2e", "proto"], files: ["test/e2e/*.proto"] } },
    upstreams: { fake: { target, transport, deadline: "20s", services: ["portico.e2e.v1.*"] } },
    openapi: { enabled: false },
    admin: { enabled: false },
    log: { level: "silent" },
    ...config,
  };
}

let built: Oracle | null = null;

/** e2e.proto and what it imports, by another implementation. */
export function e2eOracle(): Oracle {
  built ??= new Oracle(
    buildDescriptors([
      { root: "test/e2e", paths: ["e2e.proto", "groups.proto"] },
      { root: "proto", paths: ["portico/examples/v1/echo.proto"] },
      googleProtos("google/rpc/error_details.proto", "google/rpc/status.proto"),
    ]),
  );
  return built;
}
