import type { Socket } from "node:net";
import { Code } from "../../core/index.js";
import { type Address, printAddress } from "../target.js";
import type { SocketTls } from "../tls-source.js";
import { Calls } from "./calls.js";
import type { ConnectionOptions, ConnectionOwner } from "./connection-owner.js";
import { ConnectionError, ErrorCode, errorCodeName } from "./errors.js";
import { FloodGuard } from "./flood-guard.js";
import { FrameReader } from "./frame-reader.js";
import { MAX_WINDOW } from "./frames.js";
import { Handshake } from "./handshake.js";
import { MAX_HEADER_LIST } from "./header-block.js";
import { Keepalive } from "./keepalive.js";
import { openSocket } from "./open-socket.js";
import { Receiver } from "./receiver.js";
import { RequestHeaders } from "./request-headers.js";
import { Resets } from "./resets.js";
import { endOfReset, localRpcEnd, type RpcEnd } from "./rpc-end.js";
import type { RpcStream } from "./rpc-stream.js";
import { Sender } from "./sender.js";
import { PeerSettings, Setting } from "./settings.js";

/** What each stream may send before it gets credit: what a paused stream makes this side hold. */
export const STREAM_WINDOW = 256 * 1024;
/** Open calls on one connection, whatever more the peer allows. */
const MAX_STREAMS = 4096;
/** Of a call that was moved too often. */
const UNSENT = localRpcEnd("connection", Code.UNAVAILABLE, "connections end before the call can begin");

/** One HTTP/2 connection to one address (RFC 9113, the client's side). */
export class Http2Connection {
  readonly peer = new PeerSettings();
  readonly guard = new FloodGuard();
  readonly calls: Calls;
  readonly sender: Sender;
  readonly #keepalive: Keepalive;
  readonly #headers: RequestHeaders;
  readonly #owner: ConnectionOwner;
  readonly #address: Address;
  readonly #socket: Socket;
  readonly #reader = new FrameReader();
  readonly #receiver: Receiver;
  readonly #resets: Resets;
  #worn = false;
  readonly #handshake: Handshake;
  #connected = false;
  #draining = false;
  #closing = false;
  #reason: string | null = null;

