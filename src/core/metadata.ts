/**
 * gRPC metadata as a flat list: name, value, name, value, … in the order of the wire. Names are lower case. The value of
 * a name that ends in "-bin" is base64 (with or without padding), as gRPC's HTTP/2 mapping sends it. A flat list costs
 * one array a call and keeps repeated names in order.
 */
export type Metadata = readonly string[];

/** Whether values under this name are bytes (base64 on the wire). */
export function isBinaryName(name: string): boolean {
  return name.endsWith("-bin");
}

/** The first value under a lower-case name, or null. */
export function metadataValue(metadata: Metadata, name: string): string | null {
  for (let i = 0; i < metadata.length; i += 2) {
    if (metadata[i] === name) return metadata[i + 1] ?? null;
  }
  return null;
}

/** The bytes of the first value under a "-bin" name, or null. */
export function binaryValue(metadata: Metadata, name: string): Buffer | null {
  const value = metadataValue(metadata, name);
  return value === null ? null : Buffer.from(value, "base64");
}
