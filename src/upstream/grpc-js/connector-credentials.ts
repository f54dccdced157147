import type { Socket } from "node:net";
import { connect } from "node:tls";
import { CallCredentials, ChannelCredentials } from "@grpc/grpc-js";
import { tlsOptions } from "../tls-options.js";
import type { TlsSource } from "../tls-source.js";
import type { OpenSockets } from "./open-sockets.js";

type Connector = ReturnType<ChannelCredentials["_createSecureConnector"]>;

/**
 * Channel credentials that make connections as the http2 transport does: the TLS files are read again for each one, no
 * address is sent as a server name (grpc-js's own send it, which Node 25 refuses), and one whose upstream says nothing in
 * time is given up, for which grpc-js 1.14 has no limit: calls would wait for it until their deadlines.
 */
export class ConnectorCredentials extends ChannelCredentials {
  readonly #tls: TlsSource | null;
  readonly #timeout: number;
  readonly #sockets: OpenSockets;

  /** Cleartext without `tls`. `timeout` are milliseconds from the open socket to the upstream's first bytes of HTTP/2. */
  constructor(tls: TlsSource | null, timeout: number, sockets: OpenSockets) {
    super();
    this.#tls = tls;
    this.#timeout = timeout;
    this.#sockets = sockets;
  }

  _isSecure(): boolean {
    return this.#tls !== null;
  }

  _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  _createSecureConnector(
    _target: unknown,
    _options: unknown,
    callCredentials: CallCredentials = CallCredentials.createEmpty(),
  ): Connector {
    return {
      connect: (socket) => (this.#tls === null ? this.#clear(socket) : this.#secure(socket, this.#tls)),
      waitForReady: () => Promise.resolve(),
      getCallCredentials: () => callCredentials,
      destroy: () => undefined,
    };
  }

  #clear(socket: Socket): ReturnType<Connector["connect"]> {
    this.#watch(socket);
    return Promise.resolve({ socket, secure: false });
  }

  #secure(socket: Socket, source: TlsSource): ReturnType<Connector["connect"]> {
    return new Promise((resolve, reject) => {
      const secure = connect({ socket, ...tlsOptions(source.current()) });
      this.#watch(secure);
      secure.on("secureConnect", () => resolve({ socket: secure, secure: true }));
      secure.on("error", reject);
    });
  }

  #watch(socket: Socket): void {
    this.#sockets.add(socket);
    const timer = setTimeout(() => {
      // The first bytes of a server of HTTP/2 are its SETTINGS (RFC 9113, 3.4); of TLS, what is decrypted counts.
      if (socket.bytesRead === 0) socket.destroy(new Error(`no HTTP/2 connection within ${this.#timeout} ms`));
    }, this.#timeout);
    socket.once("close", () => clearTimeout(timer));
  }
}
