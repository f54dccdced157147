import { jsonNameOf } from "../names.js";
import type { OptionValue } from "../types.js";
import { type OptionItem, OptionMessage } from "./option-message.js";

/**
 * The JSON form of a message of a well-known type (the ProtoJSON format, "Representation of each type"), or undefined if
 * the type has none of its own or the message is beyond what the form can say.
 */
export function wellKnownValue(message: OptionMessage): OptionValue | undefined {
  switch (message.type.fullName) {
    case "google.protobuf.Duration":
      return duration(longOf(message, "seconds"), numberOf(message, "nanos"));
    case "google.protobuf.Timestamp":
      return timestamp(longOf(message, "seconds"), numberOf(message, "nanos"));
    case "google.protobuf.FieldMask":
      return fieldMask(listOf(message, "paths"));
    case "google.protobuf.Struct":
      return struct(message);
    case "google.protobuf.Value":
      return value(message);
    case "google.protobuf.ListValue":
      return listOf(message, "values").map(valueItem);
    case "google.protobuf.BoolValue":
      return wrapped(message, false);
    case "google.protobuf.Int32Value":
    case "google.protobuf.UInt32Value":
    case "google.protobuf.FloatValue":
    case "google.protobuf.DoubleValue":
      return wrapped(message, 0);
    case "google.protobuf.Int64Value":
    case "google.protobuf.UInt64Value":
      return wrapped(message, "0");
    case "google.protobuf.StringValue":
    case "google.protobuf.BytesValue":
      return wrapped(message, "");
    default:
      return undefined;
  }
}

const NANOS = 1_000_000_000;
/** Of google/protobuf/duration.proto and timestamp.proto: 10000 years, and the years 1 to 9999. */
const MAX_DURATION = 315_576_000_000n;
const FIRST_SECOND = -62_135_596_800n;
const LAST_SECOND = 253_402_300_799n;

function duration(seconds: bigint, nanos: number): string | undefined {
  const tooLong = seconds > MAX_DURATION || seconds < -MAX_DURATION || Math.abs(nanos) >= NANOS;
  if (tooLong || (seconds > 0n && nanos < 0) || (seconds < 0n && nanos > 0)) return undefined;
  const sign = seconds < 0n || nanos < 0 ? "-" : "";
  return `${sign}${seconds < 0n ? -seconds : seconds}${fraction(Math.abs(nanos))}s`;
}

function timestamp(seconds: bigint, nanos: number): string | undefined {
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND || nanos < 0 || nanos >= NANOS) return undefined;
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}${fraction(nanos)}Z`;
}

/** In 0, 3, 6 or 9 digits. */
function fraction(nanos: number): string {
  if (nanos === 0) return "";
  const digits = String(nanos).padStart(9, "0");
  return `.${digits.replace(/(?:000){1,2}$/, "")}`;
}

function fieldMask(paths: readonly OptionItem[]): string | undefined {
  const names: string[] = [];
  for (const path of paths) {
    // Only what comes back the same can be said in JSON names.
    if (typeof path !== "string" || !/^[a-z0-9.]*(?:_[a-z][a-z0-9.]*)*$/.test(path)) return undefined;
    names.push(path.split(".").map(jsonNameOf).join("."));
  }
  return names.join(",");
}

function struct(message: OptionMessage): OptionValue {
  const field = message.type.fieldsByName.get("fields");
  const entries = field === undefined ? undefined : message.maps.get(field);
  const sorted = [...(entries ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, item]) => [key, valueItem(item)]));
}

function valueItem(item: OptionItem): OptionValue {
  return item instanceof OptionMessage ? value(item) : null;
}

function value(message: OptionMessage): OptionValue {
  for (const [field, [item]] of message.fields) {
    if (item === undefined || field.name === "null_value") continue;
    if (!(item instanceof OptionMessage)) return item;
    return field.name === "struct_value" ? struct(item) : listOf(item, "values").map(valueItem);
  }
  return null;
}

function wrapped(message: OptionMessage, zero: OptionValue): OptionValue {
  const item = itemOf(message, "value");
  return item === undefined || item instanceof OptionMessage ? zero : item;
}

function itemOf(message: OptionMessage, name: string): OptionItem | undefined {
  const field = message.type.fieldsByName.get(name);
  return field === undefined ? undefined : message.single(field);
}

function longOf(message: OptionMessage, name: string): bigint {
  const item = itemOf(message, name);
  return typeof item === "string" ? BigInt(item) : 0n;
}

function numberOf(message: OptionMessage, name: string): number {
  const item = itemOf(message, name);
  return typeof item === "number" ? item : 0;
}

function listOf(message: OptionMessage, name: string): readonly OptionItem[] {
  const field = message.type.fieldsByName.get(name);
  return (field === undefined ? undefined : message.fields.get(field)) ?? [];
}
