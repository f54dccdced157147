import { Code, type Metadata } from "../../core/index.js";
import type { Http2Connection } from "./connection.js";
import { ConnectionError, ErrorCode, frameSizeError, protocolError } from "./errors.js";
import type { FrameSink } from "./frame-reader.js";
import { Flag, FrameType, MAX_WINDOW, readUint32 } from "./frames.js";
import { BlockFragments, HeaderBlock } from "./header-block.js";
import { HpackDecoder } from "./hpack/decoder.js";
import { CUT_SHORT_END, endOfReset, endOfTrailers, endWithoutTrailers, localRpcEnd, type RpcEnd } from "./rpc-end.js";
import type { RpcStream } from "./rpc-stream.js";

/** The connection's receive window, with credit as bytes come in: a paused stream holds up no other. */
const CONNECTION_WINDOW = 8 * 1024 * 1024;
/** SETTINGS_HEADER_TABLE_SIZE of this side, which is the default and so is not announced. */
const HEADER_TABLE = 4096;
/** Octets of GOAWAY's debug data that are read. */
const MAX_DEBUG = 100;

/** The receiving half of a connection: what each frame means (RFC 9113 section 6). */
export class Receiver implements FrameSink {
  readonly window = CONNECTION_WINDOW;
  readonly #connection: Http2Connection;
  readonly #decoder = new HpackDecoder(HEADER_TABLE);
  readonly #block = new HeaderBlock();
  readonly #fragments = new BlockFragments();
  #windowLeft = CONNECTION_WINDOW;

  constructor(connection: Http2Connection) {
    this.#connection = connection;
  }

  get closed(): boolean {
    return this.#connection.closed;
  }

