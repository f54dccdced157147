import type { Codec } from "../../codec/index.js";
import { metadataValue } from "../../core/index.js";
import { compileFieldText } from "../field-text.js";
import type { FieldPath } from "../stream/method-fields.js";

/** What a method's downloads are called. */
export interface DownloadName {
  readonly side: "request" | "reply";
  readonly path: FieldPath;
  /** attachment: browsers store the file; inline: they show it. */
  readonly disposition: "attachment" | "inline";
}

/**
 * The Content-Disposition of a download, out of the messages of its call; null where they do not name it.
 * @throws GatewayError GW_UPSTREAM_INVALID
 */
export type ContentDisposition = (request: Uint8Array, reply: Uint8Array) => string | null;

/** Compiles it; null where nothing is configured. */
export function compileContentDisposition(name: DownloadName | null, codec: Codec): ContentDisposition | null {
  if (name === null) return null;
  const read = compileFieldText(name.path, codec);
  return (request, reply) => {
    const value = read(name.side === "request" ? request : reply);
    return value === null ? null : printDisposition(name.disposition, value);
  };
}

/** Adds it to a reply's headers, unless the upstream's metadata have said it already. */
export function addDisposition(headers: string[], value: string | null): void {
  if (value !== null && metadataValue(headers, "content-disposition") === null) {
    headers.push("content-disposition", value);
  }
}

/** What follows `filename*=UTF-8''` unescaped (RFC 8187, attr-char). */
const NOT_ATTR_CHAR = /[^A-Za-z0-9!#$&+.^_`|~-]/gu;

/**
 * RFC 6266: the last part of a path is the name, as clients must not take the rest anyway (4.3). What is no ASCII stands in
 * `filename*`, which all clients since 2012 read, beside an ASCII `filename` for others (its appendix D).
 */
export function printDisposition(type: string, path: string): string | null {
  const name = path.toWellFormed().slice(path.lastIndexOf("/") + 1);
  if (name === "") return null;
  // Control characters have no place in a header, nor quotes and backslashes in what clients read without unescaping.
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/gu, "_");
  const plain = `${type}; filename="${ascii}"`;
  if (ascii === name) return plain;
  const escaped = name.replace(NOT_ATTR_CHAR, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
  return `${plain}; filename*=UTF-8''${escaped}`;
}
