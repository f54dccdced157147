import { nearest, quoteValue } from "../../core/index.js";
import { standsAt } from "../bytes/literal.js";
import type { WireBuffer } from "../wire/wire-writer.js";
import type { JsonCursor } from "./json-cursor.js";
import { JsonFault } from "./json-fault.js";
import type { JsonField, JsonMessage, NamedField } from "./json-types.js";
import { readList, readPackedList } from "./read-list.js";
import { readMap } from "./read-map.js";
import { skipValue } from "./skip-json.js";

/** Bytes that any scalar with its tag needs at most, and a begun length prefix; see the rule at readMembers. */
export const SLACK = 64;

/** The content of an ordinary message: an object with a member for each field. */
export function readMessageContent(cursor: JsonCursor, out: WireBuffer, message: JsonMessage): void {
  readMembers(cursor, out, message, false);
}

/**
 * Reads the members of an object. In an Any (`typed`) the member "@type" is passed over.
 *
 * Room: before each value `out` has room for what is left of the text and SLACK more. No value is longer in wire bytes than
 * in JSON by more than SLACK, so the functions that read values write without asking again, unless they say so.
 */
export function readMembers(cursor: JsonCursor, out: WireBuffer, message: JsonMessage, typed: boolean): void {
  const { bytes } = cursor;
  const start = cursor.pos;
  if (bytes[start] !== 0x7b) cursor.refuse(message.subject, "an object", start);
  cursor.descend();
  const base = openSeen(cursor, message.words);
  let typeSeen = false;
  let unknown: Set<string> | null = null;
  let previous = message.head;
  cursor.pos++;
  if (cursor.next() === 0x7d) {
    cursor.pos++;
  } else {
    for (;;) {
      if (cursor.next() !== 0x22) cursor.syntax("a member name in quotes");
      const at = cursor.pos;
      let field = previous.next;
      if (standsAt(cursor.data, at + 1, field.key)) {
        cursor.pos = at + 1 + field.key.length;
      } else {
        const named = findField(cursor, message);
        if (named === null) {
          if (typed && !typeSeen && isTypeKey(cursor)) {
            typeSeen = true;
            cursor.colon();
            skipValue(cursor);
          } else {
            unknown = skipUnknown(cursor, message, at, unknown);
          }
          if (cursor.comma(0x7d)) break;
          continue;
        }
        field = named.field;
        field.key = named.key;
        previous.next = field;
        cursor.colon();
      }
      previous = field;
      const word = base + field.word;
      const seen = cursor.seen[word]!;
      if ((seen & field.bit) !== 0) twice(field, at);
      cursor.seen[word] = seen | field.bit;
      if (cursor.next() === 0x6e && !field.nullable) {
        cursor.literal("null");
      } else {
        out.ensure(cursor.end - cursor.pos + SLACK);
        if (field.oneofBit !== 0) claimOneof(cursor, field, base, at);
        readField(cursor, out, field);
      }
      if (cursor.comma(0x7d)) break;
    }
  }
  if (message.required.length !== 0) checkRequired(cursor, message, base, start);
  cursor.seenTop = base;
  cursor.depth--;
}

/** Reads the value of a field, of any cardinality, with its tag. */
export function readField(cursor: JsonCursor, out: WireBuffer, field: JsonField): void {
  const start = out.length;
  switch (field.form) {
    case "explicit":
      out.varint(field.tag);
      field.value(cursor, out, field);
      if (cursor.dropped) undo(cursor, out, start);
      break;
    case "implicit": {
      out.varint(field.tag);
      const at = out.length;
      field.value(cursor, out, field);
      if (cursor.dropped) undo(cursor, out, start);
      else if (out.bytes[at] === 0 && isZero(out, at)) out.length = start;
      break;
    }
    case "list":
      readList(cursor, out, field);
      break;
    case "packed":
      readPackedList(cursor, out, field);
      break;
    default:
      readMap(cursor, out, field);
  }
}

/** Takes back what stands behind `start`: the value was an enum name to be ignored. */
export function undo(cursor: JsonCursor, out: WireBuffer, start: number): void {
  cursor.dropped = false;
  out.length = start;
}

/** Whether all bytes from `at` on are 0: a zero of any scalar type (-0.0 has its sign bit set), or an empty length. */
function isZero(out: WireBuffer, at: number): boolean {
  for (let i = at; i < out.length; i++) if (out.bytes[i] !== 0) return false;
  return true;
}

function openSeen(cursor: JsonCursor, words: number): number {
  const base = cursor.seenTop;
  cursor.seenTop = base + words;
  if (cursor.seenTop > cursor.seen.length) {
    const seen = new Int32Array(cursor.seenTop * 2);
    seen.set(cursor.seen);
    cursor.seen = seen;
  }
  for (let i = base; i < cursor.seenTop; i++) cursor.seen[i] = 0;
  return base;
}

/** The field that the member name at `pos` names, or null; `token` then holds the name and `pos` is behind it. */
function findField(cursor: JsonCursor, message: JsonMessage): NamedField | null {
  cursor.readToken();
  return message.fields.get(cursor.tokenData, cursor.tokenStart, cursor.tokenEnd);
}

function isTypeKey(cursor: JsonCursor): boolean {
  return cursor.token.toString("latin1", cursor.tokenStart, cursor.tokenEnd) === "@type";
}

/** Passes a member that the message does not have; gives the names of all of them, for finding one that stands twice. */
function skipUnknown(cursor: JsonCursor, message: JsonMessage, at: number, met: Set<string> | null): Set<string> {
  const name = cursor.token.toString("utf8", cursor.tokenStart, cursor.tokenEnd);
  if (!message.context.ignoreUnknown) {
    const names = message.type.fields.map((field) => field.jsonName);
    const hint = nearest(name, names);
    const advice = hint === null ? "" : `; did you mean ${quoteValue(hint)}?`;
    throw new JsonFault("unknown", at, message.subject, `it has no field ${quoteValue(name)}${advice}`);
  }
  const names = met ?? new Set();
  if (names.has(name)) {
    throw new JsonFault("value", at, message.subject, `the member ${quoteValue(name)} stands twice`);
  }
  cursor.colon();
  skipValue(cursor);
  return names.add(name);
}

function claimOneof(cursor: JsonCursor, field: JsonField, base: number, at: number): void {
  const word = base + field.oneofWord;
  const seen = cursor.seen[word]!;
  if ((seen & field.oneofBit) !== 0) {
    throw new JsonFault("value", at, field.subject, `another field of oneof ${field.type?.oneof?.name} is set already`);
  }
  cursor.seen[word] = seen | field.oneofBit;
}

function twice(field: JsonField, at: number): never {
  throw new JsonFault("value", at, field.subject, "the field is set twice");
}

function checkRequired(cursor: JsonCursor, message: JsonMessage, base: number, start: number): void {
  for (const field of message.required) {
    if ((cursor.seen[base + field.word]! & field.bit) === 0) {
      throw new JsonFault("value", start, field.subject, "the required field is missing");
    }
  }
}
