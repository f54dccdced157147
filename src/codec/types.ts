import type { FieldType, MessageType } from "../schema/index.js";

/** How ProtoJSON is printed and read. */
export interface JsonOptions {
  /**
   * Unset fields in output. none: left out (canonical). scalars: fields without presence (scalars, enums, lists, maps) are
   * printed with their zero. all: as scalars, and unset message fields outside of oneofs are printed as null. Fields of a
   * oneof, `optional` scalars and extensions are never printed while unset.
   */
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
  /** Enum names in input that the enum does not have; ignore drops the field, list element or map entry. */
  readonly unknownEnumNames: "reject" | "ignore";
  /**
   * An Any in output whose type the Schema does not have. base64 prints `{"@type": "…", "value": "<base64>"}`.
   * In input such an Any is always refused, because nothing tells what its members mean.
   */
  readonly unknownAny: "reject" | "base64";
}

/**
 * Reads one JSON text (RFC 8259, UTF-8) and gives the wire bytes. The result is valid until the next call of any encoder
 * of the codec unless copied (the write buffer is reused).
 * @throws GatewayError GW_BODY_NOT_JSON, GW_BODY_TOO_DEEP, GW_FIELD_INVALID, GW_FIELD_UNKNOWN
 */
export type JsonToWire = (json: Uint8Array) => Uint8Array;

/**
 * A FieldMask's paths (proto names, sorted by code unit, as grpc-gateway has them) beside the wire bytes. An empty input
 * (no bytes at all) is an empty body: no bytes, no paths.
 */
export type JsonToWireWithPaths = (json: Uint8Array) => {
  readonly bytes: Uint8Array;
  readonly paths: readonly string[];
};

/**
 * Reads wire bytes and gives JSON text as UTF-8. The result is valid until the next call of any decoder of the codec unless
 * copied (the text buffer is reused).
 * @throws GatewayError GW_UPSTREAM_INVALID
 */
export type WireToJson = (bytes: Uint8Array) => Buffer;

/**
 * Appends one field, read from the text of a path variable or query value (percent-decoded), to `out`: every message on
 * the way to it, tag and value, zero written explicitly. Lists: called once a value.
 * @throws GatewayError GW_FIELD_INVALID
 */
export type TextToField = (text: string, out: WireWriter) => void;

/** A growing buffer of wire bytes, reused from call to call. Made by createWriter. */
export interface WireWriter {
  reset(): void;
  raw(bytes: Uint8Array): void;
  /** The bytes so far, valid until the writer is touched again. */
  view(): Uint8Array;
  readonly length: number;
  /** The tag of a field: number and wire type (0 varint, 1 64-bit, 2 length-delimited, 3 and 4 group, 5 32-bit). */
  tag(number: number, wireType: number): void;
  /** An unsigned 32-bit varint. */
  varint(value: number): void;
  /** A length-delimited field holding these bytes, tag included. */
  bytesField(number: number, bytes: Uint8Array): void;
  /** A length-delimited field holding the UTF-8 of this text, tag included. */
  stringField(number: number, text: string): void;
}

/** Compiles message types, each once; see index.ts. */
export interface Codec {
  readonly options: JsonOptions;
  /**
   * JSON of a whole message. With `partial` required fields of the message itself may be missing, because path and query
   * bring them; those of messages inside it are checked.
   */
  encoder(message: MessageType, partial?: boolean): JsonToWire;
  /** JSON of one field (body: "field", any cardinality); the bytes are those of the message around it. */
  fieldEncoder(field: FieldType): JsonToWire;
  /** As fieldEncoder for a singular message field, with the mask of the members present. */
  maskingFieldEncoder(field: FieldType): JsonToWireWithPaths;
  decoder(message: MessageType): WireToJson;
  /**
   * response_body: the JSON of one field, taken out of its message's bytes. If absent its zero value; for messages `{}`,
   * for those with a JSON form of their own (well-known types) null, except Struct `{}`, ListValue `[]`.
   */
  fieldDecoder(field: FieldType): WireToJson;
  /** `path` leads from the root message to a scalar, enum, or a message with a text form (see textToField). */
  textToField(path: readonly FieldType[]): TextToField;
  /** A map entry `field[key]=value`. */
  textToMapEntry(path: readonly FieldType[]): (key: string, value: string, out: WireWriter) => void;
}
