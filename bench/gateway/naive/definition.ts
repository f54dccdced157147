import { loadSync, type PackageDefinition } from "@grpc/proto-loader";
import { getProtoPath } from "google-proto-files";
import { protoFiles, protoRoots } from "../answers.js";

/** The bench's protos as gRPC users in Node load them, with the options that make objects like JSON. */
export function loadDefinition(): PackageDefinition {
  return loadSync([...protoFiles], {
    includeDirs: [...protoRoots, getProtoPath("..")],
    longs: String,
    enums: String,
    defaults: false,
  });
}
