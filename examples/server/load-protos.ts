import { join } from "node:path";
import { loadPackageDefinition, type ServiceDefinition, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { loadSync, type PackageDefinition } from "@grpc/proto-loader";
import { getProtoPath } from "google-proto-files";
import { projectRoot } from "./project-root.js";

/** The sample protos, all of package portico.examples.v1. */
export const sampleFiles = ["chat", "echo", "monitoring", "orders", "uploads", "users"].map(
  (name) => `portico/examples/v1/${name}.proto`,
);

/** A service as grpc-js takes it, and a client's constructor for it. */
export type LoadedService = ServiceDefinition<UntypedServiceImplementation>;

/**
 * Reads the sample protos: the project's own from proto/, the imports under google/ from google-proto-files. 64-bit
 * integers and enum values become strings, so that no digit is lost and an enum can be read.
 */
export function loadProtos(): PackageDefinition {
  return loadSync(sampleFiles, {
    // getProtoPath() ends in "google"; imports begin with it.
    includeDirs: [join(projectRoot(), "proto"), join(getProtoPath(), "..")],
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  });
}

/** The service of a full name, such as "portico.examples.v1.UserService". */
export function serviceOf(definition: PackageDefinition, fullName: string): LoadedService {
  let found: unknown = loadPackageDefinition(definition);
  for (const part of fullName.split(".")) found = (found as Record<string, unknown> | undefined)?.[part];
  const service = (found as { service?: LoadedService } | undefined)?.service;
  if (service === undefined) throw new Error(`cannot find service ${fullName} in the protos`);
  return service;
}
