import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Server as HttpsServer } from "node:https";
import { createSecureContext, type SecureContextOptions, type SecureVersion } from "node:tls";
import { type Fault, FaultsError } from "../../core/index.js";

/** The PEM files of a server. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  /** Authorities one of which must have signed the client's certificate; null: clients show none. */
  readonly clientCa: string | null;
  readonly minVersion: SecureVersion;
}

/** What the files hold, as node:tls takes it. */
export type TlsMaterial = SecureContextOptions & { readonly cert: Buffer; readonly key: Buffer };

/**
 * Reads the files.
 * @throws FaultsError with every file that is missing or of no use
 */
export function readTls(files: TlsFiles): TlsMaterial {
  const faults: Fault[] = [];
  const fault = (file: string, key: keyof TlsFiles, message: string): void => {
    faults.push({ file, line: null, column: null, subject: `server.tls.${key}`, message });
  };
  const read = (key: "cert" | "key" | "clientCa", file: string): Buffer => {
    try {
      return readFileSync(file);
    } catch (error) {
      fault(file, key, `cannot read the file: ${messageOf(error)}`);
      return Buffer.alloc(0);
    }
  };
  const { minVersion, clientCa } = files;
  const material: TlsMaterial = { cert: read("cert", files.cert), key: read("key", files.key), minVersion };
  const ca = clientCa === null ? null : read("clientCa", clientCa);
  if (faults.length === 0) {
    try {
      createSecureContext(material);
    } catch (error) {
      fault(files.cert, "cert", `cannot use the certificate with its key: ${messageOf(error)}`);
    }
    try {
      // node:tls takes a file without any certificate for an empty list of authorities.
      if (ca !== null) new X509Certificate(ca);
    } catch (error) {
      fault(clientCa ?? "", "clientCa", `cannot find a certificate in the file: ${messageOf(error)}`);
    }
  }
  if (faults.length > 0) throw new FaultsError(faults);
  return ca === null ? material : { ...material, ca };
}

/** The files are looked at again no more often than this, in milliseconds. */
const LOOK_INTERVAL = 1_000;

/**
 * Keeps a server's certificate what its files hold: they are read again when a connection comes, so that a certificate that
 * was rotated serves it. Files that cannot be used, as in the middle of a rotation, leave the last good ones in place;
 * `onUnreadable` is told why, once for each reason.
 */
export function followTlsFiles(
  server: HttpsServer,
  files: TlsFiles,
  first: TlsMaterial,
  onUnreadable: (cause: string) => void,
): void {
  let material = first;
  let looked = performance.now();
  let told: string | null = null;
  // Before node:tls takes the connection, with the context that it has by then.
  server.prependListener("connection", () => {
    const now = performance.now();
    if (now - looked < LOOK_INTERVAL) return;
    looked = now;
    try {
      const found = readTls(files);
      if (!same(found, material)) server.setSecureContext(found);
      material = found;
      told = null;
    } catch (error) {
      const cause = messageOf(error);
      if (cause !== told) onUnreadable(cause);
      told = cause;
    }
  });
}

function same(a: TlsMaterial, b: TlsMaterial): boolean {
  return (["cert", "key", "ca"] as const).every((part) => String(a[part] ?? "") === String(b[part] ?? ""));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
