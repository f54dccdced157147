import type { ScalarType } from "../types.js";

/** The integers that a scalar type holds, both ends included; null for types that are no integers. */
export function integerBounds(scalar: ScalarType): { readonly least: bigint; readonly most: bigint } | null {
  switch (scalar) {
    case "int32":
    case "sint32":
    case "sfixed32":
      return INT32;
    case "uint32":
    case "fixed32":
      return UINT32;
    case "int64":
    case "sint64":
    case "sfixed64":
      return INT64;
    case "uint64":
    case "fixed64":
      return UINT64;
    default:
      return null;
  }
}

/** Whether a value of this integer type is a string in JSON. */
export function isLong(scalar: ScalarType): boolean {
  return scalar.endsWith("64");
}

const INT32 = { least: -0x80000000n, most: 0x7fffffffn };
const UINT32 = { least: 0n, most: 0xffffffffn };
const INT64 = { least: -0x8000000000000000n, most: 0x7fffffffffffffffn };
const UINT64 = { least: 0n, most: 0xffffffffffffffffn };
