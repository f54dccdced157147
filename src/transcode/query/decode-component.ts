import { GatewayError, quoteValue } from "../../core/index.js";

const NUL = "\0";

/**
 * The text of a name or value of a query: `+` is a space (WHATWG URL, application/x-www-form-urlencoded), percent escapes
 * are decoded as UTF-8, strictly (RFC 3986, 2.1; RFC 3629).
 * @throws GatewayError GW_URL_MALFORMED
 */
export function decodeComponent(raw: string): string {
  if (raw.indexOf("%") < 0) {
    const text = raw.indexOf("+") < 0 ? raw : raw.replaceAll("+", " ");
    return text.includes(NUL) ? malformed(raw, "it has a NUL byte") : text;
  }
  let text: string;
  try {
    text = decodeURIComponent(raw.replaceAll("+", " "));
  } catch {
    // URIError says nothing that the message below does not say better.
    return malformed(raw, "a percent escape is malformed or no UTF-8");
  }
  return text.includes(NUL) ? malformed(raw, "it has a NUL byte") : text;
}

function malformed(raw: string, why: string): never {
  throw new GatewayError("GW_URL_MALFORMED", `cannot read the query at ${quoteValue(raw)}: ${why}`);
}
