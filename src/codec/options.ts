import type { JsonOptions } from "./types.js";

/** Canonical ProtoJSON out; in, everything that a message does not have is refused. */
export const defaultJsonOptions: JsonOptions = {
  emitDefaults: "none",
  int64: "string",
  protoNames: false,
  enumsAsNumbers: false,
  stripEnumPrefix: false,
  caseInsensitiveEnums: false,
  unknownFields: "reject",
  unknownEnumNames: "reject",
  unknownAny: "reject",
};
