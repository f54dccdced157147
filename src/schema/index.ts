/**
 * schema: .proto files, descriptor sets or what servers tell of themselves in, one immutable Schema out.
 *
 *   .proto files ── source/ (scan, parse) ───────────────────┐
 *   FileDescriptorSet, Buf image ────────────────┬─ binary/ ─┼── FileDescriptor (plain data) ── link/ ──> Schema
 *   upstream ── reflection/ (grpc.reflection) ───┘           ┘
 *
 * The sources differ in nothing that a Schema tells: options, comments and places included, but for comments and places
 * that a server leaves out. The linker resolves names by the scoping rules, options of either form into ProtoJSON, and
 * editions features, so that nothing behind it asks which syntax a file had; it checks what the language demands and tells
 * all faults at once, each with its place. Imports are looked for in the roots, then among the files of google-proto-files;
 * those of a server are asked of it first.
 *
 * The parser is this room's own. That of protobufjs 8 cannot carry the truth: it refuses groups in oneofs and oneofs in
 * groups, leaves out whatever is called __proto__, rounds 64-bit defaults and options, loses options of enum values and
 * the bytes of strings, knows neither columns nor which comment is attached to what, and ends at the first fault.
 * test/schema/parser-oracle.test.ts keeps the witnesses, and holds this parser against that one where both can read.
 *
 * It does not generate code, decode messages or know HTTP. It does not check everything that protoc checks: neither the
 * targets of options, nor naming styles, nor the visibility of symbols (edition 2024). Options of a descriptor set that no
 * file in it declares are passed over. Of a message's maps each is made when it is first asked for.
 */
export { type Description, type DescriptionDetail, describeSchema, firstDifference } from "./describe-schema.js";
export {
  emptySchema,
  linkReflections,
  loadDescriptorSet,
  loadProtoFiles,
  loadSchema,
  type ReadSources,
  readSources,
  type SchemaSource,
} from "./load-schema.js";
export type { ProtoFilesOptions } from "./read-proto-files.js";
export { MOST_BYTES, type ReflectionLimits } from "./reflection/ask-all.js";
export { askReflection, type Reflection, type ReflectionOptions } from "./reflection/ask-reflection.js";
export { gapsOf } from "./reflection/reflected-files.js";
export { ReflectionError, type ReflectionFailure } from "./reflection/reflection-error.js";
export type {
  Cardinality,
  Comments,
  EnumType,
  EnumValue,
  FieldType,
  FileType,
  MessageType,
  MethodType,
  OneofType,
  Options,
  OptionValue,
  Place,
  Presence,
  ScalarType,
  Schema,
  ServiceType,
  ValueType,
} from "./types.js";
