import { book, cell, document, failed, has, operation, responses, schemas, text } from "./cells.js";
import type { Row } from "./row.js";

/** What the documents say of messages, methods and errors. */
export const schemaRows: readonly Row[] = [
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
