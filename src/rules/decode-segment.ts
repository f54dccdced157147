import { clip, GatewayError } from "../core/index.js";
import type { MultiSegmentDecoding } from "./types.js";

const PERCENT = 0x25;
const RAW_BYTE = /[\u0080-\u00ff]/g;
const SLASH = /(%2f)/i;
/** `: / ? # [ ] @ ! $ & ' ( ) * + , ; =`, the reserved characters of RFC 6570 section 1.5 (RFC 3986 section 2.2). */
const RESERVED = /(%(?:2[1346789abcf]|3[abdf]|40|5[bd]))/i;

/** Turns the raw text of a variable into its value. @throws GatewayError GW_URL_MALFORMED naming variable and segment */
export type DecodeVariable = (raw: string) => string;

/**
 * The decoder of one variable. A single-segment variable decodes every escape; a multi-segment one keeps those that
 * `decoding` names as sent (google/api/http.proto: "except "%2F" and "%2f" are left unchanged").
 */
export function compileDecode(
  fieldPath: string,
  multiSegment: boolean,
  decoding: MultiSegmentDecoding,
): DecodeVariable {
  const kept = multiSegment ? keptEscapes[decoding] : null;
  return (raw) => (isPlain(raw) ? raw : decodeSlowly(fieldPath, raw, kept));
}

const keptEscapes: Readonly<Record<MultiSegmentDecoding, RegExp | null>> = {
  "all-but-slash": SLASH,
  "all-but-reserved": RESERVED,
  all: null,
};

/** Whether a raw text has neither escapes nor bytes beyond ASCII, so that it is its own decoded form. */
export function isPlain(raw: string): boolean {
  for (let i = 0; i < raw.length; i++) {
    const c = raw.charCodeAt(i);
    if (c === PERCENT || c > 0x7f) return false;
  }
  return true;
}

function decodeSlowly(fieldPath: string, raw: string, kept: RegExp | null): string {
  const value = kept === null ? decodeAll(raw) : decodeBut(raw, kept);
  if (value === null || value.includes("\0")) throw malformed(fieldPath, raw);
  return value;
}

/** Splitting with a capturing group gives the kept escapes at the odd places. */
function decodeBut(raw: string, kept: RegExp): string | null {
  const parts = raw.split(kept);
  for (let i = 0; i < parts.length; i += 2) {
    const decoded = decodeAll(parts[i] ?? "");
    if (decoded === null) return null;
    parts[i] = decoded;
  }
  return parts.join("");
}

/** Every escape decoded as UTF-8; null where an escape is malformed or the bytes are no UTF-8. */
function decodeAll(raw: string): string | null {
  try {
    return decodeURIComponent(escapeRawBytes(raw));
  } catch {
    // URIError is the one thing it throws, and says no more than that; the caller names what is malformed.
    return null;
  }
}

/** node:http hands bytes beyond ASCII over as one character a byte; they mean what their escapes mean. */
function escapeRawBytes(raw: string): string {
  return raw.replace(RAW_BYTE, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
}

function malformed(fieldPath: string, raw: string): GatewayError {
  const segment = malformedSegment(raw);
  const violation = { field: fieldPath, description: `${reasonOf(segment)} in the path` };
  return new GatewayError("GW_URL_MALFORMED", `cannot read path variable ${fieldPath}: ${faultOf(segment)}`, {
    violation,
  });
}

/** The refusal of a raw path that cannot be decoded, whatever rule it may be for: it names the first segment at fault. */
export function malformedPath(raw: string): GatewayError {
  return new GatewayError("GW_URL_MALFORMED", `cannot read the path: ${faultOf(malformedSegment(raw))}`);
}

function malformedSegment(raw: string): string {
  return raw.split("/").find((part) => isMalformed(part)) ?? raw;
}

function faultOf(segment: string): string {
  return `${reasonOf(segment)} in segment ${JSON.stringify(clip(segment))}`;
}

function isMalformed(segment: string): boolean {
  const decoded = decodeAll(segment);
  return decoded === null || decoded.includes("\0");
}

function reasonOf(segment: string): string {
  if (/%(?![0-9a-f]{2})/i.test(segment)) return "malformed percent escape";
  return decodeAll(segment) === null ? "invalid UTF-8" : "NUL byte";
}

/**
 * What a literal or a verb is compared by: its bytes, one character each, all escapes decoded. So `%7E` is `~` (RFC 3986
 * section 6.2.2.2), `%e9` is `%E9` (6.2.2.1), and a reserved character stands for its escape, as http.proto asks: "If the
 * LITERAL contains any reserved character, such characters should be percent-encoded before the matching."
 */
export function literalKey(text: string): string {
  return isPlain(text) ? text : rawKey(Buffer.from(text, "utf8").toString("latin1"));
}

/** literalKey for a segment of a raw path, whose characters are bytes already. Malformed escapes stay as they are. */
export function rawKey(raw: string): string {
  return raw.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
