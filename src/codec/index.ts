/**
 * codec: ProtoJSON ⇄ wire bytes, compiled per message type; text → field for path and query.
 *
 *   JSON bytes ── reader ── compiled message ── writer ──> wire bytes
 *   wire bytes ── compiled message ── text writer ──> JSON bytes
 *
 * No message object stands between. A type is compiled when it is first asked for and then kept; types that contain each
 * other are registered before their fields are compiled. The room does not know HTTP, rules or calls.
 */
export type {
  Codec,
  JsonOptions,
  JsonToWire,
  JsonToWireWithPaths,
  TextToField,
  WireToJson,
  WireWriter,
} from "./types.js";
