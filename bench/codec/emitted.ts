import { defaultJsonOptions } from "../../src/codec/options.js";
import { PrintCompiler } from "../../src/codec/print/compile-print.js";
import { printField, printMessageContent } from "../../src/codec/print/print-members.js";
import { irregular, type PrintContent, type PrintField, type PrintMessage } from "../../src/codec/print/print-types.js";
import { TextBuffer } from "../../src/codec/print/text-buffer.js";
import { WireCursor } from "../../src/codec/wire/wire-cursor.js";
import type { MessageType, Schema } from "../../src/schema/index.js";

/**
 * The codec's wire → JSON with text of code made for each message in place of printMembers, which goes by records: tags in a
 * switch, keys as constants, printers called by name, fields met in a local variable. It is here to be measured against the
 * records (docs/adr/0004-records-not-emitted-code.md) and knows what the bench's messages need: up to 31 fields, no oneof, no
 * required field, canonical options.
 */
export function emittedDecoder(schema: Schema, type: MessageType): (wire: Uint8Array) => Buffer {
  const message = new PrintCompiler(schema, defaultJsonOptions).message(type);
  emitAll(message, new Set());
  const cursor = new WireCursor();
  const text = new TextBuffer();
  return (wire) => {
    cursor.load(wire);
    text.reset();
    message.content(cursor, text, message);
    if (!text.isUtf8()) throw new Error("a string is not UTF-8");
    return text.view();
  };
}

/** Emits the content of a message and of all inside it. */
function emitAll(message: PrintMessage, done: Set<PrintMessage>): void {
  if (done.has(message) || message.content !== printMessageContent) return;
  done.add(message);
  const fields = message.byTag.filter((field) => field !== null);
  for (const { message: inner } of fields) if (inner !== null) emitAll(inner, done);
  message.content = emitContent(fields);
}

function emitContent(fields: readonly PrintField[]): PrintContent {
  const cases = fields.map((field, i) => `case ${field.tag}: { ${emitField(field, i)} break; }`);
  const source = `return function content(cursor, text) {
    const open = text.length;
    cursor.descend();
    let seen = 0;
    for (let tag = cursor.nextTag(); tag !== 0; tag = cursor.nextTag()) {
      switch (tag) { ${cases.join("\n")} default: cursor.skip(tag); }
    }
    cursor.depth--;
    text.close(open, 0x7b, 0x7d);
  }`;
  const names = fields.flatMap((_, i) => [`field${i}`, `value${i}`]);
  const values = fields.flatMap((field) => [field, field.value]);
  const make: unknown = new Function("irregular", "printField", ...names, source)(irregular, printField, ...values);
  return make as PrintContent;
}

function emitField({ form, key, zero, tag }: PrintField, i: number): string {
  const bit = 1 << i;
  const value = `value${i}(cursor, text, field${i});`;
  const words = [...key.words].map((word, at) => `data.setInt32(start + ${at * 4}, ${word}, true);`);
  const open = `if ((seen & ${bit}) !== 0) throw irregular;
    text.ensure(${key.length + 64});
    const start = text.length;
    const { data } = text;
    ${words.join(" ")}
    const at = text.length = start + ${key.length};`;
  switch (form) {
    case "implicit": {
      const isZero = [...zero.bytes].map((byte, j) => `text.bytes[at + ${j}] === ${byte}`).join(" && ");
      return `${open} ${value}
        if (text.length - at === ${zero.length} && ${isZero}) text.length = start;
        else seen |= ${bit};`;
    }
    case "explicit":
      return `${open} ${value} if (text.length === at) text.length = start; else seen |= ${bit};`;
    case "list":
      return `${open}
        do { text.comma(); ${value} } while (cursor.passes(${tag}));
        text.close(at, 0x5b, 0x5d);
        seen |= ${bit};`;
    default:
      return `if ((seen & ${bit}) !== 0) throw irregular; printField(cursor, text, field${i}); seen |= ${bit};`;
  }
}
