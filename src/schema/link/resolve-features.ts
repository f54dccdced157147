import { inSteps, type Steps } from "../../core/index.js";
import type { Cardinality, ValueType } from "../types.js";
import type { Drafts, FieldPair } from "./drafts.js";
import { defaultFeatures, type Features, mergeFeatures } from "./features.js";
import type { OptionMessage } from "./option-message.js";

/** The options of each draft that has any. */
export type OptionMessages = ReadonlyMap<object, OptionMessage>;

/**
 * Decides what features and labels decide: presence, packing, delimited encoding, closed enums, checked UTF-8. Gives the
 * features of each message and enum, for the checks.
 */
export function* resolveFeatures(drafts: Drafts, options: OptionMessages): Steps<ReadonlyMap<object, Features>> {
  const features = new Map<object, Features>();
  const of = (draft: object): OptionMessage | null => options.get(draft) ?? null;
  for (const file of drafts.files) {
    features.set(file, mergeFeatures(defaultFeatures(file.descriptor.syntax), of(file.type)));
  }
  const around = (pair: { readonly parent: { readonly draft: object } | null; readonly file: object }): Features =>
    features.get(pair.parent?.draft ?? pair.file) ?? defaultFeatures("proto3");
  // A message stands before the messages, oneofs and enums in it.
  yield* inSteps(drafts.messages, (pair) => {
    features.set(pair.draft, mergeFeatures(around(pair), of(pair.draft)));
  });
  for (const pair of drafts.oneofs) features.set(pair.draft, mergeFeatures(around(pair), of(pair.draft)));
  yield* inSteps(drafts.enums, (pair) => {
    const own = mergeFeatures(around(pair), of(pair.draft));
    features.set(pair.draft, own);
    pair.draft.closed = own.enumType === "CLOSED";
  });
  yield* inSteps([...drafts.fields, ...drafts.extensions], (pair) => {
    const { oneof } = pair.draft;
    const outer = (oneof === null ? undefined : features.get(oneof)) ?? around(pair);
    applyFeatures(pair, mergeFeatures(outer, of(pair.draft)), of(pair.draft));
  });
  return features;
}

function applyFeatures(pair: FieldPair, features: Features, options: OptionMessage | null): void {
  const { draft } = pair;
  draft.type = withEncoding(pair, features);
  draft.cardinality = cardinalityOf(pair, features, options);
  draft.verifyUtf8 = features.utf8Validation === "VERIFY" && holdsText(draft.type, draft.cardinality);
}

function withEncoding({ draft, descriptor }: FieldPair, features: Features): ValueType {
  const { type } = draft;
  if (type.kind !== "message") return type;
  // Maps and their entries stay length-prefixed (editions specification, message_encoding).
  const prefixed = draft.cardinality.kind === "map" || draft.parent.mapEntry;
  const delimited = !prefixed && (descriptor.type.kind === "group" || features.messageEncoding === "DELIMITED");
  return delimited === type.delimited ? type : { ...type, delimited };
}

function cardinalityOf(
  { draft, descriptor, file }: FieldPair,
  features: Features,
  options: OptionMessage | null,
): Cardinality {
  const { cardinality, type } = draft;
  if (cardinality.kind === "map") return cardinality;
  if (cardinality.kind === "repeated") {
    const packable =
      type.kind === "enum" || (type.kind === "scalar" && type.scalar !== "string" && type.scalar !== "bytes");
    const packed = legacyPacked(file.descriptor.syntax, options) ?? features.repeatedFieldEncoding === "PACKED";
    return { kind: "repeated", packed: packable && packed };
  }
  if (descriptor.label === "required" || features.fieldPresence === "LEGACY_REQUIRED") {
    return { kind: "singular", presence: "required" };
  }
  const explicit =
    type.kind === "message" ||
    draft.oneof !== null ||
    draft.extension ||
    descriptor.proto3Optional ||
    features.fieldPresence === "EXPLICIT";
  return { kind: "singular", presence: explicit ? "explicit" : "implicit" };
}

/** The option `packed` of proto2 and proto3, or null where it is not set or has no meaning. */
function legacyPacked(syntax: string, options: OptionMessage | null): boolean | null {
  if (syntax === "editions" || options === null) return null;
  const field = options.type.fieldsByName.get("packed");
  const value = field === undefined ? undefined : options.single(field);
  return typeof value === "boolean" ? value : null;
}

function holdsText(type: ValueType, cardinality: Cardinality): boolean {
  if (cardinality.kind === "map" && cardinality.key === "string") return true;
  return type.kind === "scalar" && type.scalar === "string";
}
