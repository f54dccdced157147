import { GatewayError, quoteValue } from "../../core/index.js";

const NUL = "\0";
/** A character that is not its own decoded form. */
const ENCODED = /[%+\u0080-\u00ff]/;
const RAW_BYTE = /[\u0080-\u00ff]/g;

/**
 * The text of a name or value of a query: `+` is a space (WHATWG URL, application/x-www-form-urlencoded), percent escapes
 * are decoded as UTF-8, strictly (RFC 3986, 2.1; RFC 3629). Bytes beyond ASCII, which node:http hands over as one character
 * each, mean what their escapes mean, as they do in the path.
 * @throws GatewayError GW_URL_MALFORMED
 */
export function decodeComponent(raw: string): string {
  const text = ENCODED.test(raw) ? decode(raw) : raw;
  return text.includes(NUL) ? malformed(raw, "it has a NUL byte") : text;
}

function decode(raw: string): string {
  try {
    return decodeURIComponent(raw.replaceAll("+", " ").replace(RAW_BYTE, escapeByte));
  } catch {
    // URIError says nothing that the message below does not say better.
    return malformed(raw, "a percent escape is malformed or no UTF-8");
  }
}

function escapeByte(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16)}`;
}

function malformed(raw: string, why: string): never {
  throw new GatewayError("GW_URL_MALFORMED", `cannot read the query at ${quoteValue(raw)}: ${why}`);
}
