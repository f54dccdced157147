import type { Steps } from "../../core/index.js";
import { NO_COMMENTS, type Position } from "../file-descriptor.js";
import { trimBreak } from "../source/cursor.js";
import type { Comments } from "../types.js";
import { WireReader, WireType } from "./wire-reader.js";

/** What SourceCodeInfo tells of one element. */
export interface Location {
  readonly position: Position | null;
  readonly comments: Comments;
}

/** The locations of a file's elements by path; see `pathKey`. */
export type Locations = ReadonlyMap<string, Location>;

export const NO_LOCATION: Location = { position: null, comments: NO_COMMENTS };

/**
 * A path of SourceCodeInfo.Location as the varints that its packed encoding has, one byte a character. Keys are compared,
 * never shown.
 */
export function pathKey(parent: string, field: number, index: number): string {
  return parent + varintText(field) + varintText(index);
}

export function varintText(value: number): string {
  let text = "";
  for (; value > 0x7f; value >>>= 7) text += String.fromCharCode((value & 0x7f) | 0x80);
  return text + String.fromCharCode(value);
}

/** Reads a google.protobuf.SourceCodeInfo: of every path the first location. */
export function* readSourceInfo(reader: WireReader, into: Map<string, Location>): Steps<void> {
  for (let read = 1; reader.next(); read++) {
    if (reader.number === 1) readLocation(reader.expect(WireType.LENGTH).message(), into);
    else reader.skip();
    if (read % OF_A_STEP === 0) yield;
  }
}

/** Locations. */
const OF_A_STEP = 256;

function readLocation(reader: WireReader, into: Map<string, Location>): void {
  const start = reader.at;
  const path: number[] = [];
  while (reader.next()) {
    if (reader.number === 1) reader.int32s(path);
    else reader.skip();
  }
  // Elements have a path of pairs (field, index), the syntax and the package one of a single number. The others are of
  // names, numbers and types, which nothing here asks for.
  if (path.length % 2 !== 0 && path.length !== 1) return;
  const key = path.map(varintText).join("");
  if (!into.has(key)) into.set(key, readLocationBody(new WireReader(reader.buffer, start, reader.end)));
}

function readLocationBody(reader: WireReader): Location {
  const span: number[] = [];
  let leading = "";
  let trailing = "";
  const detached: string[] = [];
  while (reader.next()) {
    switch (reader.number) {
      case 2:
        reader.int32s(span);
        break;
      case 3:
        leading = trimBreak(reader.expect(WireType.LENGTH).string());
        break;
      case 4:
        trailing = trimBreak(reader.expect(WireType.LENGTH).string());
        break;
      case 6:
        detached.push(trimBreak(reader.expect(WireType.LENGTH).string()));
        break;
      default:
        reader.skip();
    }
  }
  const [line, column] = span;
  const position = line === undefined || column === undefined ? null : { line: line + 1, column: column + 1 };
  const bare = leading === "" && trailing === "" && detached.length === 0;
  return { position, comments: bare ? NO_COMMENTS : { leading, trailing, detached } };
}
