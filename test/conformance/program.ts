/**
 * The program that the official conformance runner tests (conformance/conformance.proto has the protocol): requests come
 * on standard input, responses go to standard output, each behind its length (4 bytes, little-endian).
 *
 * JSON in and out goes through createCodec, as in the gateway. Protobuf to protobuf, which the gateway never does, goes
 * through normaliseWire, which is the gateway's slow way for bytes that repeat fields. Text format is skipped.
 *
 * Use: node program.js FOLDER-OF-PROTOS GOOGLE-PROTOS
 */
import { readSync, writeSync } from "node:fs";
import { createCodec } from "../../src/codec/index.js";
import { normaliseWire } from "../../src/codec/wire/normalise-wire.js";
import { WireCursor } from "../../src/codec/wire/wire-cursor.js";
import { WireBuffer } from "../../src/codec/wire/wire-writer.js";
import { loadProtoFiles, type MessageType } from "../../src/schema/index.js";

const PROTOBUF = 1;
const JSON_FORMAT = 2;
const IGNORE_UNKNOWN_TEST = 3;

/** Numbers of the fields of ConformanceResponse.result. */
const Result = {
  parseError: 1,
  runtimeError: 2,
  protobuf: 3,
  json: 4,
  skipped: 5,
  serializeError: 6,
} as const;

interface Request {
  payload: { kind: "protobuf" | "json"; bytes: Buffer } | null;
  output: number;
  messageType: string;
  category: number;
}

const schema = loadProtoFiles({
  cwd: process.cwd(),
  roots: process.argv.slice(2),
  files: [
    "google/protobuf/test_messages_proto2.proto",
    "google/protobuf/test_messages_proto3.proto",
    "google/protobuf/test_messages_proto2_editions.proto",
    "google/protobuf/test_messages_proto3_editions.proto",
    "google/protobuf/test_messages_edition2023.proto",
  ],
});
const strict = createCodec(schema);
const lenient = createCodec(schema, { unknownFields: "ignore", unknownEnumNames: "ignore" });

function readRequest(bytes: Uint8Array): Request {
  const request: Request = { payload: null, output: 0, messageType: "", category: 0 };
  const cursor = new WireCursor();
  cursor.load(bytes);
  const value = (): Buffer => {
    const end = cursor.lengthEnd();
    const part = Buffer.from(cursor.bytes.subarray(cursor.pos, end));
    cursor.pos = end;
    return part;
  };
  for (let tag = cursor.nextTag(); tag !== 0; tag = cursor.nextTag()) {
    if (tag === 10) request.payload = { kind: "protobuf", bytes: value() };
    else if (tag === 18) request.payload = { kind: "json", bytes: value() };
    else if (tag === 24) request.output = cursor.varint();
    else if (tag === 34) request.messageType = value().toString();
    else if (tag === 40) request.category = cursor.varint();
    else cursor.skip(tag);
  }
  return request;
}

function respond(field: number, value: Uint8Array | string): Uint8Array {
  const out = new WireBuffer(value.length + 16);
  out.bytesField(field, typeof value === "string" ? Buffer.from(value) : value);
  return out.view();
}

function answer(request: Request): Uint8Array {
  const { payload, output } = request;
  if (payload === null || (output !== PROTOBUF && output !== JSON_FORMAT)) {
    return respond(Result.skipped, "only protobuf and JSON");
  }
  const type = schema.messages.get(request.messageType);
  if (type === undefined) return respond(Result.runtimeError, `no message ${request.messageType}`);
  let wire: Uint8Array;
  try {
    wire = parse(payload, type, request.category === IGNORE_UNKNOWN_TEST);
  } catch (error) {
    return respond(Result.parseError, String(error));
  }
  if (output === PROTOBUF) return respond(Result.protobuf, wire);
  try {
    return respond(Result.json, strict.decoder(type)(payload.kind === "protobuf" ? payload.bytes : wire));
  } catch (error) {
    return respond(Result.serializeError, String(error));
  }
}

function parse(payload: { kind: string; bytes: Buffer }, type: MessageType, ignoreUnknown: boolean): Uint8Array {
  if (payload.kind === "json") return (ignoreUnknown ? lenient : strict).encoder(type)(payload.bytes);
  return normaliseWire(type, payload.bytes, { keepUnknown: true, typeOf: null });
}

/** Reads exactly `length` bytes, or null if the runner has closed its end. */
function read(length: number): Buffer | null {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const count = readSync(0, bytes, at, length - at, null);
    if (count === 0) return null;
    at += count;
  }
  return bytes;
}

function write(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}

for (let head = read(4); head !== null; head = read(4)) {
  const request = read(head.readUInt32LE(0));
  if (request === null) break;
  let response: Uint8Array;
  try {
    response = answer(readRequest(request));
  } catch (error) {
    response = respond(Result.runtimeError, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  const length = Buffer.alloc(4);
  length.writeUInt32LE(response.length);
  write(length);
  write(response);
}
