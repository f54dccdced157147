import { Metadata as GrpcMetadata } from "@grpc/grpc-js";
import { isBinaryName, type Metadata } from "../../core/index.js";
import { isCustom, isSendable } from "../sendable.js";

/** A flat list as grpc-js wants it; entries that gRPC cannot carry are left out. */
export function toGrpcMetadata(metadata: Metadata): GrpcMetadata {
  const out = new GrpcMetadata();
  for (let i = 0; i + 1 < metadata.length; i += 2) {
    const name = metadata[i] as string;
    const value = metadata[i + 1] as string;
    if (isSendable(name, value)) out.add(name, isBinaryName(name) ? Buffer.from(value, "base64") : value);
  }
  return out;
}

/** The service's own entries as a flat list, bytes as base64. */
export function fromGrpcMetadata(metadata: GrpcMetadata): Metadata {
  const out: string[] = [];
  for (const [name, values] of Object.entries(metadata.toJSON())) {
    if (!isCustom(name)) continue;
    for (const value of values) out.push(name, typeof value === "string" ? value : value.toString("base64"));
  }
  return out;
}
