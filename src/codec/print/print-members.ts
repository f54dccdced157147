import { type WireCursor, WireFault } from "../wire/wire-cursor.js";
import { printEntry } from "./print-map.js";
import { irregular, type PrintField, type PrintMessage } from "./print-types.js";
import type { TextBuffer } from "./text-buffer.js";

/** The content of an ordinary message: an object with a member for each field. */
export function printMessageContent(cursor: WireCursor, text: TextBuffer, message: PrintMessage): void {
  const start = text.length;
  cursor.descend();
  printMembers(cursor, text, message);
  cursor.depth--;
  text.close(start, 0x7b, 0x7d);
}

/** Prints the members of a message, each with a comma before it. */
export function printMembers(cursor: WireCursor, text: TextBuffer, message: PrintMessage): void {
  if (message.plain) {
    printPlain(cursor, text, message);
    return;
  }
  const { byTag, defaults } = message;
  const base = cursor.openSeen(message.words);
  let order = 0;
  for (let tag = cursor.nextTag(); tag !== 0; tag = cursor.nextTag()) {
    const field = tag < byTag.length ? byTag[tag]! : (message.more.get(tag) ?? null);
    if (field === null) {
      cursor.skip(tag);
      continue;
    }
    if (defaults !== null) order = printDefaults(cursor, text, message, base, order, field.order);
    const word = base + field.word;
    const seen = cursor.seen[word]!;
    if ((seen & field.bit) !== 0) throw irregular;
    const start = text.length;
    printField(cursor, text, field);
    if (text.length !== start) {
      cursor.seen[word] = seen | field.bit;
      if (field.oneofBit !== 0) claimOneof(cursor, field, base);
    }
  }
  if (defaults !== null) printDefaults(cursor, text, message, base, order, defaults.length);
  if (message.required.length !== 0) checkRequired(cursor, message, base);
  cursor.seenTop = base;
}

/** As printMembers, with the fields met in a variable: 5 % less for a message of 400 bytes. */
function printPlain(cursor: WireCursor, text: TextBuffer, message: PrintMessage): void {
  const { byTag } = message;
  let seen = 0;
  for (let tag = cursor.nextTag(); tag !== 0; tag = cursor.nextTag()) {
    const field = tag < byTag.length ? byTag[tag]! : (message.more.get(tag) ?? null);
    if (field === null) {
      cursor.skip(tag);
      continue;
    }
    if ((seen & field.bit) !== 0) throw irregular;
    const start = text.length;
    printField(cursor, text, field);
    if (text.length !== start) seen |= field.bit;
  }
}

/** Prints a field with its key; all values of it that follow each other. Prints nothing where nothing is to be seen. */
export function printField(cursor: WireCursor, text: TextBuffer, field: PrintField): void {
  const start = text.length;
  text.literal(field.key);
  const at = text.length;
  switch (field.form) {
    case "explicit":
      field.value(cursor, text, field);
      if (text.length === at) text.length = start;
      break;
    case "implicit":
      field.value(cursor, text, field);
      if (text.length - at === field.zero.length && isZero(text, at, field.zero.bytes)) text.length = start;
      break;
    case "list":
      do {
        text.comma();
        const before = text.length;
        field.value(cursor, text, field);
        // A number that a closed enum does not have: "treated as an unknown field".
        if (text.length === before) text.length--;
      } while (cursor.passes(field.tag));
      if (text.length === at) text.length = start;
      else text.close(at, 0x5b, 0x5d);
      break;
    case "packed":
      printPacked(cursor, text, field);
      if (text.length === at) text.length = start;
      else text.close(at, 0x5b, 0x5d);
      break;
    default: {
      const keys = cursor.openKeys();
      do printEntry(cursor, text, field, keys);
      while (cursor.passes(field.tag));
      cursor.keysTop--;
      if (text.length === at) text.length = start;
      else text.close(at, 0x7b, 0x7d);
    }
  }
}

function printPacked(cursor: WireCursor, text: TextBuffer, field: PrintField): void {
  const end = cursor.lengthEnd();
  const { value } = field;
  while (cursor.pos < end) {
    text.comma();
    const before = text.length;
    value(cursor, text, field);
    if (text.length === before) text.length--;
  }
  if (cursor.pos !== end) cursor.truncated();
}

function isZero(text: TextBuffer, at: number, zero: Uint8Array): boolean {
  for (let i = 0; i < zero.length; i++) if (text.bytes[at + i] !== zero[i]) return false;
  return true;
}

/** A message with its length. */
export function printMessage(cursor: WireCursor, text: TextBuffer, field: PrintField): void {
  printRange(cursor, text, field.message!, cursor.lengthEnd());
}

/** A message from the cursor to `to`. */
export function printRange(cursor: WireCursor, text: TextBuffer, message: PrintMessage, to: number): void {
  const { end, endTag } = cursor;
  cursor.end = to;
  cursor.endTag = 0;
  message.content(cursor, text, message);
  cursor.end = end;
  cursor.endTag = endTag;
}

/** A delimited message; it ends with its end-group tag. */
export function printGroup(cursor: WireCursor, text: TextBuffer, field: PrintField): void {
  const { endTag } = cursor;
  cursor.endTag = field.endTag;
  const message = field.message!;
  message.content(cursor, text, message);
  cursor.endTag = endTag;
}

function claimOneof(cursor: WireCursor, field: PrintField, base: number): void {
  const word = base + field.oneofWord;
  const seen = cursor.seen[word]!;
  if ((seen & field.oneofBit) !== 0) throw irregular;
  cursor.seen[word] = seen | field.oneofBit;
}

/** Prints what stands for the unset fields from `order` up to `to`; gives the order to go on with. */
function printDefaults(
  cursor: WireCursor,
  text: TextBuffer,
  message: PrintMessage,
  base: number,
  order: number,
  to: number,
): number {
  if (to < order) throw irregular;
  const defaults = message.defaults!;
  for (let i = order; i < to; i++) {
    const { word, bit, text: unset } = defaults[i]!;
    if ((cursor.seen[base + word]! & bit) === 0) text.literal(unset);
  }
  return Math.max(order, to);
}

function checkRequired(cursor: WireCursor, message: PrintMessage, base: number): void {
  for (const field of message.required) {
    if ((cursor.seen[base + field.word]! & field.bit) === 0) {
      throw new WireFault(`the required ${field.subject} is missing`);
    }
  }
}
