import { nearest, quoteValue, unreachable } from "../../core/index.js";
import type { OptionMember, OptionNamePart, OptionNode, OptionStatement, Position } from "../file-descriptor.js";
import type { FieldType, MessageType, ValueType } from "../types.js";
import { type OptionItem, OptionMessage, type OptionScalar, zeroItem } from "./option-message.js";
import { enumFromNode, OptionFault, printNode, scalarFromNode } from "./scalar-from-node.js";
import { article, type SymbolTable } from "./symbols.js";

/** Where an option stands, for the names in it. */
export interface OptionScope {
  readonly symbols: SymbolTable;
  /** The scope of the element that the options are of. */
  readonly scope: string;
  readonly visible: ReadonlySet<string>;
}

/**
 * Sets what one statement says in the options message of its element (the language specifications, "Option"; protobuf's
 * text format inside braces). Throws an OptionFault.
 */
export function setFromStatement(options: OptionMessage, statement: OptionStatement, scope: OptionScope): void {
  let message = options;
  statement.path.forEach((part, index) => {
    const field = fieldOfPart(message, part, statement.position, scope);
    if (index < statement.path.length - 1) {
      message = enter(message, field, statement.position);
      return;
    }
    if (field.cardinality.kind === "singular") {
      refuseSecond(message, field, statement.position);
    }
    setField(message, field, statement.value, scope, false);
  });
}

function fieldOfPart(message: OptionMessage, part: OptionNamePart, position: Position, scope: OptionScope): FieldType {
  if (part.extension) return extensionNamed(message.type, part.name, position, scope);
  return fieldNamed(message.type, part.name, position);
}

function fieldNamed(type: MessageType, name: string, position: Position): FieldType {
  for (const field of type.fields) if (field.name === name) return field;
  // The text format names a group by its message.
  for (const field of type.fields) {
    if (field.type.kind === "message" && field.type.delimited && field.type.message.name === name) return field;
  }
  const near = nearest(
    name,
    type.fields.map((field) => field.name),
  );
  const hint = near === null ? "" : ` (did you mean ${near}?)`;
  throw new OptionFault(`${type.fullName} has no field ${quoteValue(name)}${hint}`, position);
}

function extensionNamed(type: MessageType, name: string, position: Position, scope: OptionScope): FieldType {
  const found = scope.symbols.resolve(name, scope.scope, scope.visible, "extension");
  if (typeof found === "string")
    throw new OptionFault(`it names the extension ${quoteValue(name)}, ${found}`, position);
  if (found.kind !== "extension") {
    throw new OptionFault(`${quoteValue(name)} is no extension but ${article(found.kind)}`, position);
  }
  if (found.extension.parent.fullName !== type.fullName) {
    const { parent, fullName } = found.extension;
    throw new OptionFault(`${fullName} extends ${parent.fullName}, not ${type.fullName}`, position);
  }
  return found.extension;
}

/** The message in a field that a dotted name goes through. */
function enter(message: OptionMessage, field: FieldType, position: Position): OptionMessage {
  if (field.cardinality.kind !== "singular" || field.type.kind !== "message") {
    throw new OptionFault(`${field.fullName} is no single message, so that nothing in it can be set by name`, position);
  }
  const present = message.single(field);
  if (present instanceof OptionMessage) return present;
  const created = new OptionMessage(field.type.message);
  message.set(field, created);
  return created;
}

function refuseSecond(message: OptionMessage, field: FieldType, position: Position): void {
  if (message.fields.has(field)) throw new OptionFault(`${field.fullName} is set twice`, position);
  const other = field.oneof?.fields.find((member) => message.fields.has(member));
  if (other !== undefined) {
    throw new OptionFault(`${field.fullName} and ${other.fullName} are of one oneof, and both are set`, position);
  }
}

function setField(
  message: OptionMessage,
  field: FieldType,
  node: OptionNode,
  scope: OptionScope,
  aggregate: boolean,
): void {
  switch (field.cardinality.kind) {
    case "singular":
      message.set(field, item(field.type, node, scope, aggregate));
      return;
    case "repeated":
      if (node.kind !== "list") message.push(field, item(field.type, node, scope, aggregate));
      else for (const each of node.items) message.push(field, item(field.type, each, scope, aggregate));
      return;
    case "map":
      for (const each of node.kind === "list" ? node.items : [node]) setEntry(message, field, each, scope);
      return;
    default:
      unreachable(field.cardinality);
  }
}

