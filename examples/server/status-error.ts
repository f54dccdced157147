import { join } from "node:path";
import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { getProtoPath } from "google-proto-files";
import protobuf from "protobufjs";

/** What is wrong with one field of a request. */
export interface Violation {
  /** The field's path in the request, in proto names: "user.email". */
  readonly field: string;
  readonly description: string;
}

/** One entry of google.rpc.Status.details: the name of a message of google/rpc/error_details.proto and its fields. */
export interface Detail {
  readonly type: string;
  readonly value: Readonly<Record<string, unknown>>;
}

const types = new protobuf.Root();
types.resolvePath = (_origin, target) => join(getProtoPath(), "..", target);
types.loadSync(["google/rpc/error_details.proto", "google/rpc/status.proto"]);
const Status = types.lookupType("google.rpc.Status");

/**
 * Ends a call with a status that is not OK. Details travel as the bytes of a google.rpc.Status in the trailing metadata
 * `grpc-status-details-bin`, which is where every gRPC library looks for them.
 */
export class StatusError extends Error implements ServiceError {
  override readonly name = "StatusError";
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;

  constructor(code: status, message: string, details: readonly Detail[] = []) {
    super(message);
    this.code = code;
    this.details = message;
    this.metadata = new Metadata();
    if (details.length > 0) {
      const encoded = Status.encode(Status.fromObject({ code, message, details: details.map(toAny) })).finish();
      this.metadata.set("grpc-status-details-bin", Buffer.from(encoded));
    }
  }
}

function toAny(detail: Detail): { type_url: string; value: Uint8Array } {
  const type = types.lookupType(detail.type);
  return {
    type_url: `type.googleapis.com/${detail.type}`,
    value: type.encode(type.fromObject(detail.value)).finish(),
  };
}

/** INVALID_ARGUMENT that names every bad field. */
export function invalidArgument(violations: readonly Violation[]): StatusError {
  const text = violations.map((violation) => `${violation.field}: ${violation.description}`).join("; ");
  return new StatusError(status.INVALID_ARGUMENT, text, [
    { type: "google.rpc.BadRequest", value: { fieldViolations: violations } },
  ]);
}

/** NOT_FOUND for a resource, such as ("portico.examples.v1.User", "users/ada"). */
export function notFound(resourceType: string, resourceName: string): StatusError {
  return new StatusError(status.NOT_FOUND, `${resourceName} is not there`, [
    { type: "google.rpc.ResourceInfo", value: { resourceType, resourceName, description: "not found" } },
  ]);
}

/** FAILED_PRECONDITION: what must be so (`type`) of what (`subject`), and how it is (`description`). */
export function failedPrecondition(type: string, subject: string, description: string): StatusError {
  return new StatusError(status.FAILED_PRECONDITION, description, [
    { type: "google.rpc.PreconditionFailure", value: { violations: [{ type, subject, description }] } },
  ]);
}

/** ABORTED: the etag that was sent is not that of the stored resource. */
export function etagMismatch(resourceName: string): StatusError {
  return new StatusError(status.ABORTED, `${resourceName} was changed by somebody else: read it again`, [
    { type: "google.rpc.ErrorInfo", value: { reason: "ETAG_MISMATCH", domain: "examples.portico.dev" } },
  ]);
}

/** Refuses a request with violations, if there are any. */
export function refuse(violations: readonly Violation[]): void {
  if (violations.length > 0) throw invalidArgument(violations);
}
