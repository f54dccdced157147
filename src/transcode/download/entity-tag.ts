import { createHash } from "node:crypto";

/** A weak entity tag (RFC 9110, 8.8.3) over the bytes of a body: the same for the same bytes, on every gateway. */
export function weakTag(bytes: Uint8Array): string {
  return `W/"${createHash("sha1").update(bytes).digest("base64url")}"`;
}

/** Whether an If-None-Match header has a tag, by weak comparison (RFC 9110, 13.1.2 and 8.8.3.2). */
export function matchesTag(header: string, tag: string): boolean {
  if (header.trim() === "*") return true;
  const opaque = tag.replace(/^W\//, "");
  for (const [, candidate] of header.matchAll(/(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g)) {
    if (candidate === opaque) return true;
  }
  return false;
}
