import { type Fault, nearest, quoteValue } from "../core/index.js";
import type { FieldType, MessageType, MethodType } from "../schema/index.js";
import { faultAt, type HttpRule } from "./read-http-rule.js";
import { placeWithin } from "./source-node.js";
import type { BoundVariable, TemplateVariable } from "./types.js";

/**
 * Messages that ProtoJSON writes as one string, number or boolean: a path segment can hold them. http.proto asks for
 * "a non-repeated field with a primitive (non-message) type"; grpc-gateway binds these too.
 */
const textMessages: ReadonlySet<string> = new Set(
  [
    "Timestamp",
    "Duration",
    "FieldMask",
    "BoolValue",
    "BytesValue",
    "DoubleValue",
    "FloatValue",
    "Int32Value",
    "Int64Value",
    "StringValue",
    "UInt32Value",
    "UInt64Value",
  ].map((name) => `google.protobuf.${name}`),
);

/** Binds a template's variables to fields of the method's request. Those with a fault are left out. */
export function bindVariables(method: MethodType, rule: HttpRule, faults: Fault[]): readonly BoundVariable[] {
  const bound: BoundVariable[] = [];
  for (const variable of rule.template.variables) {
    const path = resolvePath(method.input, variable.fieldPath.split("."));
    const reason = typeof path === "string" ? path : clashReason(bound, variable, path);
    if (typeof path !== "string" && reason === null) {
      bound.push({ ...variable, path });
      continue;
    }
    const message =
      `cannot bind variable ${variable.fieldPath} (column ${variable.column} of ${quoteValue(rule.pattern.text)}): ` +
      String(reason);
    faults.push(faultAt(placeWithin(rule.pattern, variable.column), method.fullName, message));
  }
  return bound;
}

/** The fields that names lead to, or why they lead nowhere that a path can set. */
function resolvePath(root: MessageType, names: readonly string[]): readonly FieldType[] | string {
  const path: FieldType[] = [];
  let message = root;
  for (const [i, name] of names.entries()) {
    const field = fieldNamed(message, name);
    if (typeof field === "string") return field;
    if (field.cardinality.kind !== "singular") {
      return `field ${field.fullName} is ${field.cardinality.kind === "map" ? "a map" : "repeated"}, and no path can say that`;
    }
    path.push(field);
    const next = names[i + 1];
    if (next === undefined) return leafReason(field) ?? path;
    if (field.type.kind !== "message")
      return `field ${field.fullName} is no message, so it has no field ${quoteValue(next)}`;
    message = field.type.message;
  }
  return path;
}

function leafReason(field: FieldType): string | null {
  if (field.type.kind !== "message" || textMessages.has(field.type.message.fullName)) return null;
  return `field ${field.fullName} is a ${field.type.message.fullName}, and a path segment holds no message`;
}

/** Why a variable cannot stand beside those before it; null if it can. */
function clashReason(
  bound: readonly BoundVariable[],
  variable: TemplateVariable,
  path: readonly FieldType[],
): string | null {
  for (const other of bound) {
    if (other.fieldPath === variable.fieldPath) return "the template has it twice";
    const reason = overlapReason(other.path, path);
    if (reason !== null) return `variable ${other.fieldPath} ${reason}`;
  }
  return null;
}

/** Why two paths cannot both be set: one holds the other, or they part at members of one oneof. Null if they can. */
export function overlapReason(a: readonly FieldType[], b: readonly FieldType[]): string | null {
  let i = 0;
  while (i < a.length && i < b.length && a[i] === b[i]) i++;
  const left = a[i];
  const right = b[i];
  if (left === undefined || right === undefined) return "sets the same field";
  if (left.oneof === null || left.oneof !== right.oneof) return null;
  return `sets another member of oneof ${left.oneof.fullName}`;
}

/** A field by its proto name, or why there is none. */
export function fieldNamed(message: MessageType, name: string): FieldType | string {
  const field = message.fieldsByName.get(name);
  if (field !== undefined && field.name === name) return field;
  const near =
    field?.name ??
    nearest(
      name,
      message.fields.map((known) => known.name),
    );
  const hint = near === null ? "" : `; did you mean "${near}"?`;
  return `${message.fullName} has no field ${quoteValue(name)}${hint}`;
}
