import { type Metadata, unreachable } from "../../core/index.js";
import { NO_METADATA } from "../sendable.js";
import { ConnectionError, ErrorCode } from "./errors.js";
import { type Field, FieldKind } from "./hpack/field.js";

/** SETTINGS_MAX_HEADER_LIST_SIZE of this side: what a header section may come to, decoded. */
export const MAX_HEADER_LIST = 64 * 1024;
/** Beyond this a section is an attack: decoding it only to keep the tables alike costs more than the connection is worth. */
const MAX_DECODED = 4 * MAX_HEADER_LIST;
/** What a header section may come to on the wire, over all its frames. */
const MAX_BLOCK = 128 * 1024;
/** CONTINUATION frames of one block: enough for MAX_BLOCK in frames of a sensible size, and an end to empty ones. */
const MAX_CONTINUATIONS = 64;

/**
 * The fields of one header section, as a gRPC client needs them. One object a connection, used again for every section.
 */
export class HeaderBlock {
  /** :status; 0 without one, -1 if it is no number of three digits. */
  status = 0;
  grpcStatus: string | null = null;
  grpcMessage: string | null = null;
  grpcDetails: string | null = null;
  grpcEncoding: string | null = null;
  contentType: string | null = null;
  pushback: string | null = null;
  /** content-length; -1 without one. */
  contentLength = -1;
  malformed = false;
  /** Whether the section is above MAX_HEADER_LIST; then what came after the limit is left out. */
  tooLarge = false;
  #metadata: string[] | null = null;
  #regularSeen = false;
  #size = 0;

  get metadata(): Metadata {
    return this.#metadata ?? NO_METADATA;
  }

  reset(): void {
    this.status = 0;
    this.grpcStatus = null;
    this.grpcMessage = null;
    this.grpcDetails = null;
    this.grpcEncoding = null;
    this.contentType = null;
    this.pushback = null;
    this.contentLength = -1;
    this.malformed = false;
    this.tooLarge = false;
    this.#metadata = null;
    this.#regularSeen = false;
    this.#size = 0;
  }

  /** Throws ENHANCE_YOUR_CALM for a section that is far above the limit (an HPACK bomb). */
  field(field: Field): void {
    this.#size += field.size;
    if (this.#size > MAX_HEADER_LIST) {
      if (this.#size > MAX_DECODED) {
        throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, "a header section is far above the limit");
      }
      this.tooLarge = true;
      return;
    }
    const { kind } = field;
    if (kind === FieldKind.STATUS) {
      // RFC 9113 section 8.3: pseudo-header fields come first, and each of them once.
      if (this.status !== 0 || this.#regularSeen) this.malformed = true;
      this.status = /^[1-9]\d\d$/.test(field.value) ? Number(field.value) : -1;
      return;
    }
    this.#regularSeen = true;
    switch (kind) {
      case FieldKind.CUSTOM:
        this.#metadata ??= [];
        this.#metadata.push(field.name, field.value);
        return;
      case FieldKind.CUSTOM_BIN:
        // PROTOCOL-HTTP2.md: implementations must split Binary-Header values on commas.
        this.#metadata ??= [];
        for (const value of field.value.split(",")) this.#metadata.push(field.name, value.trim());
        return;
      case FieldKind.CONTENT_TYPE:
        this.contentType = field.value;
        return;
      case FieldKind.GRPC_STATUS:
        this.grpcStatus = field.value;
        return;
      case FieldKind.GRPC_MESSAGE:
        this.grpcMessage = field.value;
        return;
      case FieldKind.GRPC_DETAILS:
        this.grpcDetails = field.value;
        return;
      case FieldKind.GRPC_ENCODING:
        this.grpcEncoding = field.value;
        return;
      case FieldKind.GRPC_PUSHBACK:
        this.pushback = field.value;
        return;
      case FieldKind.CONTENT_LENGTH:
        this.#length(field.value);
        return;
      case FieldKind.OTHER:
        return;
      case FieldKind.MALFORMED:
        this.malformed = true;
        return;
      default:
        unreachable(kind);
    }
  }

  /** RFC 9110 section 8.6: digits, and the same ones if it comes twice. */
  #length(value: string): void {
    const length = /^\d+$/.test(value) ? Number(value) : -1;
    if (length < 0 || (this.contentLength >= 0 && this.contentLength !== length)) this.malformed = true;
    this.contentLength = length;
  }
}

/** A header block that goes over several frames (RFC 9113 section 4.3). */
export class BlockFragments {
  /** The stream whose block is open; 0 for none. */
  streamId = 0;
  /** The flags of the HEADERS frame that began it. */
  flags = 0;
  #pieces: Buffer[] = [];
  #size = 0;

  open(streamId: number, flags: number, fragment: Buffer): void {
    this.streamId = streamId;
    this.flags = flags;
    this.#add(fragment);
  }

  /** Throws ENHANCE_YOUR_CALM for a block without end. */
  append(fragment: Buffer): void {
    this.#add(fragment);
    if (this.#size > MAX_BLOCK || this.#pieces.length > MAX_CONTINUATIONS) {
      throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, "a header block does not end");
    }
  }

  /** The whole block; after it none is open. */
  close(): Buffer {
    const block = Buffer.concat(this.#pieces);
    this.streamId = 0;
    this.#pieces = [];
    this.#size = 0;
    return block;
  }

  #add(fragment: Buffer): void {
    // A copy: the chunk that a fragment lies in is used again.
    this.#pieces.push(Buffer.from(fragment));
    this.#size += fragment.length;
  }
}
