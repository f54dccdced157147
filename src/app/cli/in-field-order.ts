import type { MessageType } from "../../schema/index.js";

/**
 * The ProtoJSON of a message with its members in the order of the proto, as people read it; ProtoJSON itself has no order.
 * Members that are no fields (of a Struct, an Any, a map) keep theirs, behind.
 */
export function inFieldOrder(json: unknown, message: MessageType): unknown {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return json;
  const given = new Map<string, unknown>(Object.entries(json));
  const ordered: [string, unknown][] = [];
  for (const field of message.fields) {
    const name = given.has(field.jsonName) ? field.jsonName : field.name;
    if (!given.has(name)) continue;
    const value = given.get(name);
    const inner = field.type.kind === "message" && field.cardinality.kind !== "map" ? field.type.message : null;
    const one = (item: unknown) => (inner === null ? item : inFieldOrder(item, inner));
    ordered.push([name, Array.isArray(value) ? value.map(one) : one(value)]);
    given.delete(name);
  }
  return Object.fromEntries([...ordered, ...given]);
}
