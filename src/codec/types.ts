import type { FieldType, MessageType } from "../schema/index.js";

/** How ProtoJSON is printed and read. */
export interface JsonOptions {
  /** Unset fields in output: none (canonical), scalars (scalars, enums, lists and maps, but no null messages), all. */
  readonly emitDefaults: "none" | "scalars" | "all";
  /** 64-bit integers in output. */
  readonly int64: "string" | "number";
  /** Proto field names in output. */
  readonly protoNames: boolean;
  readonly enumsAsNumbers: boolean;
  /** `ORDER_STATUS_PENDING` of enum OrderStatus is `PENDING`, in output and (beside the full name) in input. */
  readonly stripEnumPrefix: boolean;
  readonly caseInsensitiveEnums: boolean;
  /** JSON members that the message does not have. An unknown enum name is an error all the same. */
  readonly unknownFields: "reject" | "ignore";
}

/**
 * Reads one JSON text (RFC 8259, UTF-8) and gives the wire bytes. The result is valid until the next call of any encoder
 * of the codec unless copied (the write buffer is reused).
 * @throws GatewayError GW_BODY_NOT_JSON, GW_BODY_TOO_DEEP, GW_FIELD_INVALID, GW_FIELD_UNKNOWN
 */
export type JsonToWire = (json: Uint8Array) => Uint8Array;

/** A FieldMask's paths (proto names, sorted, as AIP-134 and grpc-gateway have them) beside the wire bytes. */
export type JsonToWireWithPaths = (json: Uint8Array) => {
  readonly bytes: Uint8Array;
  readonly paths: readonly string[];
};

/**
 * Reads wire bytes and gives JSON text as UTF-8.
 * @throws GatewayError GW_UPSTREAM_INVALID
 */
export type WireToJson = (bytes: Uint8Array) => Buffer;

/**
 * Appends one field, read from the text of a path variable or query value (percent-decoded), to `out`: every message on
 * the way to it, tag and value, zero written explicitly. Lists: called once a value.
 * @throws GatewayError GW_FIELD_INVALID
 */
export type TextToField = (text: string, out: WireWriter) => void;

/** A growing buffer of wire bytes, reused from call to call. */
export interface WireWriter {
  reset(): void;
  raw(bytes: Uint8Array): void;
  /** The bytes so far, valid until the writer is touched again. */
  view(): Uint8Array;
  readonly length: number;
}

/** Compiles message types, each once; see index.ts. */
export interface Codec {
  readonly options: JsonOptions;
  /** JSON of a whole message. */
  encoder(message: MessageType): JsonToWire;
  /** JSON of one field (body: "field", any cardinality); the bytes are those of the message around it. */
  fieldEncoder(field: FieldType): JsonToWire;
  /** As fieldEncoder for a singular message field, with the mask of the members present. */
  maskingFieldEncoder(field: FieldType): JsonToWireWithPaths;
  decoder(message: MessageType): WireToJson;
  /** response_body: the JSON of one field, taken out of its message's bytes; its zero value if absent. */
  fieldDecoder(field: FieldType): WireToJson;
  /** `path` leads from the root message to a scalar, enum, or a message with a text form (well-known types). */
  textToField(path: readonly FieldType[]): TextToField;
  /** A map entry `field[key]=value`. */
  textToMapEntry(path: readonly FieldType[]): (key: string, value: string, out: WireWriter) => void;
}
