import { constants, gunzipSync, gzipSync } from "node:zlib";

/** A message in gzip. Fast rather than small: it goes to a service near by. */
export function gzip(bytes: Uint8Array): Buffer {
  return gzipSync(bytes, { level: constants.Z_BEST_SPEED });
}

/**
 * The message in a gzip body; "too large" as soon as it comes to more than `limit` bytes, "broken" if it is no gzip. It is
 * inflated in one go: in order, and bounded by the limit.
 */
export function gunzip(bytes: Uint8Array, limit: number): Buffer | "too large" | "broken" {
  try {
    return gunzipSync(bytes, { maxOutputLength: Math.max(1, limit) });
  } catch (error) {
    // zlib tells the two apart by the code alone; what is wrong with the bytes is of no use to anyone.
    return error instanceof RangeError ? "too large" : "broken";
  }
}
