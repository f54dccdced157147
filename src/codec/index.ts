/**
 * codec: ProtoJSON ⇄ wire bytes, compiled per message type; text → field for path and query.
 *
 *   JSON bytes ── JsonCursor ── read-* by compile-json's records ── WireBuffer ──> wire bytes
 *   wire bytes ── WireCursor ── print-* by compile-print's records ── TextBuffer ──> JSON bytes
 *
 * Folders: `read/` is JSON → wire, `print/` is wire → JSON, `text/` is text → field; all three stand on `wire/` (cursor and
 * writer of wire bytes, their canonical form) and `bytes/` (buffers, and what is done with bytes whatever they mean).
 *
 * No message object stands between. A type is compiled when it is first asked for and then kept; types that contain each
 * other are registered before their fields are compiled. What is compiled is a record for each field, which names the one
 * function that reads (or prints) fields of its kind; members come in the order of the last message more often than not, so
 * each record remembers which one followed it. Faults carry an offset only; the path to it is found when one is told.
 *
 * Code emitted for a type (new Function) was measured and left out: docs/adr/0004-records-not-emitted-code.md.
 *
 * Printing goes straight through bytes as serialisers write them. Bytes that the wire format allows and no serialiser
 * writes (a field twice, a list in two places) are first brought into canonical form by normalise-wire.
 *
 * The room does not know HTTP, rules or calls, and does not call upstreams. It keeps no unknown fields: JSON cannot say them.
 */
export { createCodec } from "./create-codec.js";
export { defaultJsonOptions } from "./options.js";
export type {
  Codec,
  JsonOptions,
  JsonToWire,
  JsonToWireWithPaths,
  TextToField,
  WireToJson,
  WireWriter,
} from "./types.js";
export { createWriter } from "./wire/wire-writer.js";
