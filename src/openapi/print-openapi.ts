import { parse, stringify } from "yaml";
import { finish, type Steps } from "../core/index.js";
import type { JsonObject, OpenApiDocument } from "./types.js";

/** The text of a document, with a line feed at its end. */
export function printOpenApi(document: OpenApiDocument, format: "json" | "yaml"): string {
  return finish(printOpenApiInSteps(document, format));
}

/** The same, an operation or a component at a time. */
export function* printOpenApiInSteps(document: OpenApiDocument, format: "json" | "yaml"): Steps<string> {
  if (format === "json") return `${yield* printJson(document, 0)}\n`;
  return isSplit(document, 0) ? yield* printYaml(document, 0) : yamlOf(document);
}

/** Members of maps so deep are printed one by one: operations are three maps down, and so are schemas. */
const SPLIT_DEPTH = 3;

function isSplit(value: unknown, depth: number): value is Readonly<Record<string, unknown>> {
  if (depth >= SPLIT_DEPTH || typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.keys(value).length > 0;
}

/** What JSON.stringify makes of it with two spaces. */
function* printJson(value: unknown, depth: number): Steps<string> {
  const outer = "  ".repeat(depth);
  if (!isSplit(value, depth)) return JSON.stringify(value, null, 2).replaceAll("\n", `\n${outer}`);
  const members: string[] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) members.push(`${outer}  ${JSON.stringify(name)}: ${yield* printJson(member, depth + 1)}`);
    yield;
  }
  return `{\n${members.join(",\n")}\n${outer}}`;
}

/** What `stringify` makes of it. */
function* printYaml(map: Readonly<Record<string, unknown>>, depth: number): Steps<string> {
  let text = "";
  for (const [name, member] of Object.entries(map)) {
    const head = isSplit(member, depth + 1) ? headOf(name) : null;
    if (head === null) text += yamlOf({ [name]: member });
    else text += `${head}\n${(yield* printYaml(member as JsonObject, depth + 1)).replaceAll(/^(?=.)/gm, "  ")}`;
    yield;
  }
  return text;
}

/** `name:`, or null for a name that cannot stand before a colon. */
function headOf(name: string): string | null {
  return /^([^\n]*:) 0\n$/.exec(yamlOf({ [name]: 0 }))?.[1] ?? null;
}

function yamlOf(value: unknown): string {
  // Anchors would be true YAML, but many tools that read OpenAPI do not follow them.
  return stringify(value, { aliasDuplicateObjects: false, lineWidth: 0, blockQuote: "literal" });
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
