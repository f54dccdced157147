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

/** What every implementation reads: the same messages, in turns. */
export interface Input {
  readonly type: string;
  readonly wires: readonly Buffer[];
  readonly texts: readonly string[];
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
  const { wires, texts } = input;
  const jsons = texts.map((text) => Buffer.from(text));
  const values = texts.map((text): unknown => JSON.parse(text));
  return [
    { name: "portico", toJson: inTurns(wires, decode), toWire: inTurns(jsons, encode) },
    {
      name: "protobufjs",
      toJson: inTurns(wires, (wire) => protojson.toJsonString(type, type.decode(wire))),
      toWire: inTurns(texts, (text) => type.encode(protojson.fromJsonString(type, text)).finish()),
    },
    {
      name: "protobuf-es",
      toJson: inTurns(wires, (wire) => toJsonString(desc, fromBinary(desc, wire))),
      toWire: inTurns(texts, (text) => toBinary(desc, fromJsonString(desc, text))),
    },
    {
      name: "JSON alone",
      toJson: inTurns(values, (value) => JSON.stringify(value)),
      toWire: inTurns(texts, (text): unknown => JSON.parse(text)),
    },
  ];
}

/** Does the work with the next of the inputs at each call. */
function inTurns<T>(inputs: readonly T[], work: (input: T) => unknown): () => unknown {
  let next = 0;
  return () => {
    const input = inputs[next++];
    if (next === inputs.length) next = 0;
    return work(input as T);
  };
}
