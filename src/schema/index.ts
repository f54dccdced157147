/**
 * schema: .proto files or descriptor sets in, one immutable Schema out.
 *
 *   .proto files ── protobufjs parser ──┐
 *                                       ├── FileDescriptor (plain data) ── link ──> Schema
 *   FileDescriptorSet / Buf image bytes ┘
 *
 * It keeps what later rooms need of the source: custom options, comments, places. It resolves editions features, so that
 * nothing behind it asks which syntax a file had. It does not generate code, decode messages or know HTTP.
 */
export { type Description, type DescriptionDetail, describeSchema, firstDifference } from "./describe-schema.js";
export { emptySchema, loadDescriptorSet, loadProtoFiles, loadSchema, type SchemaSource } from "./load-schema.js";
export type { ProtoFilesOptions } from "./read-proto-files.js";
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
