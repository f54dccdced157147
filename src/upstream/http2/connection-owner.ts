import type { Http2Connection } from "./connection.js";
import type { HandshakeTimes } from "./handshake.js";
import type { KeepaliveOptions } from "./keepalive.js";

/** What a connection is made with. */
export interface ConnectionOptions extends HandshakeTimes {
  readonly authority: string;
  readonly userAgent: string;
  /** Whether messages are sent in gzip. */
  readonly compresses: boolean;
  readonly keepalive: KeepaliveOptions;
  /** The first stream id; 1 but in tests of what happens when ids run out. */
  readonly firstStreamId: number;
}

/** What a connection tells its endpoint. */
export interface ConnectionOwner {
  /** It takes calls. */
  opened(connection: Http2Connection): void;
  /** It may have room for another call. */
  room(connection: Http2Connection): void;
  /** A call on it has ended; `failed`: in a way that speaks against its address. */
  outcome(failed: boolean): void;
  /** It takes no more calls; those under way go on. */
  draining(connection: Http2Connection): void;
  /** It can send few more resets: another one should take its place. Once. */
  worn(connection: Http2Connection): void;
  /** The peer says that it is asked too often. */
  tooManyPings(): void;
  /** It is over; its calls end right after this. `reason` may name addresses. */
  closed(connection: Http2Connection, reason: string): void;
  /** Its socket is gone. After `closed`. */
  gone(connection: Http2Connection): void;
}
