import { WireFault, WireReader } from "../binary/wire-reader.js";
import type { FieldType, MessageType, Options, OptionValue } from "../types.js";
import { type OptionItem, OptionMessage } from "./option-message.js";
import { setFromWire } from "./options-from-wire.js";
import { wellKnownValue } from "./well-known-options.js";

/** Finds a message by its full name, for the content of an Any. */
export type FindMessage = (fullName: string) => MessageType | undefined;

/** UninterpretedOption: what a parser leaves to a linker; nothing of the source's own. */
const UNINTERPRETED = "uninterpreted_option";

/** An element's options message as Options: in the order of the field numbers, extensions in brackets. */
export function toOptions(message: OptionMessage, find: FindMessage): Options {
  const entries = memberEntries(message, find).filter(([name]) => name !== UNINTERPRETED);
  return Object.fromEntries(entries);
}

/** A value as ProtoJSON with proto field names. */
export function toOptionValue(item: OptionItem, find: FindMessage): OptionValue {
  if (!(item instanceof OptionMessage)) return item;
  if (item.type.fullName === "google.protobuf.Any") return anyValue(item, find);
  return wellKnownValue(item) ?? Object.fromEntries(memberEntries(item, find));
}

function memberEntries(message: OptionMessage, find: FindMessage): [string, OptionValue][] {
  const members: { readonly field: FieldType; readonly value: OptionValue }[] = [];
  for (const [field, items] of message.fields) {
    const [first] = items;
    if (field.cardinality.kind === "repeated")
      members.push({ field, value: items.map((item) => toOptionValue(item, find)) });
    else if (first !== undefined && !isAbsent(field, first)) members.push({ field, value: toOptionValue(first, find) });
  }
  for (const [field, entries] of message.maps) {
    const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
    // fromEntries defines members, so that a key such as __proto__ is data.
    const value = Object.fromEntries(sorted.map(([key, item]) => [key, toOptionValue(item, find)]));
    members.push({ field, value });
  }
  members.sort((a, b) => a.field.number - b.field.number);
  return members.map(({ field, value }) => [field.extension ? `[${field.fullName}]` : field.name, value]);
}

/** A zero in a field without presence is not on the wire, so that a source that writes it sets nothing. */
function isAbsent(field: FieldType, item: OptionItem): boolean {
  if (field.cardinality.kind !== "singular" || field.cardinality.presence !== "implicit") return false;
  if (field.type.kind === "enum") return item === field.type.enum.valuesByNumber.get(0)?.name;
  // -0 is not zero on the wire.
  return item === false || item === "" || Object.is(item, 0) || (item === "0" && isLongField(field));
}

function isLongField(field: FieldType): boolean {
  return field.type.kind === "scalar" && field.type.scalar.endsWith("64");
}

function anyValue(message: OptionMessage, find: FindMessage): OptionValue {
  const { url, content, bytes } = anyContent(message, find);
  if (url === "" && bytes === "") return {};
  if (content === null) return { "@type": url, value: bytes };
  const value = wellKnownValue(content) ?? null;
  const nested = content.type.fullName === "google.protobuf.Any" ? anyValue(content, find) : value;
  if (nested !== null) return { "@type": url, value: nested };
  return Object.fromEntries([["@type", url], ...memberEntries(content, find)]);
}

interface AnyContent {
  readonly url: string;
  /** The message inside, or null if its type is not known. */
  readonly content: OptionMessage | null;
  /** In base64. */
  readonly bytes: string;
}

function anyContent(message: OptionMessage, find: FindMessage): AnyContent {
  if (message.any !== null) return { url: message.any.url, content: message.any.message, bytes: "" };
  const url = textOf(message, "type_url");
  const bytes = textOf(message, "value");
  const type = find(url.slice(url.lastIndexOf("/") + 1));
  if (type === undefined) return { url, content: null, bytes };
  const content = new OptionMessage(type);
  try {
    setFromWire(content, new WireReader(Buffer.from(bytes, "base64")));
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    // The bytes are not of that type: they stay what they are, which is all that can be said of them.
    return { url, content: null, bytes };
  }
  return { url, content, bytes };
}

function textOf(message: OptionMessage, name: string): string {
  const field = message.type.fieldsByName.get(name);
  const item = field === undefined ? undefined : message.single(field);
  return typeof item === "string" ? item : "";
}
