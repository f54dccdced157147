import type { EnumType, FieldType, MessageType, Schema } from "../../schema/index.js";
import type { Literal } from "../bytes/literal.js";
import type { WireCursor } from "../wire/wire-cursor.js";
import type { TextBuffer } from "./text-buffer.js";

/**
 * Prints the value at the cursor, which stands behind the tag. `text` has 64 bytes of room. Like ReadValue it is a plain
 * function that serves all fields of its kind.
 */
export type PrintValue = (cursor: WireCursor, text: TextBuffer, field: PrintField) => void;

/** Prints the JSON of the message between the cursor and its `end` (or end-group tag), and moves there. */
export type PrintContent = (cursor: WireCursor, text: TextBuffer, message: PrintMessage) => void;

/** A field under one of its tags, compiled for printing. All properties always present: one shape. */
export interface PrintField {
  /** "field pkg.Message.name", for messages. */
  readonly subject: string;
  readonly tag: number;
  readonly endTag: number;
  /** `,"name":` */
  readonly key: Literal;
  readonly form: "implicit" | "explicit" | "list" | "packed" | "map";
  readonly value: PrintValue;
  /** The text of the zero value: not printed in an implicit field. */
  readonly zero: Literal;
  readonly word: number;
  readonly bit: number;
  readonly oneofWord: number;
  readonly oneofBit: number;
  /** The place in the order of field numbers. */
  readonly order: number;
  readonly message: PrintMessage | null;
  readonly enum: PrintEnum | null;
  readonly mapKey: PrintField | null;
  readonly mapValue: PrintField | null;
  readonly type: FieldType | null;
}

/** A message, compiled for printing. Completed after it is registered, because types contain each other. */
export interface PrintMessage {
  readonly type: MessageType;
  readonly subject: string;
  content: PrintContent;
  /** Fields by tag, as far as tags are small; null where there is none. */
  byTag: readonly (PrintField | null)[];
  /** Those with large tags. */
  more: ReadonlyMap<number, PrintField>;
  words: number;
  /** Whether its fields fit into one word and nothing but a second time is asked of them: no oneof, required, defaults. */
  plain: boolean;
  required: readonly PrintField[];
  /** With emitDefaults: what an unset field prints, in order of field numbers (`,"name":0`); null without it. */
  defaults: readonly DefaultText[] | null;
  /** Fields that wrappers, Struct, Value, ListValue and Any are made of. */
  parts: readonly PrintField[];
  readonly context: PrintContext;
}

export interface DefaultText {
  readonly word: number;
  readonly bit: number;
  /** Empty for a field that is not printed while unset. */
  readonly text: Literal;
}

export interface PrintEnum {
  readonly type: EnumType;
  /** The text of each value from 0 to 255, with quotes; null where there is none. */
  readonly small: readonly (Literal | null)[];
  readonly large: ReadonlyMap<number, Literal>;
}

/** What the printers of one codec share. */
export interface PrintContext {
  readonly schema: Schema;
  readonly unknownAny: "reject" | "base64";
  message(type: MessageType): PrintMessage;
}

/**
 * Thrown by a printer that meets what the straight way cannot print: a field twice, a list in two places, fields out of
 * order with emitDefaults. The bytes are then brought into canonical form (normaliseWire) and printed again, once.
 */
export const irregular = new (class Irregular extends Error {
  override readonly name = "Irregular";
})("these bytes need normaliseWire first");
