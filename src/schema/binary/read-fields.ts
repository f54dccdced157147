import { inSteps, type Steps } from "../../core/index.js";
import type { RawOptions } from "../file-descriptor.js";
import type { Locations } from "./read-source-info.js";
import { pathKey } from "./read-source-info.js";
import { type WireReader, WireType } from "./wire-reader.js";

/** The values of descriptor.proto's own fields: each takes the field that `next` found and checks its wire type. */

export function text(reader: WireReader): string {
  return reader.expect(WireType.LENGTH).string();
}

export function int(reader: WireReader): number {
  return reader.expect(WireType.VARINT).int32();
}

export function flag(reader: WireReader): boolean {
  return reader.expect(WireType.VARINT).bool();
}

export function submessage(reader: WireReader): WireReader {
  return reader.expect(WireType.LENGTH).message();
}

/**
 * The bytes of an options message, which is read once the types of its fields are known. A message that comes in parts
 * (`before`) is one with all of them, as everywhere in protobuf.
 */
export function optionBytes(reader: WireReader, before: RawOptions): RawOptions {
  const bytes = reader.expect(WireType.LENGTH).bytes();
  if (bytes.length === 0) return before;
  return { kind: "wire", bytes: before.kind === "wire" ? Buffer.concat([before.bytes, bytes]) : bytes };
}

/** Reads one element at its path in SourceCodeInfo. */
export type ReadElement<T> = (reader: WireReader, path: string, locations: Locations) => T;

/** Reads the elements of a repeated field. */
export function readAll<T>(
  readers: readonly WireReader[],
  parent: string,
  field: number,
  read: ReadElement<T>,
  locations: Locations,
): T[] {
  return readers.map((reader, index) => read(reader, pathKey(parent, field, index), locations));
}

/** The same for what is much. */
export function* readAllInSteps<T>(
  readers: readonly WireReader[],
  parent: string,
  field: number,
  read: ReadElement<T>,
  locations: Locations,
): Steps<T[]> {
  const elements: T[] = [];
  yield* inSteps(
    readers,
    (reader) => elements.push(read(reader, pathKey(parent, field, elements.length), locations)),
    16,
  );
  return elements;
}
