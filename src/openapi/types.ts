import type { Binding } from "../rules/index.js";
import type { MethodType, Schema } from "../schema/index.js";

/** Plain data, as JSON and YAML write it. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export type JsonObject = { readonly [key: string]: JsonValue };

/** A schema of JSON Schema 2020-12, the dialect of OpenAPI 3.1. */
export type JsonSchema = JsonObject;

/** An OpenAPI document. Operations, parameters and schemas are plain data inside. */
export type OpenApiDocument = {
  readonly openapi: string;
  readonly info: JsonObject;
  readonly servers: readonly JsonObject[];
  readonly security: readonly JsonObject[];
  readonly tags: readonly JsonObject[];
  readonly paths: { readonly [path: string]: JsonObject };
  readonly components: { readonly [section: string]: JsonObject };
};

/** How the gateway writes ProtoJSON, as far as a schema can tell; the codec's options have the same names. */
export interface JsonForm {
  readonly emitDefaults: "none" | "scalars" | "all";
  readonly int64: "string" | "number";
  readonly protoNames: boolean;
  readonly enumsAsNumbers: boolean;
  readonly stripEnumPrefix: boolean;
}

/** The body of errors: google.rpc.Status, Google's envelope around it, or RFC 9457. */
export type ErrorForm = "status" | "google" | "problem";

/** How a stream is laid out for a client that asks for nothing else. */
export type StreamForm = "array" | "ndjson" | "sse";

export interface DocumentInfo {
  readonly title: string;
  readonly version: string;
  /** CommonMark; "" for none. */
  readonly description: string;
}

/** What a document is made of. */
export interface OpenApiInput {
  readonly schema: Schema;
  readonly bindings: readonly Binding[];
  /** null: told from the packages and their comments. */
  readonly info: DocumentInfo | null;
  readonly json: JsonForm;
  readonly errors: ErrorForm;
  readonly streams: StreamForm;
  /** Whether bodies of multipart/form-data are read. */
  readonly forms: boolean;
  /** Whether downloads (unary replies that are an HttpBody) have ranges, and entity tags of the gateway's. */
  readonly downloads: { readonly ranges: boolean; readonly etag: boolean };
  /** Labels of google.api.visibility whose elements are told; those restricted to other labels are left out. */
  readonly visibility: readonly string[];
  /** Services and methods that are left out: full names, or beginnings followed by `*`. */
  readonly exclude: readonly string[];
  /** URLs, absolute or relative to the document; "/" where the gateway stands at the root. */
  readonly servers: readonly string[];
  /** The header of the request id, or null for none. */
  readonly requestIdHeader: string | null;
  /** Whether clients may give their own. */
  readonly takesRequestId: boolean;
  /** Whether a stream goes on from the Last-Event-ID that a client sends. */
  readonly resumes: (rpc: MethodType) => boolean;
}

/** An object being made; members that are undefined are left out. */
type Draft = { readonly [key: string]: JsonValue | undefined };

/** The members of a draft that are there. */
export function object(draft: Draft): JsonObject {
  // fromEntries defines members, where an assignment to `__proto__`, which a json_name may be, would set the prototype.
  return Object.fromEntries(
    Object.entries(draft).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
  );
}

/** undefined for "" or an empty list or object, so that `object` leaves it out. */
export function filled<T extends string | readonly JsonValue[] | JsonObject>(value: T): T | undefined {
  const size = typeof value === "string" ? value.length : Object.keys(value).length;
  return size === 0 ? undefined : value;
}
