import type { ServerResponse } from "node:http";
import { giveBack } from "../core/index.js";

/** Writes the first `size` bytes of a lent buffer, and gives it back once the kernel has them. False as of `raw.write`. */
export function writeLent(raw: ServerResponse, lent: Buffer, size: number): boolean {
  return raw.write(lent.subarray(0, size), (error) => {
    // After an error nobody knows whether the kernel still reads it.
    if (error === null || error === undefined) giveBack(lent);
  });
}
