import { isUtf8 } from "node:buffer";
import { clip, nearest, quoteValue } from "../../core/index.js";
import type { OptionNode, Position } from "../file-descriptor.js";
import type { EnumType, ScalarType } from "../types.js";
import { bytesOf } from "../unescape.js";
import { integerBounds, isLong } from "./integer-bounds.js";
import { enumItem, floatItem, type OptionScalar } from "./option-message.js";

/** A value in a .proto file that does not fit its field. */
export class OptionFault extends Error {
  override readonly name = "OptionFault";
  readonly position: Position;

  constructor(message: string, position: Position) {
    super(message);
    this.position = position;
  }
}

/**
 * What is written as the value of a field of this scalar type. `aggregate`: inside braces, where the text format's ways of
 * writing bools hold too.
 */
export function scalarFromNode(node: OptionNode, scalar: ScalarType, aggregate: boolean): OptionScalar {
  switch (scalar) {
    case "bool":
      return boolFromNode(node, aggregate);
    case "string":
    case "bytes":
      return textFromNode(node, scalar);
    case "double":
    case "float":
      return floatFromNode(node, scalar);
    default:
      return integerFromNode(node, scalar);
  }
}

/** What is written as the value of an enum field: a name; in aggregates also a number. */
export function enumFromNode(node: OptionNode, type: EnumType, aggregate: boolean): OptionScalar {
  if (node.kind === "identifier" && !node.negative) {
    const value = type.valuesByName.get(node.text);
    if (value !== undefined) return enumItem(type, value.number);
    const near = nearest(node.text, type.valuesByName.keys());
    const hint = near === null ? "" : ` (did you mean ${near}?)`;
    throw new OptionFault(`enum ${type.fullName} has no value ${quoteValue(node.text)}${hint}`, node.position);
  }
  if (aggregate && node.kind === "integer") {
    const number = Number(node.negative ? -node.value : node.value);
    if (number === (number | 0) && (!type.closed || type.valuesByNumber.has(number))) return enumItem(type, number);
  }
  throw wrong(`a value of enum ${type.fullName}`, node);
}

function boolFromNode(node: OptionNode, aggregate: boolean): boolean {
  if (node.kind === "identifier" && !node.negative) {
    if (node.text === "true" || (aggregate && (node.text === "True" || node.text === "t"))) return true;
    if (node.text === "false" || (aggregate && (node.text === "False" || node.text === "f"))) return false;
  }
  if (aggregate && node.kind === "integer" && !node.negative && node.value <= 1n) return node.value === 1n;
  throw wrong("true or false", node);
}

function textFromNode(node: OptionNode, scalar: "string" | "bytes"): string {
  if (node.kind !== "string") throw wrong("a string", node);
  const { value } = node;
  if (scalar === "bytes") return Buffer.from(bytesOf(value)).toString("base64");
  if (typeof value === "string") return value;
  if (!isUtf8(value)) throw new OptionFault("the string is not valid UTF-8", node.position);
  return Buffer.from(value).toString("utf8");
}

function floatFromNode(node: OptionNode, scalar: "double" | "float"): OptionScalar {
  const single = scalar === "float";
  if (node.kind === "float") return floatItem(node.value, single);
  // Not by negating the integer: -0 is a float of its own.
  if (node.kind === "integer") return floatItem(node.negative ? -Number(node.value) : Number(node.value), single);
  if (node.kind === "identifier") {
    const word = node.text.toLowerCase();
    if (word === "nan") return floatItem(Number.NaN, single);
    if (word === "inf" || word === "infinity") return floatItem(node.negative ? -Infinity : Infinity, single);
  }
  throw wrong("a number", node);
}

function integerFromNode(node: OptionNode, scalar: ScalarType): OptionScalar {
  const bounds = integerBounds(scalar);
  if (node.kind !== "integer" || bounds === null) throw wrong(scalar, node);
  const value = node.negative ? -node.value : node.value;
  if (value < bounds.least || value > bounds.most) {
    throw new OptionFault(`${clip(String(value))} is out of the range of ${scalar}`, node.position);
  }
  return isLong(scalar) ? String(value) : Number(value);
}

function wrong(expected: string, node: OptionNode): OptionFault {
  return new OptionFault(`expected ${expected}, got ${printNode(node)}`, node.position);
}

/** A value as a message may quote it. */
export function printNode(node: OptionNode): string {
  switch (node.kind) {
    case "identifier":
    case "integer": {
      const text = node.kind === "integer" ? String(node.value) : node.text;
      return quoteValue(node.negative ? `-${text}` : text);
    }
    case "float":
      return quoteValue(String(node.value));
    case "string":
      return typeof node.value === "string" ? `the string ${quoteValue(node.value)}` : "a string of bytes";
    case "list":
      return "a list";
    case "message":
      return "a message";
    default:
      return node satisfies never;
  }
}
