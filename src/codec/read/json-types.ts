import type { EnumType, FieldType, MessageType, Schema } from "../../schema/index.js";
import type { Literal } from "../bytes/literal.js";
import type { WireBuffer } from "../wire/wire-writer.js";
import type { ByteKeys } from "./byte-keys.js";
import type { JsonCursor } from "./json-cursor.js";

/**
 * Reads the value at the cursor (its first byte stands there; it is not null unless `nullable`) and writes it. Functions of
 * singular values write the value alone; those of lists and maps write their tags too. One function serves all fields of
 * its kind: what differs is in the field's record, so that each is compiled once by V8 and sees one shape.
 */
export type ReadValue = (cursor: JsonCursor, out: WireBuffer, field: JsonField) => void;

/** Writes the fields of a message from the value at the cursor, without tag or length of the message itself. */
export type ReadContent = (cursor: JsonCursor, out: WireBuffer, message: JsonMessage) => void;

/** A field, compiled for reading from JSON. All properties always present: one shape. */
export interface JsonField {
  /** "field pkg.Message.name", for messages. */
  readonly subject: string;
  /** The type expected, as messages name it: "int32", "a list of string". */
  readonly expected: string;
  /** The member name that is compared first, with its closing quote and colon: the one that was met last. */
  key: Literal;
  /** The field that followed this one last time. A guess; it saves looking the name up. */
  next: JsonField;
  /** Tag of one value (element, entry), with its wire type. */
  readonly tag: number;
  /** The end-group tag of a delimited message; 0 if the value is not delimited. */
  readonly endTag: number;
  readonly form: "implicit" | "explicit" | "list" | "packed" | "map";
  /** Reads one value: the field's, an element's, an entry's. */
  readonly value: ReadValue;
  /** Whether null is a value: google.protobuf.Value and NullValue. */
  readonly nullable: boolean;
  /** The word and bit in the message's `seen` words; oneofBit is 0 for no oneof. */
  readonly word: number;
  readonly bit: number;
  readonly oneofWord: number;
  readonly oneofBit: number;
  /** The length of the last length prefix: a guess that saves moving bytes. */
  reserved: number;
  readonly message: JsonMessage | null;
  readonly enum: JsonEnum | null;
  /** The fields of a map's entries. */
  readonly mapKey: JsonField | null;
  readonly mapValue: JsonField | null;
  readonly type: FieldType | null;
}

/** A message, compiled for reading from JSON. Completed after it is registered, because types contain each other. */
export interface JsonMessage {
  readonly type: MessageType;
  readonly subject: string;
  content: ReadContent;
  /** Ordinary messages only: fields by proto and by JSON name. */
  fields: ByteKeys<NamedField>;
  /** Stands before the first field: its `next` is the guess for it. */
  head: JsonField;
  words: number;
  required: readonly JsonField[];
  /** Fields that wrappers, Struct, Value and ListValue are made of. */
  parts: readonly JsonField[];
  readonly context: JsonContext;
}

/** A field under one of its names. */
export interface NamedField {
  readonly key: Literal;
  readonly field: JsonField;
}

export interface JsonEnum {
  readonly type: EnumType;
  readonly names: ByteKeys<number>;
  /** By lower-case name, with caseInsensitiveEnums. */
  readonly lowerNames: ReadonlyMap<string, number> | null;
  readonly ignoreUnknown: boolean;
}

/** What the readers of one codec share. */
export interface JsonContext {
  readonly schema: Schema;
  readonly ignoreUnknown: boolean;
  message(type: MessageType): JsonMessage;
}
