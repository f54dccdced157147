import { cell, document, failed, has, json, ofSize, parameter, paths, reply, text } from "./cells.js";
import type { Row } from "./row.js";

/** What the documents say of paths, parameters and replies. */
export const operationRows: readonly Row[] = [
  {
    feature: "a message in the query that holds itself",
    variant: "selfHolding",
    cells: {
      openapiv2: cell("ends with a panic (recursive count 1000)", failed(/exceeded recursive count \(1000\)/)),
      openapiv3: cell("15 MB of parameters", ofSize(14e6, 16e6)),
      portico: cell(
        "one parameter, as JSON",
        document((members) =>
          text(parameter(members, "Library_ListBooks", "where.except")).includes("application/json"),
        ),
      ),
    },
  },
  {
    feature: "the rest of this table, with that field removed",
    variant: "plain",
    cells: {
      openapiv2: cell("23 kB", ofSize(22_500, 24_000)),
      openapiv3: cell("24 kB", ofSize(23_500, 24_500)),
      portico: cell("38 kB", ofSize(37_000, 40_000)),
    },
  },
  {
    feature: "`{name=shelves/*/books/*}`",
    variant: "plain",
    cells: {
      openapiv2: cell(
        "`/v1/{name}` with a pattern that holds slashes",
        document((members) =>
          text(parameter(members, "Library_GetBook", "name")).includes("shelves/[^/]+/books/[^/]+"),
        ),
      ),
      openapiv3: cell("`/v1/shelves/{name}/books/{name_1}`", has("/v1/shelves/{name}/books/{name_1}")),
      portico: cell("`/v1/shelves/{bookcase}/books/{book}`", has("/v1/shelves/{bookcase}/books/{book}")),
    },
  },
  {
    feature: "GET and PATCH of one resource",
    variant: "plain",
    cells: {
      openapiv2: cell(
        "`/v1/{name}` and `/v1/{book.name}`, one path to OpenAPI",
        document((members) => ["/v1/{name}", "/v1/{book.name}"].every((path) => paths(members).includes(path))),
      ),
      openapiv3: cell(
        "`…/{name}/…` and `…/{book.name}/…`, one path to OpenAPI",
        has("/v1/shelves/{book.name}/books/{book.name_1}"),
      ),
      portico: cell(
        "one path item",
        document((members) =>
          ["get", "patch"].every((method) => members["paths"]?.["/v1/shelves/{bookcase}/books/{book}"]?.[method]),
        ),
      ),
    },
  },
  {
    feature: "a map in the query",
    variant: "plain",
    cells: {
      openapiv2: cell(
        "one parameter, a text",
        document((members) => String(parameter(members, "Library_ListBooks", "where.labels")?.["type"]) === "string"),
      ),
      openapiv3: cell(
        "`where.labels[string]`",
        document((members) => parameter(members, "Library_ListBooks", "where.labels[string]") !== undefined),
      ),
      portico: cell(
        "deepObject",
        document((members) => text(parameter(members, "Library_ListBooks", "where.labels")).includes("deepObject")),
      ),
    },
  },
  {
    feature: "a repeated message in the query",
    variant: "plain",
    cells: {
      openapiv2: cell(
        "–",
        document((members) => parameter(members, "Library_ListBooks", "where.chapters") === undefined),
      ),
      openapiv3: cell(
        "–",
        document((members) => parameter(members, "Library_ListBooks", "where.chapters") === undefined),
      ),
      portico: cell(
        "JSON text, repeated",
        document((members) =>
          text(parameter(members, "Library_ListBooks", "where.chapters")).includes("contentSchema"),
        ),
      ),
    },
  },
  {
    feature: "`response_body`",
    variant: "plain",
    cells: {
      openapiv2: cell(
        "the field",
        document((members) => text(json(members, "Library_ListBooks")).includes('"array"')),
      ),
      openapiv3: cell(
        "the whole message",
        document((members) => text(json(members, "Library_ListBooks")).includes("ListBooksResponse")),
      ),
      portico: cell(
        "the field",
        document((members) => text(json(members, "Library_ListBooks")).includes('"array"')),
      ),
    },
  },
  {
    feature: "server stream",
    variant: "plain",
    cells: {
      openapiv2: cell(
        "`{result, error}`",
        document(
          (members) =>
            text(Object.keys(json(members, "Library_WatchBook")?.["properties"] ?? {})) === '["result","error"]',
        ),
      ),
      openapiv3: cell(
        "one message",
        document(
          (members) => text(json(members, "Library_WatchBook")) === '{"$ref":"#/components/schemas/library.v1.Book"}',
        ),
      ),
      portico: cell(
        "array, lines, events",
        document((members) => Object.keys(reply(members, "Library_WatchBook")?.["content"] ?? {}).length === 3),
      ),
    },
  },
  {
    feature: "HttpBody reply",
    variant: "plain",
    cells: {
      openapiv2: cell(
        "binary",
        document((members) => text(json(members, "Library_ReadPages")).includes('"binary"')),
      ),
      openapiv3: cell(
        "a message",
        document((members) => text(json(members, "Library_ReadPages")).includes("HttpBody")),
      ),
      portico: cell(
        "any bytes",
        document((members) => text(reply(members, "Library_ReadPages")?.["content"]?.["*/*"]).includes('"binary"')),
      ),
    },
  },
];
