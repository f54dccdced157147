import { stringify } from "yaml";
import type { OpenApiDocument } from "./types.js";

/** The text of a document, with a line feed at its end. */
export function printOpenApi(document: OpenApiDocument, format: "json" | "yaml"): string {
  if (format === "json") return `${JSON.stringify(document, null, 2)}\n`;
  // Anchors would be true YAML, but many tools that read OpenAPI do not follow them.
  return stringify(document, { aliasDuplicateObjects: false, lineWidth: 0, blockQuote: "literal" });
}
