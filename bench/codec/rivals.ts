import { createFileRegistry, fromBinary, fromJsonString, toBinary, toJsonString } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import protobuf from "protobufjs";
import protojson from "protobufjs/ext/protojson.js";
import { createCodec } from "../../src/codec/index.js";
import { loadDescriptorSet } from "../../src/schema/index.js";

/** One implementation on one message type. */
export interface Rival {
  readonly name: string;
  readonly toJson: () => unknown;
  readonly toWire: () => unknown;
}

/** What every implementation reads. */
export interface Input {
  readonly type: string;
  readonly wire: Buffer;
  readonly text: string;
}

/** Ours, the two libraries that people use, and JSON alone as the limit. All but ours are given text that is a string already. */
export function rivalsOf(descriptors: Uint8Array, protoFile: string, input: Input): readonly Rival[] {
  const schema = loadDescriptorSet(descriptors);
  const message = schema.messages.get(input.type);
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptors));
  const desc = registry.getMessage(input.type);
  if (message === undefined || desc === undefined) throw new Error(`cannot find message ${input.type}`);
  const codec = createCodec(schema);
  const decode = codec.decoder(message);
  const encode = codec.encoder(message);
  const type = protobuf.loadSync(protoFile).lookupType(input.type);
  const { wire, text } = input;
  const json = Buffer.from(text);
  const value: unknown = JSON.parse(text);
  return [
    { name: "portico", toJson: () => decode(wire), toWire: () => encode(json) },
    {
      name: "protobufjs",
      toJson: () => protojson.toJsonString(type, type.decode(wire)),
      toWire: () => type.encode(protojson.fromJsonString(type, text)).finish(),
    },
    {
      name: "protobuf-es",
      toJson: () => toJsonString(desc, fromBinary(desc, wire)),
      toWire: () => toBinary(desc, fromJsonString(desc, text)),
    },
    { name: "JSON alone", toJson: () => JSON.stringify(value), toWire: () => JSON.parse(text) },
  ];
}
