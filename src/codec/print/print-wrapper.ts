import { type WireCursor, WireFault } from "../wire/wire-cursor.js";
import { printEntry } from "./print-map.js";
import { irregular, type PrintMessage } from "./print-types.js";
import type { TextBuffer } from "./text-buffer.js";

/** A wrapper (google.protobuf.Int32Value and so on) as its value. */
export function printWrapper(cursor: WireCursor, text: TextBuffer, message: PrintMessage): void {
  const part = message.parts[0]!;
  const start = text.length;
  text.ensure(64);
  for (let tag = cursor.nextTag(); tag !== 0; tag = cursor.nextTag()) {
    if (tag !== part.tag) {
      cursor.skip(tag);
    } else {
      if (text.length !== start) throw irregular;
      part.value(cursor, text, part);
    }
  }
  if (text.length === start) text.literal(part.zero);
}

/** google.protobuf.Struct as an object. */
export function printStruct(cursor: WireCursor, text: TextBuffer, message: PrintMessage): void {
  const part = message.parts[0]!;
  const start = text.length;
  cursor.descend();
  const keys = cursor.openKeys();
  for (let tag = cursor.nextTag(); tag !== 0; tag = cursor.nextTag()) {
    if (tag === part.tag) printEntry(cursor, text, part, keys);
    else cursor.skip(tag);
  }
  cursor.keysTop--;
  cursor.depth--;
  text.close(start, 0x7b, 0x7d);
}

/** google.protobuf.ListValue as an array. */
export function printListValue(cursor: WireCursor, text: TextBuffer, message: PrintMessage): void {
  const part = message.parts[0]!;
  const start = text.length;
  cursor.descend();
  for (let tag = cursor.nextTag(); tag !== 0; tag = cursor.nextTag()) {
    if (tag === part.tag) {
      text.comma();
      part.value(cursor, text, part);
    } else {
      cursor.skip(tag);
    }
  }
  cursor.depth--;
  text.close(start, 0x5b, 0x5d);
}

/**
 * google.protobuf.Value as what it holds. struct.proto: "A producer of value is expected to set one of these variants.
 * Absence of any variant is an invalid state", and number_value "must not be NaN or Infinity".
 */
export function printDynamic(cursor: WireCursor, text: TextBuffer, message: PrintMessage): void {
  const start = text.length;
  text.ensure(64);
  for (let tag = cursor.nextTag(); tag !== 0; tag = cursor.nextTag()) {
    const part = message.parts.find((candidate) => candidate.tag === tag);
    if (part === undefined) {
      cursor.skip(tag);
      continue;
    }
    if (text.length !== start) throw irregular;
    part.value(cursor, text, part);
    if (tag === 17 && text.bytes[start] === 0x22) throw new WireFault(`${part.subject} is not finite`);
  }
  if (text.length === start) throw new WireFault(`${message.subject} holds no value`);
}
