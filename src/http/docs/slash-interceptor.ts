import type { PlainDocument } from "./document-texts.js";

/**
 * A function for the page, which runs it on each request before it is sent: it puts slashes back into parameters that take
 * several segments (`x-multi-segment`), which the page escapes like those of any parameter. `%2F` in a parameter of one
 * segment stays. The page gets the function as text, so it holds the paths instead of closing over them.
 */
export function slashInterceptor(document: PlainDocument): <T>(request: T) => T {
  const source = `(request) => {
    const paths = ${JSON.stringify(multiSegmentPaths(document))};
    const [path, ...query] = request.url.split("?");
    for (const { pattern, group } of paths) {
      const match = new RegExp(pattern, "d").exec(path);
      if (match === null) continue;
      const [start, end] = match.indices[group];
      const slashed = path.slice(start, end).replace(/%2F/gi, "/");
      request.url = [path.slice(0, start) + slashed + path.slice(end), ...query].join("?");
      break;
    }
    return request;
  }`;
  const inPage = <T>(request: T): T => request;
  // What the page gets is what toString gives (@fastify/swagger-ui, uiConfig).
  return Object.assign(inPage, { toString: () => source });
}

/** A path with a parameter of several segments, as a regular expression whose group is that parameter. */
interface MultiSegmentPath {
  readonly pattern: string;
  readonly group: number;
}

function multiSegmentPaths({ paths }: PlainDocument): readonly MultiSegmentPath[] {
  const found: MultiSegmentPath[] = [];
  for (const [path, item] of Object.entries(paths ?? {})) {
    const name = multiSegmentName(item);
    if (name === null) continue;
    const parts = path.split(/(\{[^}]*\})/);
    const pattern = parts.map((part) =>
      part.startsWith("{") ? (part === `{${name}}` ? "(.+)" : "[^/]+") : escapeText(part),
    );
    found.push({ pattern: `${pattern.join("")}$`, group: 1 });
  }
  // A path that goes on after the parameter (a verb) is the more specific.
  return found.sort((a, b) => b.pattern.length - a.pattern.length);
}

function multiSegmentName(item: unknown): string | null {
  for (const operation of Object.values(item ?? {})) {
    for (const parameter of parametersOf(operation)) {
      if (parameter["x-multi-segment"] === true) return String(parameter["name"]);
    }
  }
  return null;
}

function parametersOf(operation: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (typeof operation !== "object" || operation === null || !("parameters" in operation)) return [];
  const { parameters } = operation;
  return Array.isArray(parameters) ? parameters : [];
}

function escapeText(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
