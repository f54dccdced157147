import { inSteps, quoteValue, type Steps } from "../../core/index.js";
import type { FieldDescriptor, Position } from "../file-descriptor.js";
import type { Cardinality, MessageType, ScalarType, ValueType } from "../types.js";
import type { Drafts, FieldPair, MessageDraft, MethodPair } from "./drafts.js";
import type { Faults } from "./faults.js";
import { article, enclosing, type SymbolTable } from "./symbols.js";

/** Resolves the types of fields, the messages that extensions extend and methods take and give. */
export function* resolveTypes(drafts: Drafts, symbols: SymbolTable, faults: Faults): Steps<void> {
  yield* inSteps(drafts.fields, (pair) => resolveField(pair, symbols, faults));
  for (const pair of drafts.extensions) {
    resolveField(pair, symbols, faults);
    resolveExtendee(pair, symbols, faults);
  }
  // The entry messages have their types now, which stand behind the fields that they serve.
  yield* inSteps(drafts.fields, resolveMap);
  yield* inSteps(drafts.methods, (pair) => {
    pair.draft.input = resolveMethodType(pair, pair.descriptor.input, "input", symbols, faults);
    pair.draft.output = resolveMethodType(pair, pair.descriptor.output, "output", symbols, faults);
  });
}

function resolveMap({ draft }: FieldPair): void {
  if (draft.type.kind !== "message" || !draft.type.message.mapEntry || draft.cardinality.kind !== "repeated") return;
  const entry = mapParts(draft.type.message);
  if (entry === null) return;
  draft.type = entry.value;
  draft.cardinality = { kind: "map", key: entry.key };
}

function resolveField(pair: FieldPair, symbols: SymbolTable, faults: Faults): void {
  const type = resolveType(pair, symbols, faults);
  if (type === null) return;
  pair.draft.type = type;
  pair.draft.cardinality = provisional(pair.descriptor);
}

function resolveType(pair: FieldPair, symbols: SymbolTable, faults: Faults): ValueType | null {
  const { descriptor, draft, file } = pair;
  const { type } = descriptor;
  if (type.kind === "scalar") return type;
  const found = symbols.resolve(type.name, enclosing(draft.fullName) ?? "", file.visible, "type");
  const fail = (reason: string): null => {
    const { subject, position } = writtenField(pair);
    faults.add(file.descriptor.display, position, subject, `its type is ${quoteValue(type.name)}, ${reason}`);
    return null;
  };
  if (typeof found === "string") return fail(found);
  switch (found.kind) {
    case "message":
      return { kind: "message", message: found.message, delimited: type.kind === "group" };
    case "enum":
      return type.kind === "group" ? fail("which is no message") : { kind: "enum", enum: found.enum };
    default:
      return fail(`which is no type but ${article(found.kind)}`);
  }
}

/** The field as the source writes it: the types of a map's entry stand in the map field. */
function writtenField({ descriptor, draft, parent }: FieldPair): { subject: string; position: Position | null } {
  const outer = parent?.descriptor.mapEntry === true ? parent.parent : null;
  const map = outer?.descriptor.fields.find(({ type }) => type.kind === "named" && type.name === parent?.draft.name);
  if (outer === null || map === undefined) return { subject: draft.fullName, position: descriptor.position };
  return { subject: `${outer.draft.fullName}.${map.name}`, position: map.position };
}

/** Presence and packing are decided once the features are known. */
function provisional(descriptor: FieldDescriptor): Cardinality {
  if (descriptor.label === "repeated") return { kind: "repeated", packed: false };
  return { kind: "singular", presence: descriptor.label === "required" ? "required" : "explicit" };
}

/**
 * The types of a map's key and value, from the fields of its entry message. Null if those are not what they must be; the
 * checks tell it.
 */
function mapParts(entry: MessageType): { readonly key: ScalarType; readonly value: ValueType } | null {
  const key = entry.fields.find((field) => field.number === 1);
  const value = entry.fields.find((field) => field.number === 2);
  if (key?.type.kind !== "scalar" || value === undefined) return null;
  return { key: key.type.scalar, value: value.type };
}

function resolveExtendee({ descriptor, draft, file }: FieldPair, symbols: SymbolTable, faults: Faults): void {
  const name = descriptor.extendee ?? "";
  const scope = enclosing(draft.fullName) ?? "";
  const found = symbols.resolve(name, scope, file.visible, "type");
  if (typeof found !== "string" && found.kind === "message") {
    draft.parent = found.message;
    return;
  }
  const reason = typeof found === "string" ? found : `which is no message but ${article(found.kind)}`;
  faults.add(file.descriptor.display, descriptor.position, draft.fullName, `it extends ${quoteValue(name)}, ${reason}`);
}

function resolveMethodType(
  { descriptor, draft, file }: MethodPair,
  name: string,
  role: "input" | "output",
  symbols: SymbolTable,
  faults: Faults,
): MessageDraft {
  const found = symbols.resolve(name, enclosing(draft.fullName) ?? "", file.visible, "type");
  if (typeof found !== "string" && found.kind === "message") return found.message;
  const reason = typeof found === "string" ? found : `which is no message but ${article(found.kind)}`;
  const message = `its ${role} is ${quoteValue(name)}, ${reason}`;
  faults.add(file.descriptor.display, descriptor.position, draft.fullName, message);
  return draft[role] as MessageDraft;
}
