import { connect } from "node:tls";
import { CallCredentials, ChannelCredentials } from "@grpc/grpc-js";
import { tlsOptions } from "../tls-options.js";
import type { TlsSource } from "../tls-source.js";

type Connector = ReturnType<ChannelCredentials["_createSecureConnector"]>;

/**
 * Channel credentials that speak TLS as the http2 transport does: the files are read again for each connection, and no
 * address is sent as a server name. grpc-js's own send it, which Node 25 refuses.
 */
export class RotatingCredentials extends ChannelCredentials {
  readonly #source: TlsSource;

  constructor(source: TlsSource) {
    super();
    this.#source = source;
  }

  _isSecure(): boolean {
    return true;
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
      connect: (socket) =>
        new Promise((resolve, reject) => {
          const secure = connect({ socket, ...tlsOptions(this.#source.current()) });
          secure.on("secureConnect", () => resolve({ socket: secure, secure: true }));
          secure.on("error", reject);
        }),
      waitForReady: () => Promise.resolve(),
      getCallCredentials: () => callCredentials,
      destroy: () => undefined,
    };
  }
}
