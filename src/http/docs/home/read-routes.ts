import type { Documents, PlainDocument } from "../types.js";

/** What the page tells of a document. */
export interface Contents {
  readonly title: string;
  readonly version: string;
  /** CommonMark; "" for none. */
  readonly description: string;
  readonly groups: readonly RouteGroup[];
}

/** The routes under one tag, which is one service but where annotations say otherwise. */
export interface RouteGroup {
  readonly tag: string;
  /** CommonMark; "" for none. */
  readonly description: string;
  /** Full names of the services that have the tag. */
  readonly services: readonly string[];
  readonly routes: readonly Route[];
}

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly operationId: string;
  readonly deprecated: boolean;
  /** Whether it answers with a stream of messages. */
  readonly streams: boolean;
}

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/** Reads the routes of a document, by tag, in the order of its tags. It may be any document: an overlay may have been at it. */
export function readContents(document: PlainDocument, services: Documents["services"]): Contents {
  const info = membersOf(document["info"]);
  const groups = new Map<string, Route[]>();
  const tags = listOf(document["tags"]).map(membersOf);
  for (const { name } of tags) groups.set(textOf(name), []);
  for (const [path, item] of Object.entries(membersOf(document["paths"]))) {
    for (const method of METHODS) {
      const operation = membersOf(item)[method];
      if (operation === undefined) continue;
      const [tag] = listOf(membersOf(operation)["tags"]);
      const name = textOf(tag) || "Other";
      groups.set(name, [...(groups.get(name) ?? []), readRoute(method, path, membersOf(operation))]);
    }
  }
  return {
    title: textOf(info["title"]) || "API",
    version: textOf(info["version"]),
    description: textOf(info["description"]),
    groups: [...groups]
      .filter(([, routes]) => routes.length > 0)
      .map(([tag, routes]) => ({
        tag,
        description: textOf(tags.find(({ name }) => name === tag)?.["description"]),
        services: services.filter((service) => service.tag === tag).map(({ fullName }) => fullName),
        routes,
      })),
  };
}

function readRoute(method: string, path: string, operation: Members): Route {
  const ok = membersOf(membersOf(operation["responses"])["200"]);
  return {
    method: method.toUpperCase(),
    path,
    summary: textOf(operation["summary"]),
    operationId: textOf(operation["operationId"]),
    deprecated: operation["deprecated"] === true,
    streams: Object.hasOwn(membersOf(ok["content"]), "text/event-stream"),
  };
}

type Members = Readonly<Record<string, unknown>>;

function membersOf(value: unknown): Members {
  return typeof value === "object" && value !== null ? (value as Members) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