  frame(type: number, flags: number, streamId: number, buffer: Buffer, start: number, end: number): void {
    if (this.#fragments.streamId !== 0 && (type !== FrameType.CONTINUATION || streamId !== this.#fragments.streamId)) {
      throw protocolError("a header block is interrupted by another frame");
    }
    switch (type) {
      case FrameType.DATA:
        this.#data(flags, streamId, buffer, start, end);
        return;
      case FrameType.HEADERS:
        this.#headers(flags, streamId, buffer, start, end);
        return;
      case FrameType.RST_STREAM:
        this.#reset(streamId, buffer, start, end);
        return;
      case FrameType.SETTINGS:
        this.#settings(flags, streamId, buffer, start, end);
        return;
      case FrameType.PUSH_PROMISE:
        throw protocolError("the upstream pushes though it was told not to");
      case FrameType.PING:
        this.#ping(flags, streamId, buffer, start, end);
        return;
      case FrameType.GOAWAY:
        if (streamId !== 0) throw protocolError("GOAWAY on a stream");
        if (end - start < 8) throw frameSizeError("GOAWAY");
        this.#connection.guard.frame();
        this.#connection.goneAway(
          readUint32(buffer, start) & 0x7fffffff,
          readUint32(buffer, start + 4),
          buffer.toString("latin1", start + 8, Math.min(end, start + 8 + MAX_DEBUG)),
        );
        return;
      case FrameType.WINDOW_UPDATE:
        this.#windowUpdate(streamId, buffer, start, end);
        return;
      case FrameType.CONTINUATION:
        this.#continuation(flags, buffer, start, end);
        return;
      default:
        // PRIORITY, which means nothing to a client, and types unknown here (RFC 9113 section 5.5).
        this.#connection.guard.frame();
    }
  }

  /** The open stream of an id; null if it was closed. Throws for one that was never opened. */
  #stream(id: number, what: string): RpcStream | null {
    const stream = this.#connection.calls.ring.get(id);
    if (stream !== null) return stream;
    if (this.#connection.calls.ring.isIdle(id)) throw protocolError(`${what} on stream ${id}, which was never opened`);
    // Frames may still be on their way when this side resets a stream.
    this.#connection.guard.frame();
    return null;
  }

  #data(flags: number, id: number, buffer: Buffer, start: number, end: number): void {
    const size = end - start;
    this.#windowLeft -= size;
    if (this.#windowLeft < 0) {
      throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "the upstream sends beyond the connection's window");
    }
    if (this.#windowLeft < CONNECTION_WINDOW / 2) {
      this.#connection.sender.windowUpdate(0, CONNECTION_WINDOW - this.#windowLeft);
      this.#windowLeft = CONNECTION_WINDOW;
    }
    if ((flags & Flag.PADDED) !== 0) {
      const padding = buffer[start++] as number;
      if (size === 0 || padding >= size) throw protocolError("padding is longer than its frame");
      end -= padding;
    }
    const stream = this.#stream(id, "DATA");
    if (stream === null) return;
    stream.receiveWindow -= size;
    if (stream.receiveWindow < 0) {
      throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "the upstream sends beyond a stream's window");
    }
    if (stream.httpStatus === 0) {
      this.#malformed(stream, "DATA came before HEADERS");
      return;
    }
    if (stream.bodyLeft >= 0) {
      stream.bodyLeft -= end - start;
      if (stream.bodyLeft < 0) {
        this.#malformed(stream, "its DATA is longer than its content-length");
        return;
      }
    }
    if (end > start) stream.receive(buffer, start, end);
    else if ((flags & Flag.END_STREAM) === 0) this.#connection.guard.frame();
    // The stream may have ended itself meanwhile, over a limit or because its taker cancelled.
    if (stream.id !== id) return;
    if ((flags & Flag.END_STREAM) !== 0) {
      const how = stream.bodyLeft > 0 ? CUT_SHORT_END : endWithoutTrailers(stream.httpStatus);
      this.#close(stream, how, []);
    } else {
      stream.owed += size;
      this.#connection.credit(stream);
    }
  }

  #headers(flags: number, id: number, buffer: Buffer, start: number, end: number): void {
    if (id === 0) throw protocolError("HEADERS on stream 0");
    const size = end - start;
    let padding = 0;
    if ((flags & Flag.PADDED) !== 0) padding = (buffer[start++] as number) + 1;
    if ((flags & Flag.PRIORITY) !== 0) start += 5;
    if (padding > 0) end -= padding - 1;
    if (start > end || padding > size) throw protocolError("padding is longer than its frame");
    if ((flags & Flag.END_HEADERS) !== 0) this.#section(flags, id, buffer, start, end);
    else this.#fragments.open(id, flags, buffer.subarray(start, end));
  }

  #continuation(flags: number, buffer: Buffer, start: number, end: number): void {
    const id = this.#fragments.streamId;
    if (id === 0) throw protocolError("CONTINUATION without HEADERS");
    this.#fragments.append(buffer.subarray(start, end));
    if ((flags & Flag.END_HEADERS) === 0) return;
    const headersFlags = this.#fragments.flags;
    const block = this.#fragments.close();
    this.#section(headersFlags, id, block, 0, block.length);
  }

  /** A whole header section. It is decoded even if no one wants it: the tables of both sides must stay alike. */
  #section(flags: number, id: number, buffer: Buffer, start: number, end: number): void {
    const block = this.#block;
    block.reset();
    this.#decoder.decode(buffer, start, end, block);
    const stream = this.#stream(id, "HEADERS");
    if (stream === null) return;
    if (block.tooLarge) {
      const limit = localRpcEnd(
        "limit",
        Code.RESOURCE_EXHAUSTED,
        "the upstream's headers are above the limit of 64 KiB",
      );
      this.#connection.reset(stream, ErrorCode.CANCEL);
      stream.finish(limit, []);
      return;
    }
    if (block.malformed) {
      this.#malformed(stream, "its headers break RFC 9113 section 8.2");
      return;
    }
    const last = (flags & Flag.END_STREAM) !== 0;
    if (stream.httpStatus !== 0) {
      // RFC 9113 section 8.1: trailers end the stream, and have no pseudo-header fields.
      if (!last || block.status !== 0) {
        this.#malformed(stream, "its trailers break RFC 9113 section 8.1");
        return;
      }
      this.#close(
        stream,
        stream.bodyLeft > 0 ? CUT_SHORT_END : endOfTrailers(block, stream.httpStatus),
        block.metadata,
      );
      return;
    }
    const { status } = block;
    if (status < 100 || status === 101) {
      this.#malformed(stream, "it has no valid :status");
      return;
    }
    if (status < 200) {
      if (last) {
        this.#malformed(stream, "an informational response ends the stream");
        return;
      }
      this.#connection.guard.frame();
      return;
    }
    stream.httpStatus = status;
    if (last) {
      const how = status === 200 && block.contentLength > 0 ? CUT_SHORT_END : endOfTrailers(block, status);
      this.#close(stream, how, block.metadata);
      return;
    }
    if (status !== 200) return;
    if (block.contentType === null || !/^application\/grpc(?:$|[+;])/.test(block.contentType)) {
      const text = block.contentType === null ? "without a content type" : "with a content type other than gRPC's";
      stream.fail(localRpcEnd("protocol", Code.UNKNOWN, `the upstream answered ${text}`));
      return;
    }
    stream.encoding = block.grpcEncoding;
    stream.bodyLeft = block.contentLength;
    stream.header(block.metadata);
  }

  #reset(id: number, buffer: Buffer, start: number, end: number): void {
    if (end - start !== 4) throw frameSizeError("RST_STREAM");
    if (id === 0) throw protocolError("RST_STREAM on stream 0");
    const stream = this.#stream(id, "RST_STREAM");
    if (stream === null) return;
    this.#connection.guard.frame();
    const code = readUint32(buffer, start);
    this.#connection.release(stream);
    if (code === ErrorCode.REFUSED_STREAM) stream.refused(endOfReset(code));
    else stream.close(endOfReset(code), []);
  }

  #settings(flags: number, id: number, buffer: Buffer, start: number, end: number): void {
    if (id !== 0) throw protocolError("SETTINGS on a stream");
    this.#connection.guard.settings();
    if ((flags & Flag.ACK) !== 0) {
      if (end !== start) throw frameSizeError("an acknowledgement of SETTINGS");
      this.#connection.acknowledged();
      return;
    }
    const { peer } = this.#connection;
    const before = peer.initialWindowSize;
    peer.apply(buffer, start, end);
    this.#connection.sender.settingsAck();
    this.#connection.settled(peer.initialWindowSize - before);
  }

  #ping(flags: number, id: number, buffer: Buffer, start: number, end: number): void {
    if (id !== 0) throw protocolError("PING on a stream");
    if (end - start !== 8) throw frameSizeError("PING");
    this.#connection.guard.frame();
    if ((flags & Flag.ACK) === 0) this.#connection.sender.ping(Flag.ACK, buffer, start);
  }

  #windowUpdate(id: number, buffer: Buffer, start: number, end: number): void {
    if (end - start !== 4) throw frameSizeError("WINDOW_UPDATE");
    const increment = readUint32(buffer, start) & 0x7fffffff;
    const { sender, guard } = this.#connection;
    guard.windowUpdate(sender.dataFrames);
    if (id === 0) {
      if (increment === 0) throw protocolError("WINDOW_UPDATE by nothing");
      sender.window += increment;
      if (sender.window > MAX_WINDOW) {
        throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "the connection's send window overflows");
      }
      sender.resume();
      return;
    }
    const stream = this.#stream(id, "WINDOW_UPDATE");
    if (stream === null) return;
    stream.sendWindow += increment;
    // RFC 9113 section 6.9: both are errors of the stream.
    if (increment === 0) {
      this.#malformed(stream, "WINDOW_UPDATE by nothing");
      return;
    }
    if (stream.sendWindow > MAX_WINDOW) {
      this.#connection.reset(stream, ErrorCode.FLOW_CONTROL_ERROR);
      stream.finish(localRpcEnd("protocol", Code.INTERNAL, "a stream's send window overflows"), []);
      return;
    }
    this.#connection.pump(stream);
  }

  /** The peer has ended the stream; if this side has not, it stops sending. */
  #close(stream: RpcStream, how: RpcEnd, trailer: Metadata): void {
    this.#connection.outcome(how);
    if (stream.endSent) this.#connection.release(stream);
    else this.#connection.reset(stream, ErrorCode.NO_ERROR);
    stream.close(how, trailer);
  }

  #malformed(stream: RpcStream, why: string): void {
    this.#connection.reset(stream, ErrorCode.PROTOCOL_ERROR);
    stream.finish(localRpcEnd("protocol", Code.INTERNAL, `the upstream's answer is malformed: ${why}`), []);
  }
}
