import { type CallCredentials, ChannelCredentials } from "@grpc/grpc-js";
import type { TlsSource } from "../tls-source.js";

type Connector = ReturnType<ChannelCredentials["_createSecureConnector"]>;

/**
 * Channel credentials whose TLS files are read again for each connection, as the http2 transport reads them. grpc-js keeps
 * one connector for all connections to an address; this one makes a connector for each.
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
    target: Parameters<ChannelCredentials["_createSecureConnector"]>[0],
    options: Parameters<ChannelCredentials["_createSecureConnector"]>[1],
    callCredentials?: CallCredentials,
  ): Connector {
    const make = (): Connector =>
      ChannelCredentials.createFromSecureContext(this.#source.current().context)._createSecureConnector(
        target,
        options,
        callCredentials,
      );
    const first = make();
    return {
      connect: (socket) => make().connect(socket),
      waitForReady: () => first.waitForReady(),
      getCallCredentials: () => first.getCallCredentials(),
      destroy: () => first.destroy(),
    };
  }
}
