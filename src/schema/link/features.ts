import type { FileDescriptor } from "../file-descriptor.js";
import { OptionMessage } from "./option-message.js";

/** The features of google.protobuf.FeatureSet that decide how messages are read and written. */
export interface Features {
  readonly fieldPresence: string;
  readonly enumType: string;
  readonly repeatedFieldEncoding: string;
  readonly utf8Validation: string;
  readonly messageEncoding: string;
  readonly jsonFormat: string;
}

/** The defaults of each syntax: the edition_defaults of FeatureSet's fields in descriptor.proto. */
const PROTO2: Features = {
  fieldPresence: "EXPLICIT",
  enumType: "CLOSED",
  repeatedFieldEncoding: "EXPANDED",
  utf8Validation: "NONE",
  messageEncoding: "LENGTH_PREFIXED",
  jsonFormat: "LEGACY_BEST_EFFORT",
};
const PROTO3: Features = {
  fieldPresence: "IMPLICIT",
  enumType: "OPEN",
  repeatedFieldEncoding: "PACKED",
  utf8Validation: "VERIFY",
  messageEncoding: "LENGTH_PREFIXED",
  jsonFormat: "ALLOW",
};
/** No edition up to 2026 changes one of these six again. */
const EDITIONS: Features = { ...PROTO3, fieldPresence: "EXPLICIT" };

const DEFAULTS: Readonly<Record<FileDescriptor["syntax"], Features>> = {
  proto2: PROTO2,
  proto3: PROTO3,
  editions: EDITIONS,
};

export function defaultFeatures(syntax: FileDescriptor["syntax"]): Features {
  return DEFAULTS[syntax];
}

/** The features of an element: those around it, and over them those that its own options set. */
export function mergeFeatures(around: Features, options: OptionMessage | null): Features {
  const field = options?.type.fieldsByName.get("features");
  const set = field === undefined ? undefined : options?.single(field);
  if (!(set instanceof OptionMessage)) return around;
  const get = (name: string): string | null => {
    const feature = set.type.fieldsByName.get(name);
    const value = feature === undefined ? undefined : set.single(feature);
    return typeof value === "string" ? value : null;
  };
  return {
    fieldPresence: get("field_presence") ?? around.fieldPresence,
    enumType: get("enum_type") ?? around.enumType,
    repeatedFieldEncoding: get("repeated_field_encoding") ?? around.repeatedFieldEncoding,
    utf8Validation: get("utf8_validation") ?? around.utf8Validation,
    messageEncoding: get("message_encoding") ?? around.messageEncoding,
    jsonFormat: get("json_format") ?? around.jsonFormat,
  };
}
