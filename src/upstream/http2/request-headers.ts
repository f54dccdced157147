import { sendableValues } from "../sendable.js";
import { Flag, FRAME_HEADER, FrameType, writeFrameHeader } from "./frames.js";
import { fieldBound, HpackEncoder, literalBeginning, type RepeatedField, repeatedField } from "./hpack/encoder.js";
import type { Output } from "./output.js";
import type { RpcStream } from "./rpc-stream.js";
import type { PeerSettings } from "./settings.js";

/** The encoder's table, whatever more the peer would allow. */
const MAX_TABLE = 16 * 1024;
/** Paths of methods whose fields are kept ready. */
const MAX_PATHS = 4096;
/** Names whose values are worth nothing in a table and something to a thief. */
const secrets: ReadonlySet<string> = new Set(["authorization", "proxy-authorization", "cookie"]);

/** Names of metadata that are kept ready: so many, of so many octets at most, as clients may make up names. */
const MAX_NAMES = 1024;
const MAX_NAME = 64;

/** A name of metadata: which values it takes, and how its literal begins. Null: it cannot be sent. */
type MetadataName = { readonly values: RegExp; readonly beginning: Uint8Array } | null;

const names = new Map<string, MetadataName>();
const timeoutBeginning = literalBeginning("grpc-timeout", "plain");

function metadataName(name: string): MetadataName {
  const known = names.get(name);
  if (known !== undefined) return known;
  const values = sendableValues(name);
  const kind = secrets.has(name) ? "secret" : "plain";
  const found = values === null ? null : { values, beginning: literalBeginning(name, kind) };
  if (names.size < MAX_NAMES && name.length <= MAX_NAME) names.set(name, found);
  return found;
}

/** Writes the header sections of requests for one connection (PROTOCOL-HTTP2.md, "Requests"). */
export class RequestHeaders {
  readonly #encoder = new HpackEncoder();
  readonly #method = repeatedField(":method", "POST");
  readonly #scheme: RepeatedField;
  readonly #authority: RepeatedField;
  readonly #te = repeatedField("te", "trailers");
  readonly #contentType = repeatedField("content-type", "application/grpc");
  readonly #acceptEncoding = repeatedField("grpc-accept-encoding", "gzip");
  /** Null: messages are sent as they are. */
  readonly #encoding: RepeatedField | null;
  readonly #userAgent: RepeatedField;
  readonly #paths = new Map<string, RepeatedField>();
  /** Octets of the fields that every request has, by the measures of RFC 9113 section 6.5.2 and of the wire. */
  readonly #fixed: number;

  constructor(scheme: "http" | "https", authority: string, userAgent: string, compresses: boolean) {
    this.#scheme = repeatedField(":scheme", scheme);
    this.#authority = repeatedField(":authority", authority);
    this.#userAgent = repeatedField("user-agent", userAgent);
    this.#encoding = compresses ? repeatedField("grpc-encoding", "gzip") : null;
    const fields = [
      this.#method,
      this.#scheme,
      this.#authority,
      this.#te,
      this.#contentType,
      this.#userAgent,
      this.#acceptEncoding,
      ...(this.#encoding === null ? [] : [this.#encoding]),
    ];
    // 32 a field for the list's measure, which is more than the wire's.
    this.#fixed = fields.reduce((sum, { name, value }) => sum + name.length + value.length + 32, 0) + 64;
  }

  /** The peer announced SETTINGS_HEADER_TABLE_SIZE. */
  resize(tableSize: number): void {
    this.#encoder.resize(Math.min(tableSize, MAX_TABLE));
  }

  /**
   * Writes the HEADERS frame of a stream, and CONTINUATION where one frame is too small. False: the section is larger than
   * the peer takes, and nothing was written. Entries that gRPC cannot carry are left out.
   */
  write(output: Output, stream: RpcStream, now: number, peer: PeerSettings): boolean {
    const { metadata, path } = stream;
    let bound = this.#fixed + path.length + 64;
    for (let i = 0; i < metadata.length; i += 2)
      bound += fieldBound(metadata[i] as string, metadata[i + 1] as string) + 21;
    if (bound > peer.maxHeaderListSize && this.#listSize(stream) > peer.maxHeaderListSize) return false;

    output.room(FRAME_HEADER + bound);
    const { buffer } = output;
    const encoder = this.#encoder;
    const start = output.at + FRAME_HEADER;
    let at = encoder.begin(buffer, start);
    at = encoder.repeated(buffer, at, this.#method);
    at = encoder.repeated(buffer, at, this.#scheme);
    at = encoder.repeated(buffer, at, this.#pathField(path));
    at = encoder.repeated(buffer, at, this.#authority);
    at = encoder.repeated(buffer, at, this.#te);
    at = encoder.repeated(buffer, at, this.#contentType);
    at = encoder.repeated(buffer, at, this.#userAgent);
    at = encoder.repeated(buffer, at, this.#acceptEncoding);
    if (this.#encoding !== null) at = encoder.repeated(buffer, at, this.#encoding);
    if (stream.deadline < Number.POSITIVE_INFINITY) {
      const timeout = printTimeout(stream.deadline - now);
      if (timeout !== null) at = encoder.begun(buffer, at, timeoutBeginning, timeout);
    }
    for (let i = 0; i < metadata.length; i += 2) {
      const name = metadataName(metadata[i] as string);
      const value = metadata[i + 1] as string;
      if (name === null || !name.values.test(value)) continue;
      at = encoder.begun(buffer, at, name.beginning, value);
    }
    if (at - start <= peer.maxFrameSize) {
      writeFrameHeader(buffer, output.at, at - start, FrameType.HEADERS, Flag.END_HEADERS, stream.id);
      output.at = at;
    } else {
      writeFragments(output, Buffer.from(buffer.subarray(start, at)), stream.id, peer.maxFrameSize);
    }
    return true;
  }

  #pathField(path: string): RepeatedField {
    const known = this.#paths.get(path);
    if (known !== undefined) return known;
    const field = repeatedField(":path", path);
    if (this.#paths.size < MAX_PATHS) this.#paths.set(path, field);
    return field;
  }

  #listSize({ path, metadata }: RpcStream): number {
    let size = this.#fixed + path.length + 37;
    for (let i = 0; i < metadata.length; i += 2) {
      size += (metadata[i] as string).length + (metadata[i + 1] as string).length + 32;
    }
    return size;
  }
}

/** A header block in a HEADERS frame and as many CONTINUATION frames as it takes (RFC 9113 section 6.10). */
function writeFragments(output: Output, block: Buffer, streamId: number, maxFrameSize: number): void {
  for (let from = 0; from < block.length; from += maxFrameSize) {
    const fragment = block.subarray(from, from + maxFrameSize);
    const flags = from + fragment.length === block.length ? Flag.END_HEADERS : 0;
    output.room(FRAME_HEADER + fragment.length);
    const type = from === 0 ? FrameType.HEADERS : FrameType.CONTINUATION;
    output.at = writeFrameHeader(output.buffer, output.at, fragment.length, type, flags, streamId);
    output.at += fragment.copy(output.buffer, output.at);
  }
}

/** The value of grpc-timeout, which has eight digits at most; null for what is beyond them in seconds (three years). */
export function printTimeout(milliseconds: number): string | null {
  const left = Math.max(1, Math.ceil(milliseconds));
  if (left <= 99_999_999) return `${left}m`;
  const seconds = Math.ceil(left / 1000);
  return seconds <= 99_999_999 ? `${seconds}S` : null;
}