  constructor(address: Address, tls: SocketTls | null, options: ConnectionOptions, owner: ConnectionOwner) {
    this.#address = address;
    this.#owner = owner;
    this.calls = new Calls(options.firstStreamId);
    this.sender = new Sender(this.peer, this.calls.unbegun);
    const { authority, userAgent, compresses } = options;
    this.#headers = new RequestHeaders(tls === null ? "http" : "https", authority, userAgent, compresses);
    this.#receiver = new Receiver(this);
    this.#resets = new Resets(this.calls, this.sender, () => this.#freed());
    this.#keepalive = new Keepalive(options.keepalive, {
      ping: () => this.sender.ping(0, Buffer.alloc(8, "portico"), 0),
      dead: () => this.#fail("the upstream does not answer PING", null),
      hasCalls: () => this.calls.active > 0,
    });
    this.#handshake = new Handshake(options, (reason, code) => this.#fail(reason, code));
    this.#socket = openSocket(address, tls, {
      connected: () => this.#start(),
      bytes: (buffer, length) => this.#read(buffer, length),
      closed: (error) => this.#ended(error),
    });
  }

  /** No frame is taken any more. */
  get closed(): boolean {
    return this.#closing;
  }

  /** Whether a call can be started now. */
  get hasRoom(): boolean {
    const { active } = this.calls;
    return (
      this.#handshake.open &&
      !this.#draining &&
      !this.sender.congested &&
      !this.#resets.held &&
      active < MAX_STREAMS &&
      active < this.peer.maxConcurrentStreams
    );
  }

  /** Takes a call, which begins at the end of this turn of the event loop. `hasRoom` must hold. */
  start(stream: RpcStream): void {
    stream.connection = this;
    stream.readsBefore = this.#keepalive.reads;
    this.calls.unbegun.push(stream);
    this.sender.schedule();
  }

  /** Writes the beginning of a call, as far as windows and socket allow. */
  #begin(stream: RpcStream, now: number): void {
    this.calls.ring.open(stream);
    stream.sendWindow = this.peer.initialWindowSize;
    stream.receiveWindow = STREAM_WINDOW;
    if (!this.#headers.write(this.sender.output, stream, now, this.peer)) {
      this.release(stream);
      const limit = this.peer.maxHeaderListSize;
      const end = localRpcEnd(
        "connection",
        Code.RESOURCE_EXHAUSTED,
        `the upstream takes headers of ${limit} bytes at most`,
      );
      process.nextTick(() => stream.finish(end, []));
      return;
    }
    this.guard.call();
    this.sender.data(stream);
    if (!this.calls.ring.hasIds) this.drain();
  }

  /** The stream has more to send. */
  pump(stream: RpcStream): void {
    if (!stream.waiting && !stream.queued) this.sender.data(stream);
  }

  /** Gives the peer credit for what the stream has taken. */
  credit(stream: RpcStream): void {
    if (stream.paused || stream.owed < STREAM_WINDOW / 2) return;
    this.sender.windowUpdate(stream.id, stream.owed);
    stream.receiveWindow += stream.owed;
    stream.owed = 0;
  }

  /** Ends a stream from this side, though the peer may be told later; its end is the caller's to tell. */
  reset(stream: RpcStream, code: ErrorCode): void {
    if (stream.queued) {
      this.calls.unbegun.remove(stream);
      stream.connection = null;
      this.#owner.room(this);
      return;
    }
    this.#resets.reset(stream, code);
    if (!this.#worn && this.#resets.worn) {
      this.#worn = true;
      this.#owner.worn(this);
    }
    this.#freed();
  }

  /** The stream is over: its place is free. */
  release(stream: RpcStream): void {
    this.calls.close(stream);
    this.#freed();
  }

  #freed(): void {
    if (!this.#draining) this.#owner.room(this);
    else if (this.calls.live === 0) this.close();
  }

  /** A call ended with an answer. */
  outcome({ status }: RpcEnd): void {
    // Deadlines are the clients' choice: short ones must not speak against an address.
    if (status.code !== Code.DEADLINE_EXCEEDED) this.#owner.outcome(status.code === Code.UNAVAILABLE);
  }

  /** A call ran out of time without an answer. */
  suspect(readsBefore: number): void {
    if (this.#keepalive.reads !== readsBefore) return;
    this.#owner.outcome(true);
    this.#keepalive.suspect();
  }

  /** No more calls; closes when the last one has ended. */
  drain(): void {
    if (this.#draining || this.#closing) return;
    this.#drain();
    if (this.calls.live === 0) this.close();
  }

  /** Closes now; calls under way end as unavailable. */
  close(): void {
    this.#fail("the connection was closed by this side", ErrorCode.NO_ERROR);
  }

  /** The peer's settings came in, or came in anew. `window`: how much the initial window grew. */
  settled(windowGrowth: number): void {
    this.#headers.resize(this.peer.headerTableSize);
    if (windowGrowth !== 0) {
      for (const stream of this.calls.ring.all()) {
        // RFC 9113 section 6.9.2: all stream windows move with the setting, and may become negative.
        stream.sendWindow += windowGrowth;
        if (stream.sendWindow > MAX_WINDOW) {
          throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "SETTINGS_INITIAL_WINDOW_SIZE overflows a window");
        }
      }
      if (windowGrowth > 0) for (const stream of this.calls.ring.all()) this.pump(stream);
    }
    if (!this.#handshake.open) {
      this.#handshake.settled();
      this.#keepalive.start();
      this.#owner.opened(this);
    } else {
      this.#owner.room(this);
    }
  }

  /** The peer acknowledged this side's settings. */
  acknowledged(): void {
    this.#handshake.acknowledged();
  }

  /** GOAWAY (RFC 9113 section 6.8): streams above `lastId` were not and will not be processed. */
  goneAway(lastId: number, code: number, debug: string): void {
    this.#reason = `the upstream sent GOAWAY ${errorCodeName(code)}${debug === "" ? "" : ` ${JSON.stringify(debug)}`}`;
    if (code === ErrorCode.ENHANCE_YOUR_CALM && debug === "too_many_pings") this.#owner.tooManyPings();
    if (!this.#draining) this.#drain();
    const end = endOfReset(ErrorCode.REFUSED_STREAM);
    for (const stream of this.calls.takeAbove(lastId)) stream.refused(end);
    if (this.calls.live === 0) this.close();
  }

  #drain(): void {
    this.#draining = true;
    this.#owner.draining(this);
    for (const stream of this.calls.takeUnbegun()) stream.unsent(UNSENT);
  }

  #refused(firstId: number, error: Error): void {
    const streams = this.calls.takeAbove(firstId - 1);
    this.#fail(error.message, null);
    for (const stream of streams) stream.unsent(UNSENT);
  }

  #start(): void {
    if (this.#closing) return;
    this.#connected = true;
    this.sender.attach(this.#socket, {
      begin: (stream, now) => this.#begin(stream, now),
      refused: (firstId, error) => this.#refused(firstId, error),
      drained: () => this.#owner.room(this),
    });
    this.sender.preface(
      [
        [Setting.ENABLE_PUSH, 0],
        [Setting.INITIAL_WINDOW_SIZE, STREAM_WINDOW],
        [Setting.MAX_HEADER_LIST_SIZE, MAX_HEADER_LIST],
      ],
      this.#receiver.window,
    );
    this.sender.flush();
  }

  #read(buffer: Buffer, length: number): void {
    if (this.#closing) return;
    this.#keepalive.reads++;
    try {
      this.#reader.read(buffer, length, this.#receiver);
      // Once a chunk, not for each frame: what answers one chunk is bounded, and writers need expect no error.
      if (this.sender.overrun) throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, "it reads no answers");
    } catch (error) {
      if (!(error instanceof ConnectionError)) {
        this.#fail("a fault of this side", ErrorCode.INTERNAL_ERROR);
        throw error;
      }
      this.#fail(`${error.message} (${errorCodeName(error.code)})`, error.code);
    }
  }

  #ended(error: Error | null): void {
    const reason = error === null ? (this.#reason ?? "the upstream closed the connection") : error.message;
    this.#fail(reason, null);
    this.#owner.gone(this);
  }

  /** Closes, with GOAWAY where there is someone to tell it to. */
  #fail(reason: string, code: ErrorCode | null): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#draining = true;
    this.#handshake.stop();
    this.#keepalive.stop();
    this.#resets.stop();
    // First of all: what is on the list would begin with the GOAWAY.
    const unbegun = this.calls.takeUnbegun();
    if (code !== null && this.#connected) {
      this.sender.goAway(code);
      this.sender.flush();
      this.#socket.end();
      // A peer that does not read never lets the end through.
      setTimeout(() => this.#socket.destroy(), 1000).unref();
    } else {
      this.#socket.destroy();
    }
    this.#owner.closed(this, `${printAddress(this.#address)}: ${reason}`);
    const end = localRpcEnd("connection", Code.UNAVAILABLE, `${printAddress(this.#address)}: ${reason}`);
    for (const stream of this.calls.takeAbove(0)) stream.finish(end, []);
    for (const stream of unbegun) stream.unsent(UNSENT);
  }
}
