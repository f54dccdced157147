import type { Generated, Members } from "./run-generator.js";

/** One document for each column. */
export interface Documents {
  readonly openapiv2: Generated;
  readonly openapiv3: Generated;
  readonly portico: Generated;
}

/** What a cell says, and whether it is so. */
export interface Cell {
  readonly says: string;
  readonly holds: (document: Generated) => boolean;
}

export interface Row {
  readonly feature: string;
  /** Which protos it is about. */
  readonly variant: VariantName;
  readonly cells: Readonly<Record<keyof Documents, Cell>>;
}

/** library.proto without its `custom` rules; without the message that holds itself; and with other changes. */
export type VariantName = "selfHolding" | "plain" | "streamWithVariable";

const failed = (reason: RegExp) => (document: Generated) => document.kind === "failed" && reason.test(document.reason);
const document = (holds: (members: Members) => boolean) => (given: Generated) =>
  given.kind === "document" && holds(given.members);
const ofSize = (low: number, high: number) => (given: Generated) =>
  given.kind === "document" && given.text.length >= low && given.text.length <= high;

const paths = ({ paths }: Members): readonly string[] => Object.keys(paths ?? {});
const has = (path: string) => document((members) => paths(members).includes(path));
const operation = (members: Members, id: string): Members | undefined =>
  Object.values(members["paths"] ?? {})
    .flatMap((item) => Object.values(item))
    .find((one) => String(one["operationId"]) === id);
const parameter = (members: Members, id: string, name: string): Members | undefined =>
  Object.values(operation(members, id)?.["parameters"] ?? {}).find((one) => String(one["name"]) === name);
const reply = (members: Members, id: string): Members | undefined => operation(members, id)?.["responses"]?.["200"];
const json = (members: Members, id: string): Members | undefined =>
  reply(members, id)?.["content"]?.["application/json"]?.["schema"] ?? reply(members, id)?.["schema"];
const text = (value: unknown): string => JSON.stringify(value) ?? "";
const schemas = (members: Members): Members | undefined => members["definitions"] ?? members["components"]?.["schemas"];
const book = (members: Members): Members | undefined =>
  schemas(members)?.["v1Book"] ?? schemas(members)?.["library.v1.Book"];
const responses = (members: Members): readonly string[] =>
  Object.keys(operation(members, "Library_CreateBook")?.["responses"] ?? {}).sort();

const cell = (says: string, holds: Cell["holds"]): Cell => ({ says, holds });

/** The table, row by row. */
export const rows: readonly Row[] = [
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
  {
    feature: "oneof",
    variant: "plain",
    cells: {
      openapiv2: cell(
        "nothing",
        document((members) => !/oneOf|"not"/.test(text(book(members)))),
      ),
      openapiv3: cell(
        "`oneOf`, none among its branches",
        document((members) => text(book(members)).includes('"oneOf"')),
      ),
      portico: cell(
        "`not` more than one",
        document(
          (members) => text(book(members)).includes('"not":{"anyOf"') && !text(book(members)).includes('"oneOf"'),
        ),
      ),
    },
  },
  {
    feature: "REQUIRED",
    variant: "plain",
    cells: {
      openapiv2: cell(
        "in requests and replies",
        document((members) => text(book(members)?.["required"]) === '["title"]'),
      ),
      openapiv3: cell(
        "in requests and replies",
        document((members) => text(book(members)?.["required"]) === '["title"]'),
      ),
      portico: cell(
        "in requests",
        document(
          (members) =>
            book(members)?.["required"] === undefined &&
            text(schemas(members)?.["library.v1.Book-Input"]?.["required"]) === '["title"]',
        ),
      ),
    },
  },
  {
    feature: "NaN and Infinity of a double",
    variant: "plain",
    cells: {
      openapiv2: cell(
        "no",
        document((members) => !text(book(members)?.["properties"]?.["weight"]).includes("NaN")),
      ),
      openapiv3: cell(
        "no",
        document((members) => !text(book(members)?.["properties"]?.["weight"]).includes("NaN")),
      ),
      portico: cell(
        "yes",
        document((members) => text(book(members)?.["properties"]?.["weight"]).includes("NaN")),
      ),
    },
  },
  {
    feature: "null of a wrapper",
    variant: "plain",
    cells: {
      openapiv2: cell(
        "no",
        document((members) => !text(book(members)?.["properties"]?.["price"]).includes("null")),
      ),
      openapiv3: cell(
        "no",
        document((members) => !text(book(members)?.["properties"]?.["price"]).includes("null")),
      ),
      portico: cell(
        "yes",
        document((members) => text(book(members)?.["properties"]?.["price"]).includes("null")),
      ),
    },
  },
  {
    feature: "`deprecated` of a method",
    variant: "plain",
    cells: {
      openapiv2: cell(
        "no",
        document((members) => operation(members, "Library_MoveBook")?.["deprecated"] === undefined),
      ),
      openapiv3: cell(
        "yes",
        document((members) => operation(members, "Library_MoveBook")?.["deprecated"] !== undefined),
      ),
      portico: cell(
        "yes",
        document((members) => operation(members, "Library_MoveBook")?.["deprecated"] !== undefined),
      ),
    },
  },
  {
    feature: "errors of the gateway itself",
    variant: "plain",
    cells: {
      openapiv2: cell(
        "`default`",
        document((members) => responses(members).join() === "200,default"),
      ),
      openapiv3: cell(
        "`default`",
        document((members) => responses(members).join() === "200,default"),
      ),
      portico: cell(
        "400, 413, 415, 502, 503, 504 and `default`, as JSON and problem+json",
        document(
          (members) =>
            responses(members).join() === "200,400,413,415,502,503,504,default" &&
            text(members["components"]?.["responses"]?.["BadGateway"]).includes("application/problem+json"),
        ),
      ),
    },
  },
  {
    feature: "client stream with a variable in its path",
    variant: "streamWithVariable",
    cells: {
      openapiv2: cell("refused", failed(/cannot use path parameter in client streaming/)),
      openapiv3: cell("refused", failed(/cannot use path parameter in client streaming/)),
      portico: cell("yes", has("/v1/books/{title}:bring")),
    },
  },
];
