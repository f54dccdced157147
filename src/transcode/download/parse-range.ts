/** What a Range header asks of a representation. `end` is the last byte, inclusive. */
export type RangeRequest =
  | { readonly kind: "all" }
  | { readonly kind: "part"; readonly start: number; readonly end: number }
  | { readonly kind: "unsatisfiable" };

const ALL: RangeRequest = { kind: "all" };
const UNSATISFIABLE: RangeRequest = { kind: "unsatisfiable" };

/**
 * Reads a Range header (RFC 9110, 14.2) for so many bytes. One range of bytes is answered; other units, several ranges and
 * what is malformed are as no header at all, which the RFC lets a server do.
 */
export function parseRange(header: string, size: number): RangeRequest {
  const match = /^bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header);
  if (match === null) return ALL;
  const [, first = "", last = ""] = match;
  if (first === "") {
    if (last === "") return ALL;
    // The last so many bytes; of nothing there is no last byte.
    const length = Math.min(Number(last), size);
    return length === 0 ? UNSATISFIABLE : { kind: "part", start: size - length, end: size - 1 };
  }
  const start = Number(first);
  if (last !== "" && Number(last) < start) return ALL;
  if (start >= size) return UNSATISFIABLE;
  return { kind: "part", start, end: last === "" ? size - 1 : Math.min(Number(last), size - 1) };
}
