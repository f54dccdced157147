import { inSteps, quoteValue, type Steps } from "../../core/index.js";
import type { MessageDescriptor, NumberRange } from "../file-descriptor.js";
import { jsonNameOf } from "../names.js";
import type { FieldType } from "../types.js";
import type { Drafts, EnumPair, FieldPair, MessageDraft, MessagePair } from "./drafts.js";
import type { Faults } from "./faults.js";
import type { Features } from "./features.js";

/** FieldDescriptor::kMaxNumber, and the numbers that protobuf keeps for itself. */
const MAX_NUMBER = 0x1fffffff;
const FIRST_OWN_NUMBER = 19000;
const LAST_OWN_NUMBER = 19999;

/** Types that a map's key may not have (language guide, "Maps"). */
const NO_MAP_KEYS: ReadonlySet<string> = new Set(["float", "double", "bytes"]);

/** Checks what the language demands of elements once their names, options and features are known. */
export function* checkAll(drafts: Drafts, features: ReadonlyMap<object, Features>, faults: Faults): Steps<void> {
  const ranges = new Map(drafts.messages.map((pair) => [pair.draft, pair.descriptor.extensionRanges]));
  yield* inSteps(drafts.messages, (pair) => checkMessage(pair, features.get(pair.draft), faults));
  yield* inSteps(drafts.fields, (pair) => checkField(pair, faults));
  yield* inSteps(drafts.extensions, (pair) => checkExtension(pair, ranges, faults));
  yield* inSteps(drafts.enums, (pair) => checkEnum(pair, faults));
  for (const { descriptor, draft, file } of drafts.oneofs) {
    if (draft.fields.length > 0) continue;
    faults.add(file.descriptor.display, descriptor.position, draft.fullName, "the oneof has no field");
  }
}

function checkMessage({ descriptor, draft, file }: MessagePair, features: Features | undefined, faults: Faults): void {
  const { display } = file.descriptor;
  if (descriptor.mapEntry && !isMapEntry(descriptor)) {
    faults.add(display, descriptor.position, draft.fullName, "it is marked as the entry of a map and is none");
  }
  const byNumber = new Map<number, FieldType>();
  draft.fields.forEach((field, index) => {
    const position = descriptor.fields[index]?.position ?? null;
    const fail = (message: string): void => faults.add(display, position, field.fullName, message);
    const other = byNumber.get(field.number);
    byNumber.set(field.number, field);
    if (other !== undefined) fail(`its number ${field.number} is that of ${quoteValue(other.name)}`);
    if (inRanges(descriptor.reservedRanges, field.number)) fail(`its number ${field.number} is reserved`);
    if (inRanges(descriptor.extensionRanges, field.number)) {
      fail(`its number ${field.number} is in a range for extensions`);
    }
    if (descriptor.reservedNames.includes(field.name)) fail("its name is reserved");
    if (draft.messageSet) fail("a message set has no fields");
  });
  if (features !== undefined && !mayClash(draft)) checkJsonNames(draft, descriptor.fields, features, display, faults);
}

/** Compilers alone mark entries (descriptor.proto, map_entry); protobufjs 7 marks the messages that maps are in as well. */
function isMapEntry({ fields, messages, enums, oneofs, extensions }: MessageDescriptor): boolean {
  const others = [messages, enums, oneofs, extensions].some((each) => each.length > 0);
  const numbers = fields.map(({ number }) => number).sort();
  return !others && numbers.join() === "1,2";
}

/** The option deprecated_legacy_json_field_conflicts. */
function mayClash(draft: MessageDraft): boolean {
  return draft.options["deprecated_legacy_json_field_conflicts"] === true;
}

/**
 * Two fields of one JSON name cannot both be said in JSON. Where JSON is but a best effort (proto2) that matters only if
 * the source gives the name (protoc's CheckFieldJsonNameUniqueness).
 */
function checkJsonNames(
  draft: MessageDraft,
  descriptors: readonly { readonly position: FieldPair["descriptor"]["position"] }[],
  features: Features,
  display: string,
  faults: Faults,
): void {
  const bestEffort = features.jsonFormat === "LEGACY_BEST_EFFORT";
  const seen = new Map<string, FieldType>();
  draft.fields.forEach((field, index) => {
    const other = seen.get(field.jsonName);
    if (other === undefined) {
      seen.set(field.jsonName, field);
      return;
    }
    const isGiven = (each: FieldType): boolean => each.jsonName !== jsonNameOf(each.name);
    if (bestEffort && !(isGiven(field) && isGiven(other))) return;
    const message = `its JSON name ${quoteValue(field.jsonName)} is that of ${quoteValue(other.name)}`;
    faults.add(display, descriptors[index]?.position ?? null, field.fullName, message);
  });
}

