import type { FieldDescriptor } from "../file-descriptor.js";
import type { EnumType, ScalarType, ValueType } from "../types.js";
import { bytesOf, unescapeLiteral } from "../unescape.js";
import { integerBounds, isLong } from "./integer-bounds.js";
import { enumItem, floatItem, type OptionScalar } from "./option-message.js";
import { enumFromNode, scalarFromNode } from "./scalar-from-node.js";

/**
 * A field's default in ProtoJSON, from the text of a .proto file or from FieldDescriptorProto.default_value; null if the
 * text in a descriptor does not fit the type. Throws an OptionFault for a .proto file.
 */
export function defaultValue(descriptor: FieldDescriptor, type: ValueType): OptionScalar | null {
  const raw = descriptor.defaultValue;
  if (raw === null || type.kind === "message") return null;
  if (raw.kind === "node") {
    return type.kind === "enum"
      ? enumFromNode(raw.node, type.enum, false)
      : scalarFromNode(raw.node, type.scalar, false);
  }
  return type.kind === "enum" ? enumFromText(raw.text, type.enum) : scalarFromText(raw.text, type.scalar);
}

function enumFromText(text: string, type: EnumType): OptionScalar | null {
  const value = type.valuesByName.get(text);
  return value === undefined ? null : enumItem(type, value.number);
}

/** The forms that the comment of FieldDescriptorProto.default_value gives. */
function scalarFromText(text: string, scalar: ScalarType): OptionScalar | null {
  switch (scalar) {
    case "bool":
      return text === "true" ? true : text === "false" ? false : null;
    case "string":
      return text;
    case "bytes": {
      const value = unescapeLiteral(text);
      return value === null ? null : Buffer.from(bytesOf(value)).toString("base64");
    }
    case "double":
    case "float":
      return floatFromText(text, scalar === "float");
    default: {
      const bounds = integerBounds(scalar);
      if (bounds === null || !/^-?[0-9]{1,20}$/.test(text)) return null;
      const value = BigInt(text);
      if (value < bounds.least || value > bounds.most) return null;
      return isLong(scalar) ? String(value) : Number(value);
    }
  }
}

function floatFromText(text: string, single: boolean): OptionScalar | null {
  if (text === "inf") return floatItem(Infinity, single);
  if (text === "-inf") return floatItem(-Infinity, single);
  if (text === "nan" || text === "-nan") return floatItem(Number.NaN, single);
  const value = text === "" ? Number.NaN : Number(text);
  return Number.isNaN(value) ? null : floatItem(value, single);
}
