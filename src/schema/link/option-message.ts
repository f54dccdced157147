import { unreachable } from "../../core/index.js";
import type { EnumType, FieldType, MessageType, ScalarType, ValueType } from "../types.js";

/** A scalar in ProtoJSON: 64-bit integers and bytes (base64) as strings, enums by name, or by number without a name. */
export type OptionScalar = boolean | number | string;

export type OptionItem = OptionScalar | OptionMessage;

/** A message inside options while they are read, from text or from bytes. */
export class OptionMessage {
  readonly type: MessageType;
  /** Of a repeated field all items, of another one item. */
  readonly fields = new Map<FieldType, OptionItem[]>();
  /** Of a map field the entries by key, which is a string as in JSON. */
  readonly maps = new Map<FieldType, Map<string, OptionItem>>();
  /** What a google.protobuf.Any written as `[url] { … }` holds, or null. */
  any: { readonly url: string; readonly message: OptionMessage } | null = null;

  constructor(type: MessageType) {
    this.type = type;
  }

  /** The one item of a field, or undefined. */
  single(field: FieldType): OptionItem | undefined {
    return this.fields.get(field)?.[0];
  }

  /** Sets the one item of a field; the other members of its oneof are cleared, as on the wire the last one wins. */
  set(field: FieldType, item: OptionItem): void {
    if (field.oneof !== null) for (const other of field.oneof.fields) this.fields.delete(other);
    this.fields.set(field, [item]);
  }

  /** Adds an item to a repeated field. */
  push(field: FieldType, item: OptionItem): void {
    const items = this.fields.get(field);
    if (items === undefined) this.fields.set(field, [item]);
    else items.push(item);
  }

  /** Sets an entry of a map field; of several with one key the last wins. */
  setEntry(field: FieldType, key: string, item: OptionItem): void {
    const entries = this.maps.get(field);
    if (entries === undefined) this.maps.set(field, new Map([[key, item]]));
    else entries.set(key, item);
  }
}

/** The value that a field of this type has where none is given. */
export function zeroItem(type: ValueType): OptionItem {
  switch (type.kind) {
    case "message":
      return new OptionMessage(type.message);
    case "enum":
      return type.enum.values[0]?.name ?? 0;
    case "scalar":
      return zeroScalar(type.scalar);
    default:
      return unreachable(type);
  }
}

function zeroScalar(scalar: ScalarType): OptionScalar {
  switch (scalar) {
    case "bool":
      return false;
    case "string":
    case "bytes":
      return "";
    case "int64":
    case "uint64":
    case "sint64":
    case "fixed64":
    case "sfixed64":
      return "0";
    default:
      return 0;
  }
}

/** A number as ProtoJSON has it. A float has the shortest decimal that rounds to it. */
export function floatItem(value: number, single: boolean): OptionScalar {
  if (Number.isNaN(value)) return "NaN";
  const rounded = single ? Math.fround(value) : value;
  if (!Number.isFinite(rounded)) return rounded > 0 ? "Infinity" : "-Infinity";
  return single ? shortestFloat(rounded) : rounded;
}

/** Nine digits tell any two floats apart (IEEE 754, 24 bits of precision). */
function shortestFloat(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return Number(value.toPrecision(9));
}

/** The name of an enum's number, or the number itself. */
export function enumItem(type: EnumType, number: number): OptionScalar {
  return type.valuesByNumber.get(number)?.name ?? number;
}
