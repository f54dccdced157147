import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext, type SecureContext } from "node:tls";
import { type Fault, FaultsError } from "../core/index.js";
import type { UpstreamTls } from "./types.js";

/** The PEM bytes that an upstream's TLS files hold; null where no file is configured. */
export interface TlsMaterial {
  readonly ca: Buffer | null;
  readonly cert: Buffer | null;
  readonly key: Buffer | null;
}

/** Reads the TLS files of an upstream. Throws a FaultsError with every file that is missing or holds no PEM of its kind. */
export function readTlsFiles(name: string, tls: UpstreamTls): TlsMaterial {
  const faults: Fault[] = [];
  const read = (key: "ca" | "cert" | "key"): Buffer | null => {
    const file = tls[key];
    if (file === null) return null;
    try {
      return readFileSync(file);
    } catch (error) {
      const message = `cannot read the file: ${error instanceof Error ? error.message : String(error)}`;
      faults.push({ file, line: null, column: null, subject: `upstreams.${name}.tls.${key}`, message });
      return null;
    }
  };
  const material: TlsMaterial = { ca: read("ca"), cert: read("cert"), key: read("key") };
  if ((tls.cert === null) !== (tls.key === null)) {
    const message = "a client certificate needs both tls.cert and tls.key";
    faults.push({ file: null, line: null, column: null, subject: `upstreams.${name}.tls`, message });
  }
  if (faults.length === 0) {
    try {
      // node:tls takes a file without any certificate for an empty list of authorities, and then trusts none.
      if (material.ca !== null) new X509Certificate(material.ca);
      secureContextOf(material, tls);
    } catch (error) {
      const message = `cannot use the TLS files: ${error instanceof Error ? error.message : String(error)}`;
      faults.push({ file: tls.ca ?? tls.cert, line: null, column: null, subject: `upstreams.${name}.tls`, message });
    }
  }
  if (faults.length > 0) throw new FaultsError(faults);
  return material;
}

/** A context for client connections; TLS 1.2 at least, as RFC 9113 section 9.2 asks, or what `minVersion` says. */
export function secureContextOf(material: TlsMaterial, { minVersion = "TLSv1.2" }: UpstreamTls): SecureContext {
  return createSecureContext({
    ...(material.ca === null ? {} : { ca: material.ca }),
    ...(material.cert === null ? {} : { cert: material.cert }),
    ...(material.key === null ? {} : { key: material.key }),
    minVersion,
  });
}