/** An entry of a map, written as a message with `key` and `value`. */
function setEntry(message: OptionMessage, field: FieldType, node: OptionNode, scope: OptionScope): void {
  if (field.cardinality.kind !== "map") return;
  if (node.kind !== "message") throw new OptionFault(`expected a map entry, got ${printNode(node)}`, node.position);
  const keyType: ValueType = { kind: "scalar", scalar: field.cardinality.key };
  let key: OptionItem | null = null;
  let value: OptionItem | null = null;
  for (const member of node.members) {
    if (member.kind === "field" && member.name === "key" && key === null)
      key = item(keyType, member.value, scope, true);
    else if (member.kind === "field" && member.name === "value" && value === null) {
      value = item(field.type, member.value, scope, true);
    } else throw new OptionFault(`an entry of ${field.fullName} has one key and one value`, member.position);
  }
  message.setEntry(field, String(key ?? zeroItem(keyType)), value ?? zeroItem(field.type));
}

function item(type: ValueType, node: OptionNode, scope: OptionScope, aggregate: boolean): OptionItem {
  switch (type.kind) {
    case "scalar":
      return scalarFromNode(node, type.scalar, aggregate) satisfies OptionScalar;
    case "enum":
      return enumFromNode(node, type.enum, aggregate);
    case "message":
      if (node.kind === "message") return messageFromMembers(type.message, node.members, scope);
      throw new OptionFault(`expected a message ${type.message.fullName}, got ${printNode(node)}`, node.position);
    default:
      return unreachable(type);
  }
}

function messageFromMembers(type: MessageType, members: readonly OptionMember[], scope: OptionScope): OptionMessage {
  const message = new OptionMessage(type);
  for (const member of members) {
    if (member.kind === "any") {
      expandAny(message, member, scope);
      continue;
    }
    const field =
      member.kind === "field"
        ? fieldNamed(type, member.name, member.position)
        : extensionInAggregate(type, member, scope);
    if (field.cardinality.kind === "singular") {
      if (member.value.kind === "list") {
        throw new OptionFault(`${field.fullName} takes one value, not a list`, member.value.position);
      }
      refuseSecond(message, field, member.position);
    }
    setField(message, field, member.value, scope, true);
  }
  return message;
}

/** `[type.googleapis.com/full.Name] { … }`. */
function expandAny(message: OptionMessage, member: OptionMember, scope: OptionScope): void {
  const { name: url, position } = member;
  if (message.type.fullName !== "google.protobuf.Any") {
    throw new OptionFault(
      `a type URL stands for the content of a google.protobuf.Any, not of ${message.type.fullName}`,
      position,
    );
  }
  const found = scope.symbols.get(url.slice(url.lastIndexOf("/") + 1));
  if (found?.kind !== "message") throw new OptionFault(`the type ${quoteValue(url)} is not known`, position);
  const content = item({ kind: "message", message: found.message, delimited: false }, member.value, scope, true);
  if (content instanceof OptionMessage) message.any = { url, message: content };
}

/**
 * An extension in brackets: a name from the scope of the extended message or of the element, or, in a message set, the
 * message that an extension nested in it carries (protoc's AggregateOptionFinder).
 */
function extensionInAggregate(type: MessageType, member: OptionMember, scope: OptionScope): FieldType {
  if (type.messageSet) {
    const carried = scope.symbols.resolve(member.name, scope.scope, scope.visible, "type");
    if (typeof carried !== "string" && carried.kind === "message") {
      for (const extension of type.extensions.values()) {
        if (extension.type.kind === "message" && extension.type.message === carried.message) return extension;
      }
    }
  }
  const near: OptionScope = { ...scope, scope: type.fullName };
  const found = scope.symbols.resolve(member.name, near.scope, near.visible, "extension");
  return extensionNamed(type, member.name, member.position, typeof found === "string" ? scope : near);
}
