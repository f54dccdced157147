import { connect, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import type { Address } from "../target.js";
import { tlsOptions } from "../tls-options.js";
import type { SocketTls } from "../tls-source.js";

/** Takes what a socket does. */
export interface SocketSink {
  /** Bytes are ready to be written and read; with TLS, the certificate is the right one. */
  connected(): void;
  /** The first `length` bytes of `buffer` are new; the buffer is used again after the call. */
  bytes(buffer: Buffer, length: number): void;
  /** Once, last; null: the peer closed. */
  closed(error: Error | null): void;
}

const READ_BUFFER = 64 * 1024;

/**
 * Opens a socket whose reads go into one buffer of its own (`onread`), which saves an allocation and an event per chunk.
 * The peer of a TLS connection must choose h2 by ALPN (RFC 9113 section 3.2).
 */
export function openSocket(address: Address, tls: SocketTls | null, sink: SocketSink): Socket {
  const onread = {
    buffer: Buffer.allocUnsafeSlow(READ_BUFFER),
    callback(length: number, buffer: Uint8Array): boolean {
      sink.bytes(buffer as Buffer, length);
      return true;
    },
  };
  const where = address.kind === "unix" ? { path: address.path } : { host: address.host, port: address.port };
  let failure: Error | null = null;
  let socket: Socket;
  if (tls === null) {
    socket = connect({ ...where, onread });
    socket.on("connect", () => sink.connected());
  } else {
    const options: ConnectionOptions & { readonly onread: typeof onread } = { ...where, onread, ...tlsOptions(tls) };
    const secure = connectTls(options);
    secure.on("secureConnect", () => {
      if (secure.alpnProtocol === "h2") sink.connected();
      else secure.destroy(new Error("the upstream does not choose h2 by ALPN"));
    });
    socket = secure;
  }
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 30_000);
  socket.on("error", (error) => {
    failure = error;
  });
  socket.on("close", () => sink.closed(failure));
  return socket;
}
