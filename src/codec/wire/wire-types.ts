import type { ScalarType, ValueType } from "../../schema/index.js";

/** Wire types (protobuf.dev/programming-guides/encoding#structure). */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
export const START_GROUP = 3;
export const END_GROUP = 4;
export const FIXED32 = 5;

const scalarWireTypes: Readonly<Record<ScalarType, number>> = {
  double: FIXED64,
  float: FIXED32,
  int32: VARINT,
  int64: VARINT,
  uint32: VARINT,
  uint64: VARINT,
  sint32: VARINT,
  sint64: VARINT,
  fixed32: FIXED32,
  fixed64: FIXED64,
  sfixed32: FIXED32,
  sfixed64: FIXED64,
  bool: VARINT,
  string: LENGTH,
  bytes: LENGTH,
};

/** The wire type of one value that is not packed. */
export function wireTypeOf(type: ValueType): number {
  switch (type.kind) {
    case "scalar":
      return scalarWireTypes[type.scalar];
    case "enum":
      return VARINT;
    default:
      return type.delimited ? START_GROUP : LENGTH;
  }
}

/** Whether values of the type may be packed: numbers, booleans and enums. */
export function packs(type: ValueType): boolean {
  return type.kind === "enum" || (type.kind === "scalar" && type.scalar !== "string" && type.scalar !== "bytes");
}
