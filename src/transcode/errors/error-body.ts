import { STATUS_CODES } from "node:http";
import { codeNames } from "../../core/index.js";
import type { ErrorFormat } from "../types.js";

/** An error as the client shall see it, before it has a format. */
export interface ClientError {
  readonly httpStatus: number;
  readonly code: number;
  readonly message: string;
  /** JSON texts of google.protobuf.Any values. */
  readonly details: readonly string[];
  /** An id of the catalogue, or null for an error of the upstream. */
  readonly id: string | null;
}

export interface ErrorBody {
  readonly contentType: string;
  readonly text: string;
}

/**
 * An error in one of the formats: `status` is google.rpc.Status as ProtoJSON, `google` the envelope of Google's REST APIs
 * (AIP-193: the HTTP status as code, the code's name as status), `problem` is RFC 9457.
 */
export function printError(error: ClientError, format: ErrorFormat): ErrorBody {
  switch (format) {
    case "status":
      return { contentType: "application/json", text: statusText(error) };
    case "google":
      return { contentType: "application/json", text: googleText(error) };
    case "problem":
      return { contentType: "application/problem+json", text: problemText(error) };
  }
}

/** google.rpc.Status as ProtoJSON; also the in-band error of streams. */
export function statusText(error: ClientError): string {
  const members = [`"code":${error.code}`];
  if (error.message !== "") members.push(`"message":${JSON.stringify(error.message)}`);
  if (error.details.length > 0) members.push(`"details":[${error.details.join(",")}]`);
  return `{${members.join(",")}}`;
}

function googleText(error: ClientError): string {
  const members = [
    `"code":${error.httpStatus}`,
    `"message":${JSON.stringify(error.message)}`,
    `"status":${JSON.stringify(nameOf(error.code))}`,
  ];
  if (error.details.length > 0) members.push(`"details":[${error.details.join(",")}]`);
  return `{"error":{${members.join(",")}}}`;
}

function problemText(error: ClientError): string {
  const type = error.id === null ? "about:blank" : `urn:portico:error:${error.id}`;
  const members = [
    `"type":${JSON.stringify(type)}`,
    `"title":${JSON.stringify(STATUS_CODES[error.httpStatus] ?? nameOf(error.code))}`,
    `"status":${error.httpStatus}`,
  ];
  if (error.message !== "") members.push(`"detail":${JSON.stringify(error.message)}`);
  members.push(`"code":${JSON.stringify(nameOf(error.code))}`);
  if (error.details.length > 0) members.push(`"details":[${error.details.join(",")}]`);
  return `{${members.join(",")}}`;
}

/** The name of a code; a number that gRPC does not define is UNKNOWN (gRPC, "Status codes and their use"). */
function nameOf(code: number): string {
  return codeNames[code] ?? "UNKNOWN";
}
