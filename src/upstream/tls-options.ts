import { isIP } from "node:net";
import { type ConnectionOptions, checkServerIdentity } from "node:tls";
import type { SocketTls } from "./tls-source.js";

/** How node:tls is to speak to a gRPC server: h2 by ALPN (RFC 9113, 3.2), under the name that its certificate must have. */
export function tlsOptions({ context, serverName }: SocketTls): ConnectionOptions {
  return {
    secureContext: context,
    ALPNProtocols: ["h2"],
    // No SNI for addresses (RFC 6066, 3); the certificate is held against them all the same.
    ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
    checkServerIdentity: (_host, certificate) => checkServerIdentity(serverName, certificate),
  };
}