function checkField(pair: FieldPair, faults: Faults): void {
  const { descriptor, draft, file } = pair;
  const fail = (message: string): void =>
    faults.add(file.descriptor.display, descriptor.position, draft.fullName, message);
  checkNumber(draft.number, MAX_NUMBER, fail);
  checkDefault(pair, fail);
  const { cardinality, type } = draft;
  if (cardinality.kind === "map" && NO_MAP_KEYS.has(cardinality.key))
    fail(`a map has no keys of type ${cardinality.key}`);
  // A map that is none after all has an entry whose key is a message or an enum.
  if (cardinality.kind === "repeated" && type.kind === "message" && type.message.mapEntry) {
    fail("the key of a map is an integer, a bool or a string");
  }
  if (draft.oneof !== null && descriptor.label !== "optional") fail("a field of a oneof has no label");
  if (
    type.kind === "enum" &&
    type.enum.closed &&
    cardinality.kind === "singular" &&
    cardinality.presence === "implicit"
  ) {
    fail(`the enum ${type.enum.fullName} is closed, and the field has no presence`);
  }
}

function checkDefault({ descriptor, draft }: FieldPair, fail: (message: string) => void): void {
  if (descriptor.defaultValue === null) return;
  if (draft.cardinality.kind !== "singular") fail("a field of many values has no default");
  else if (draft.type.kind === "message") fail("a field of a message has no default");
  else if (draft.cardinality.presence === "implicit") fail("a field without presence has no default");
}

function checkExtension(pair: FieldPair, ranges: ReadonlyMap<object, readonly NumberRange[]>, faults: Faults): void {
  const { descriptor, draft, file } = pair;
  const extended = draft.parent;
  const fail = (message: string): void =>
    faults.add(file.descriptor.display, descriptor.position, draft.fullName, message);
  checkNumber(draft.number, extended.messageSet ? 0x7ffffffe : MAX_NUMBER, fail);
  checkDefault(pair, fail);
  if (!inRanges(ranges.get(extended) ?? [], draft.number)) {
    fail(`${extended.fullName} has no extension range with the number ${draft.number}`);
  }
  const other = extended.extensions.get(draft.number);
  if (other !== undefined && other !== draft) fail(`its number ${draft.number} is that of ${other.fullName}`);
  if (descriptor.label === "required") fail("an extension is not required");
}

function checkNumber(number: number, most: number, fail: (message: string) => void): void {
  if (number < 1 || number > most) fail(`its number ${number} is not within 1 and ${most}`);
  else if (number >= FIRST_OWN_NUMBER && number <= LAST_OWN_NUMBER) {
    fail(`its number ${number} is one of those that protobuf keeps for itself (19000 to 19999)`);
  }
}

function checkEnum({ descriptor, draft, file }: EnumPair, faults: Faults): void {
  const { display } = file.descriptor;
  const [first] = draft.values;
  if (first === undefined) {
    faults.add(display, descriptor.position, draft.fullName, "the enum has no value");
    return;
  }
  if (!draft.closed && first.number !== 0) {
    faults.add(display, descriptor.values[0]?.position ?? null, first.fullName, "the first value of an open enum is 0");
  }
  const byNumber = new Map<number, string>();
  const aliases = draft.options["allow_alias"] === true;
  draft.values.forEach((value, index) => {
    const position = descriptor.values[index]?.position ?? null;
    const fail = (message: string): void => faults.add(display, position, value.fullName, message);
    const other = byNumber.get(value.number);
    byNumber.set(value.number, value.name);
    if (other !== undefined && !aliases) {
      fail(`its number ${value.number} is that of ${quoteValue(other)}, and allow_alias is not set`);
    }
    if (inRanges(descriptor.reservedRanges, value.number)) fail(`its number ${value.number} is reserved`);
    if (descriptor.reservedNames.includes(value.name)) fail("its name is reserved");
  });
}

function inRanges(ranges: readonly NumberRange[], number: number): boolean {
  return ranges.some((range) => number >= range.first && number <= range.last);
}
