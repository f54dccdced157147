import type { SecureContext } from "node:tls";
import type { Target } from "./target.js";
import { readTlsFiles, secureContextOf, type TlsMaterial } from "./tls-files.js";
import type { UpstreamTls } from "./types.js";

/** How an address is spoken to. */
export interface SocketTls {
  readonly context: SecureContext;
  /** The name that the certificate must have. */
  readonly serverName: string;
}

/**
 * TLS for new connections. The files are read again for each connection, so that rotated certificates are in use from the
 * next connection on; files that cannot be used leave the last good ones in place.
 */
export class TlsSource {
  readonly #name: string;
  readonly #tls: UpstreamTls;
  readonly #serverName: string;
  #material: TlsMaterial;
  #current: SocketTls;
  readonly #onUnreadable: (cause: string) => void;
  /** What was told of files that cannot be used; null once they can. */
  #told: string | null = null;

  /** Throws a FaultsError for files that cannot be used at the start. */
  constructor(name: string, tls: UpstreamTls, target: Target, onUnreadable: (cause: string) => void) {
    this.#onUnreadable = onUnreadable;
    this.#name = name;
    this.#tls = tls;
    this.#serverName = tls.serverName ?? hostOf(target);
    this.#material = readTlsFiles(name, tls);
    this.#current = { context: secureContextOf(this.#material, tls), serverName: this.#serverName };
  }

  current(): SocketTls {
    try {
      const material = readTlsFiles(this.#name, this.#tls);
      if (!same(material, this.#material)) {
        this.#current = { context: secureContextOf(material, this.#tls), serverName: this.#serverName };
        this.#material = material;
      }
      this.#told = null;
    } catch (error) {
      // Half-written files of a rotation: what was good before is better than no connection.
      const cause = error instanceof Error ? error.message : String(error);
      if (cause !== this.#told) this.#onUnreadable(cause);
      this.#told = cause;
    }
    return this.#current;
  }
}

function hostOf(target: Target): string {
  if (target.kind === "dns") return target.host;
  const [first] = target.addresses;
  return first?.kind === "tcp" ? first.host : "localhost";
}

function same(a: TlsMaterial, b: TlsMaterial): boolean {
  return (["ca", "cert", "key"] as const).every((part) => {
    const left = a[part];
    const right = b[part];
    return left === null || right === null ? left === right : left.equals(right);
  });
}
