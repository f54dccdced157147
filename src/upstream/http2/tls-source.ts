import type { Target } from "../target.js";
import { readTlsFiles, secureContextOf, type TlsMaterial } from "../tls-files.js";
import type { UpstreamTls } from "../types.js";
import type { SocketTls } from "./open-socket.js";

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

  constructor(name: string, tls: UpstreamTls, material: TlsMaterial, target: Target) {
    this.#name = name;
    this.#tls = tls;
    this.#serverName = tls.serverName ?? hostOf(target);
    this.#material = material;
    this.#current = { context: secureContextOf(material), serverName: this.#serverName };
  }

  current(): SocketTls {
    let material: TlsMaterial;
    try {
      material = readTlsFiles(this.#name, this.#tls);
    } catch {
      // Half-written files of a rotation: what was good before is better than no connection.
      return this.#current;
    }
    if (!same(material, this.#material)) {
      this.#material = material;
      this.#current = { context: secureContextOf(material), serverName: this.#serverName };
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
