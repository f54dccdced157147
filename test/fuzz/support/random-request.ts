import type { Random } from "../../codec/support/random.js";
import { anyByte, mutate } from "./mutate.js";

/** Requests that rules of e2e.proto serve, if they have a fitting body. */
const served = [
  ...[
    "GET /q",
    "GET /c/a",
    "GET /raw",
    "GET /r",
    "GET /r/list",
    "GET /k/any",
    "PURGE /k/any",
    "GET /k/both/a",
    "HEAD /c/a",
  ],
  ...["POST /b", "PUT /b/5", "POST /c", "PATCH /m/a", "PUT /raw/a", "PUT /b/nested/a", "PUT /g/a", "DELETE /b/none/a"],
  ...["GET /p/int32/5", "GET /p/string/a%2Fb", "GET /p/many/a/b", "GET /p/two/a/7:verb", "GET /q/held/a", "OPTIONS /q"],
  ...["GET /p/enum/RED", "GET /p/timestamp/2024-01-01T00:00:00Z", "GET http://example.test/q"],
];
const targets = ["/nowhere", "*", "/", "//", "/q?", "/%2e%2e/q", "/b", "/raw", "/p/string/%zz", "q", "/p/int32/x"];
const queries = [
  ...[
    "int32_value=1",
    "note.text=a",
    "string_value=a+b",
    "repeated_string=a",
    "string_to_string[a]=b",
    "color=RED",
    "x=1",
  ],
  ...[
    "timestamp=2024-01-01T00:00:00Z",
    "any=%7B%7D",
    "choice_text=a",
    "__proto__=1",
    "constructor.prototype.a=1",
    "%00",
    "=",
    "[]",
  ],
];
const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PURGE", "CONNECT", "FROB"];
const bodies = [
  ...[
    "",
    "{}",
    '{"int32Value":1}',
    '{"note":{"text":"a"}}',
    "[1,2]",
    "null",
    '"text"',
    '{"stringToString":{"__proto__":"1"}}',
  ],
  ...['{"any":{"@type":"type.googleapis.com/portico.examples.v1.Note","text":"a"}}', '{"text":"a"}', "a=1&b=2", "\0"],
];
const headers = [
  ...[
    "Content-Type: application/json",
    "Content-Type: text/plain",
    "Content-Type: \0",
    "Accept: application/problem+json",
  ],
  ...[
    "Grpc-Timeout: 5S",
    "Grpc-Timeout: x",
    "X-Server-Timeout: 1",
    "Grpc-Metadata-A: b",
    "Grpc-Metadata-A-Bin: AP8=",
    "TE: trailers",
  ],
  ...[
    "X-Request-Id: a b",
    "Expect: 100-continue",
    "Expect: tea",
    "Content-Encoding: gzip",
    "Transfer-Encoding: chunked",
    "Upgrade: x",
  ],
  ...[
    "Host: b",
    "Cookie: a=b",
    "Authorization: Bearer x",
    "X-Forwarded-For: 192.0.2.1",
    "Range: bytes=0-1",
    "If-None-Match: *",
  ],
];

/** The bytes of a request over HTTP/1.1, more or less. */
export function randomRequest(random: Random): Buffer {
  const start = random.chance(0.75) ? random.pick(served) : `${random.pick(methods)} ${random.pick(targets)}`;
  const takesBody = /^P(?:OST|UT|ATCH) /.test(start);
  const body = Buffer.from(takesBody || random.chance(0.1) ? random.pick(bodies) : "");
  const query = Array.from({ length: random.below(3) }, () => random.pick(queries)).join("&");
  const lines = [
    `${start}${takesBody || query === "" ? "" : `?${query}`} HTTP/1.1`,
    "Host: a",
    "Connection: close",
    ...(random.chance(0.95) ? [`Content-Length: ${body.length}`] : []),
    ...Array.from({ length: random.below(3) }, () => random.pick(headers)),
  ];
  const whole = Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), body]);
  return random.chance(0.6) ? whole : mutate(random, whole, anyByte);
}
