import { quoteValue } from "../../core/index.js";
import type { WireBuffer } from "../wire/wire-writer.js";
import type { JsonCursor } from "./json-cursor.js";
import { JsonFault } from "./json-fault.js";
import type { JsonMessage } from "./json-types.js";
import { readMembers, readMessageContent } from "./read-members.js";
import { skipValue } from "./skip-json.js";

/**
 * google.protobuf.Any: `{"@type": url, …members}`, or `{"@type": url, "value": …}` for a type with a JSON form of its own.
 * "@type" may stand anywhere, so the object is passed over once to find it, and read when its type is known. An empty
 * object is an empty Any.
 */
export function readAny(cursor: JsonCursor, out: WireBuffer, message: JsonMessage): void {
  const start = cursor.pos;
  if (cursor.bytes[start] !== 0x7b) cursor.refuse(message.subject, "an object", start);
  const url = findType(cursor, message);
  if (url === null) return;
  const type = message.context.schema.messages.get(url.slice(url.lastIndexOf("/") + 1));
  if (type === undefined || !url.includes("/")) {
    throw new JsonFault("value", start, message.subject, `the type ${quoteValue(url)} is not known`);
  }
  out.stringField(1, url);
  const inner = message.context.message(type);
  out.ensure(cursor.end - start + 64);
  const before = out.length;
  out.varint(18);
  const content = out.begin(1);
  cursor.pos = start;
  if (inner.content === readMessageContent && !isEmptyWithValue(cursor, inner)) readMembers(cursor, out, inner, true);
  else readValueMember(cursor, out, message, inner);
  if (out.length === content) out.length = before;
  else out.end(content, 1);
}

/** The value of "@type", or null if the object has no member at all. Leaves `pos` anywhere. */
function findType(cursor: JsonCursor, message: JsonMessage): string | null {
  const start = cursor.pos;
  cursor.descend();
  cursor.pos++;
  if (cursor.next() === 0x7d) {
    cursor.pos++;
    cursor.depth--;
    return null;
  }
  do {
    if (cursor.next() !== 0x22) cursor.syntax("a member name in quotes");
    const name = cursor.readString();
    cursor.colon();
    if (name === "@type") {
      if (cursor.next() !== 0x22) cursor.refuse(message.subject, "a type URL as @type", cursor.pos);
      cursor.depth--;
      return cursor.readString();
    }
    skipValue(cursor);
  } while (!cursor.comma(0x7d));
  throw new JsonFault("value", start, message.subject, 'the member "@type" is missing');
}

/** Go prints an Empty in an Any with a "value", C++ and Java without; both are read. */
function isEmptyWithValue(cursor: JsonCursor, inner: JsonMessage): boolean {
  if (inner.type.fullName !== "google.protobuf.Empty") return false;
  const { pos } = cursor;
  let found = false;
  cursor.pos++;
  do {
    cursor.next();
    if (cursor.readString() === "value") found = true;
    cursor.colon();
    skipValue(cursor);
  } while (!cursor.comma(0x7d));
  cursor.pos = pos;
  return found;
}

/** Reads the member "value" of an object that has "@type" and "value", each once, and nothing else. */
function readValueMember(cursor: JsonCursor, out: WireBuffer, message: JsonMessage, inner: JsonMessage): void {
  const start = cursor.pos;
  cursor.descend();
  let typeSeen = false;
  let valueSeen = false;
  cursor.pos++;
  do {
    if (cursor.next() !== 0x22) cursor.syntax("a member name in quotes");
    const at = cursor.pos;
    const name = cursor.readString();
    cursor.colon();
    if (name === "@type" && !typeSeen) {
      typeSeen = true;
      skipValue(cursor);
    } else if (name === "value" && !valueSeen) {
      valueSeen = true;
      if (cursor.next() === 0x6e && inner.type.fullName !== "google.protobuf.Value") {
        cursor.refuse(inner.subject, "a value", cursor.pos);
      }
      inner.content(cursor, out, inner);
    } else if (name === "@type" || name === "value") {
      throw new JsonFault("value", at, message.subject, `the member ${quoteValue(name)} stands twice`);
    } else if (message.context.ignoreUnknown) {
      skipValue(cursor);
    } else {
      throw new JsonFault(
        "unknown",
        at,
        inner.subject,
        `in an Any it has "@type" and "value" alone, not ${quoteValue(name)}`,
      );
    }
  } while (!cursor.comma(0x7d));
  if (!valueSeen) throw new JsonFault("value", start, inner.subject, 'the member "value" is missing');
  cursor.depth--;
}
