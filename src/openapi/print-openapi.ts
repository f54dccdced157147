import { parse, stringify } from "yaml";
import type { JsonObject, OpenApiDocument } from "./types.js";

/** The text of a document, with a line feed at its end. */
export function printOpenApi(document: OpenApiDocument, format: "json" | "yaml"): string {
  if (format === "json") return `${JSON.stringify(document, null, 2)}\n`;
  // Anchors would be true YAML, but many tools that read OpenAPI do not follow them.
  return stringify(document, { aliasDuplicateObjects: false, lineWidth: 0, blockQuote: "literal" });
}

/**
 * A document from its text, in JSON or YAML (which JSON is a part of).
 * @throws Error where it is neither, or no OpenAPI 3 document
 */
export function parseOpenApi(text: string): JsonObject {
  const document: unknown = parse(text);
  if (typeof document === "object" && document !== null && "openapi" in document) {
    if (/^3\./.test(String(document.openapi))) return document as JsonObject;
  }
  throw new Error("it is no OpenAPI 3 document");
}
