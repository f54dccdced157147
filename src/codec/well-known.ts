/** Well-known types whose ProtoJSON is no object of their fields (protobuf.dev/programming-guides/json). */
export const wrapperNames: readonly string[] = [
  "Double",
  "Float",
  "Int64",
  "UInt64",
  "Int32",
  "UInt32",
  "Bool",
  "String",
  "Bytes",
].map((name) => `google.protobuf.${name}Value`);

const special: ReadonlySet<string> = new Set([
  ...["Any", "Timestamp", "Duration", "FieldMask", "Struct", "Value", "ListValue"].map(
    (name) => `google.protobuf.${name}`,
  ),
  ...wrapperNames,
]);

/** Whether the JSON of the message with this full name has a form of its own. */
export function isWellKnown(fullName: string): boolean {
  return special.has(fullName);
}
