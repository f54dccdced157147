import { describe, expect, test } from "vitest";
import { type Environment, parseConfig } from "../../src/app/config/index.js";
import { FaultsError } from "../../src/core/index.js";

/** The whole text of what is wrong, or null. */
function faultsOf(text: string, environment: Environment = {}): readonly string[] | null {
  try {
    parseConfig(text, "gateway.config.yaml", environment);
    return null;
  } catch (error) {
    if (!(error instanceof FaultsError)) throw error;
    return error.message.split("\n").map((line) => line.replace("gateway.config.yaml:", ""));
  }
}

const TARGET =
  'expected a gRPC target with its port, such as "localhost:50051", "dns:///users.internal:50051" or "unix:/run/users.sock"';
const DURATION = 'expected a duration with its unit, such as "250ms", "5s", "1m" or "1h"';
const SIZE = 'expected a size, such as 4096 (bytes), "16KiB" or "4MiB"';
const CODE = 'expected the name of a gRPC status code other than OK, such as "UNAVAILABLE"';
const SECTIONS =
  "server, schema, upstreams, json, requests, headers, errors, streams, downloads, openapi, admin, log, migration";

interface Case {
  readonly title: string;
  readonly text: string;
  readonly environment?: Environment;
  readonly faults: readonly string[];
}

const text: readonly Case[] = [
  {
    title: "a tab that indents",
    text: "server:\n\tport: 1\n",
    faults: ["2:1: cannot read the configuration as YAML: a tab is no indentation, use spaces"],
  },
  {
    title: "a key that stands twice",
    text: "server:\n  port: 1\n  host: a\n  port: 2\n",
    faults: ["4:3: cannot read the configuration as YAML: this key stands twice in its map"],
  },
  {
    title: "several documents",
    text: "server: {}\n---\nserver: {}\n",
    faults: ["2:1: cannot read the configuration as YAML: expected one document, got several"],
  },
  {
    title: "a map that is never closed",
    text: "headers: { toMetadata: [a, b]\n",
    faults: [
      "2:1: cannot read the configuration as YAML: Flow map in block collection must be sufficiently indented and end with a }",
    ],
  },
  {
    title: "a tag that YAML does not have",
    text: "server: { host: !secret x }\n",
    faults: ["1:17: cannot read the configuration as YAML: Unresolved tag: !secret"],
  },
  { title: "a list in place of sections", text: "- server\n", faults: ["1:1: expected a map of sections, got a list"] },
  { title: "a word", text: "portico\n", faults: ['1:1: expected a map of sections, got "portico"'] },
  {
    title: "an alias inside of what it names",
    text: "server: &a\n  limits: *a\n",
    faults: ["2:11: expected at most 100000 values in 64 levels, got more"],
  },
  {
    title: "aliases that multiply",
    text: `a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n${"bcdefg"
      .split("")
      .map((name, i) => `${name}: &${name} [${Array(10).fill(`*${"abcdef"[i]}`).join(", ")}]\n`)
      .join("")}`,
    faults: ["1:35: expected at most 100000 values in 64 levels, got more"],
  },
];

const keys: readonly Case[] = [
  {
    title: "a misspelt key, with the nearest",
    text: "server:\n  prt: 80\n",
    faults: ['2:3: server.prt: unknown key, did you mean "port"?'],
  },
  {
    title: "a misspelt section, with the nearest",
    text: "upstream: {}\n",
    faults: ['1:1: upstream: unknown key, did you mean "upstreams"?'],
  },
  {
    title: "a key of another section, with its place",
    text: "requestTimeout: 5s\nserver: { int64: number }\n",
    faults: [
      '1:1: requestTimeout: unknown key, did you mean "server.limits.requestTimeout"?',
      '2:11: server.int64: unknown key, did you mean "json.int64"?',
    ],
  },
  {
    title: "a key like none, with those that there are",
    text: "errors: { colour: red }\nzebra: 1\nmigration: { legacy: x }\n",
    faults: [
      "1:11: errors.colour: unknown key; section errors has format",
      `2:1: zebra: unknown key; the file has ${SECTIONS}`,
      "3:14: migration.legacy: unknown key; section migration has no keys yet",
    ],
  },
  {
    title: "names that JavaScript knows",
    text: "__proto__: { a: 1 }\nconstructor: 1\nserver: { __proto__: 3, toString: 4 }\n",
    faults: [
      `1:1: __proto__: unknown key; the file has ${SECTIONS}`,
      `2:1: constructor: unknown key; the file has ${SECTIONS}`,
      "3:11: server.__proto__: unknown key; section server has host, port, socket, tls, http2, workers, ignoreTrailingSlash, limits, shutdownGrace, requestId",
      "3:25: server.toString: unknown key; section server has host, port, socket, tls, http2, workers, ignoreTrailingSlash, limits, shutdownGrace, requestId",
    ],
  },
  {
    title: "a list as a key",
    text: "server: { ? [a] : 1 }\n",
    faults: ["1:13: server: a key is a plain text"],
  },
  {
    title: "an upstream without a target, and without anything",
    text: "upstreams:\n  a: { services: [x.Y] }\n  b:\n",
    faults: [`2:3: upstreams.a: key "target" is missing: ${TARGET}`, "3:5: upstreams.b: expected a map, got nothing"],
  },
  {
    title: "an upstream's name that is none",
    text: 'upstreams: { "my users": { target: "x:1" } }\n',
    faults: [
      '1:14: upstreams["my users"]: cannot use the name "my users": expected a name that starts with a letter or digit and goes on with those, "_", "-" or "."',
    ],
  },
];

const values: readonly Case[] = [
  {
    title: "ports that are none",
    text: "server: { port: 65536 }\nadmin: { port: 80.5 }\n",
    faults: [
      "1:17: server.port: expected a whole number from 0 to 65535, got 65536",
      "2:16: admin.port: expected a whole number from 0 to 65535, got 80.5",
    ],
  },
  {
    title: "a number in quotes",
    text: 'server: { port: "8080" }\n',
    faults: ['1:17: server.port: expected a whole number from 0 to 65535, got "8080"'],
  },
  {
    title: "YAML 1.1's yes",
    text: "json: { protoNames: yes }\n",
    faults: ['1:21: json.protoNames: expected true or false, got "yes"'],
  },
  {
    title: "words that are none of the choice",
    text: "errors: { format: probem }\nstreams: { default: [sse] }\n",
    faults: [
      '1:19: errors.format: expected "status", "google" or "problem", got "probem"',
      '2:21: streams.default: expected "array", "ndjson" or "sse", got a list',
    ],
  },
  {
    title: "durations that are none",
    text: "server:\n  shutdownGrace: 10\n  limits: { requestTimeout: 0s }\nupstreams: { a: { target: x:1, deadline: 1 s, maxDeadline: 600h } }\n",
    faults: [
      `2:18: server.shutdownGrace: ${DURATION}, got 10`,
      `3:29: server.limits.requestTimeout: ${DURATION}, got "0s"`,
      `4:42: upstreams.a.deadline: ${DURATION}, or "none", got "1 s"`,
      `4:60: upstreams.a.maxDeadline: ${DURATION}, or "none", got "600h"`,
    ],
  },
  {
    title: "sizes that are none",
    text: "server: { limits: { body: 4 MB, url: -1, headers: 4mb, reply: 3GiB } }\n",
    faults: [
      `1:27: server.limits.body: ${SIZE}, got "4 MB"`,
      `1:38: server.limits.url: ${SIZE}, got -1`,
      `1:51: server.limits.headers: ${SIZE}, got "4mb"`,
      `1:63: server.limits.reply: ${SIZE}, got "3GiB"`,
    ],
  },
  {
    title: "targets that are none, with what to leave away",
    text: "upstreams:\n  a: { target: 'http://x:1', services: [a.*] }\n  b: { target: 'https://x:1', services: [b.*] }\n  c: { target: localhost, services: [c.*] }\n  d: { target: 'x:99999', services: [d.*] }\n  e: { target: 'unix:', services: [e.*] }\n",
    faults: [
      `2:16: upstreams.a.target: ${TARGET}, got "http://x:1"; leave "http://" away`,
      `3:16: upstreams.b.target: ${TARGET}, got "https://x:1"; leave "https://" away and set \`tls: true\``,
      `4:16: upstreams.c.target: ${TARGET}, got "localhost"`,
      `5:16: upstreams.d.target: ${TARGET}, got "x:99999"`,
      `6:16: upstreams.e.target: ${TARGET}, got "unix:"`,
    ],
  },
  {
    title: "items of lists, each at its place",
    text: "headers:\n  toMetadata:\n    - x-ok\n    - x bad\n    - 7\nupstreams: { a: { target: x:1, services: [a..b, 'a.*.b', '*'] } }\n",
    faults: [
      '4:7: headers.toMetadata[1]: expected a header name, a prefix such as "x-tenant-*", or "*", got "x bad"',
      '5:7: headers.toMetadata[2]: expected a header name, a prefix such as "x-tenant-*", or "*", got 7',
      '6:43: upstreams.a.services[0]: expected a service such as "shop.v1.Orders", a package such as "shop.v1.*", or "*", got "a..b"',
      '6:49: upstreams.a.services[1]: expected a service such as "shop.v1.Orders", a package such as "shop.v1.*", or "*", got "a.*.b"',
    ],
  },
  {
    title: "sections that are none",
    text: "server: 8080\nschema: [a]\nupstreams: x\njson: true\n",
    faults: [
      "1:9: server: expected a map, got 8080",
      "2:9: schema: expected a map, got a list",
      '3:12: upstreams: expected a map, got "x"',
      "4:7: json: expected a map, got true",
    ],
  },
  {
    title: "a value cut to what a line can hold",
    text: `errors: { format: ${"x".repeat(200)} }\n`,
    faults: [`1:19: errors.format: expected "status", "google" or "problem", got "${"x".repeat(79)}…"`],
  },
  {
    title: "paths of URLs that are none",
    text: "openapi: { path: openapi.json, ui: true }\n",
    faults: [
      '1:18: openapi.path: expected a URL path that starts with "/", or false for none, got "openapi.json"',
      '1:36: openapi.ui: expected a URL path that starts with "/", or false for none, got true',
    ],
  },
];

const between: readonly Case[] = [
  {
    title: "a socket beside a host and a port",
    text: "server: { socket: run/portico.sock, host: localhost, port: 80 }\n",
    faults: [
      "1:37: server.host: a gateway with server.socket has no host: leave one of the two away",
      "1:54: server.port: a gateway with server.socket has no port: leave one of the two away",
    ],
  },
  {
    title: "one port for the public and the operators",
    text: "server: { host: 0.0.0.0, port: 9090 }\n",
    faults: ["1:1: admin.port: expected another port than server.port, got 9090 for both"],
  },
  {
    title: "two upstreams with the same pattern",
    text: "upstreams:\n  a: { target: x:1, services: [a.B, c.*] }\n  b: { target: x:2, services: [c.*] }\n  c: { target: x:3 }\n  d: { target: x:4 }\n",
    faults: [
      '3:32: upstreams.b.services[0]: services "c.*" are claimed by upstream a already',
      '5:6: upstreams.d.services[0]: services "*" are claimed by upstream c already',
    ],
  },
  {
    title: "upstreams asked for their schema that are none, or are named twice",
    text: "upstreams: { shop: { target: x:1 } }\nschema: { reflection: [shop, shops, toString, shop] }\n",
    faults: [
      '2:30: schema.reflection[1]: expected the name of one of the upstreams, got "shops", did you mean "shop"?',
      '2:37: schema.reflection[2]: expected the name of one of the upstreams, got "toString"',
      "2:47: schema.reflection[3]: upstream shop stands here already",
    ],
  },
  {
    title: "a deadline beyond the longest",
    text: "upstreams: { a: { target: x:1, deadline: 10m } }\n",
    faults: ["1:42: upstreams.a.deadline: expected at most maxDeadline, which is 300000ms, got 600000ms"],
  },
  {
    title: "streams with a deadline beyond the longest, and chunks of nothing",
    text: "streams: { deadline: 2m, maxDeadline: 1m, chunk: 0 }\n",
    faults: [
      "1:22: streams.deadline: expected at most maxDeadline, which is 60000ms, got 120000ms",
      "1:50: streams.chunk: expected at least 1 byte, got 0",
    ],
  },
  {
    title: "half of a client certificate",
    text: "upstreams:\n  a: { target: x:1, services: [a.*], tls: { cert: c.pem } }\n  b: { target: x:1, services: [b.*], tls: { key: k.pem } }\n",
    faults: [
      "2:45: upstreams.a.tls.cert: cert is of no use without key: give both or none",
      "3:45: upstreams.b.tls.key: key is of no use without cert: give both or none",
    ],
  },
  {
    title: "codes, shares and counts that are none",
    text: "upstreams: { a: { target: x:1, retry: { codes: [OK, unavailable, 14], attempts: 1, budget: { ratio: 0 } }, outliers: { maxShare: 1.5 }, maxOpenCalls: 0 } }\n",
    faults: [
      `1:49: upstreams.a.retry.codes[0]: ${CODE}, got "OK"`,
      `1:53: upstreams.a.retry.codes[1]: ${CODE}, got "unavailable"`,
      `1:66: upstreams.a.retry.codes[2]: ${CODE}, got 14`,
      "1:81: upstreams.a.retry.attempts: expected a whole number from 2 to 10, got 1",
      "1:101: upstreams.a.retry.budget.ratio: expected a number from 0.001 to 1, got 0",
      "1:130: upstreams.a.outliers.maxShare: expected a number from 0 to 1, got 1.5",
      '1:151: upstreams.a.maxOpenCalls: expected a whole number from 1 to 2147483647, or "none", got 0',
    ],
  },
  {
    title: "a pause beyond the longest, and what a transport does not have",
    text: "upstreams: { a: { target: x:1, retry: { backoff: 2s }, transport: grpc-js, outliers: true } }\n",
    faults: [
      "1:50: upstreams.a.retry.backoff: expected at most maxBackoff, which is 1000ms, got 2000ms",
      "1:76: upstreams.a.outliers: transport grpc-js leaves no address out: use http2, or leave outliers away",
    ],
  },
  {
    title: "metadata of its own that gRPC cannot carry, without telling what may be a secret",
    text: [
      "upstreams:",
      "  a:",
      "    target: x:1",
      "    ownMetadata:",
      "      grpc-token: { value: s3cret }",
      "      Authorization: { value: s3cret }",
      "      te: { value: s3cret }",
      "      x-a: { value: 'naïve s3cret' }",
      "      x-b: { value: 12345 }",
      "      x-c: { value: s3cret, file: here }",
      "      x-d: { value: s3cret, prefix: s3cret }",
      "      x-e: {}",
      "      x-f: { valu: s3cret }",
      "      x-g-bin: { value: s3cret! }",
      "      x-h: { file: here, prefix: '' }",
      "      'x i': { value: s3cret }",
    ].join("\n"),
    faults: [
      '5:7: upstreams.a.ownMetadata.grpc-token: cannot send metadata "grpc-token": names that start with "grpc-" are gRPC\'s own',
      '6:7: upstreams.a.ownMetadata.Authorization: cannot send metadata "Authorization": names are lower case, did you mean "authorization"?',
      '7:7: upstreams.a.ownMetadata.te: cannot send metadata "te": the name belongs to HTTP/2 or gRPC',
      "8:21: upstreams.a.ownMetadata.x-a.value: expected printable characters of ASCII alone, got something else, which is not shown",
      "9:21: upstreams.a.ownMetadata.x-b.value: expected a text (in quotes where it could be a number), or null, got a number, which is not shown",
      "10:29: upstreams.a.ownMetadata.x-c.file: value is there: give one of the two",
      "11:29: upstreams.a.ownMetadata.x-d.prefix: only a file has a prefix",
      "12:7: upstreams.a.ownMetadata.x-e: expected a value or a file, got neither",
      "13:7: upstreams.a.ownMetadata.x-f: expected a value or a file, got neither",
      '13:14: upstreams.a.ownMetadata.x-f.valu: unknown key, did you mean "value"?',
      "14:25: upstreams.a.ownMetadata.x-g-bin.value: expected base64, got something else, which is not shown",
      '15:34: upstreams.a.ownMetadata.x-h.prefix: expected a text (in quotes where it could be a number), or null, got ""',
      '16:7: upstreams.a.ownMetadata["x i"]: cannot use the name "x i": expected a name that starts with a letter or digit and goes on with those, "_", "-" or "."',
    ],
  },
  {
    title: "numbers of workers that are none",
    text: "server: { workers: many }\n",
    faults: ['1:20: server.workers: expected a whole number from 1 to 1024, or "auto", got "many"'],
  },
  {
    title: "headers of one hop",
    text: "headers: { toMetadata: [Connection, x-a], fromMetadata: [transfer-encoding] }\n",
    faults: [
      '1:25: headers.toMetadata[0]: cannot pass on header "connection": it belongs to one connection or message and is never passed on',
      '1:58: headers.fromMetadata[0]: cannot pass on header "transfer-encoding": it belongs to one connection or message and is never passed on',
    ],
  },
  {
    title: "one path for the document and the page",
    text: "openapi: { ui: /openapi.json }\n",
    faults: ['1:16: openapi.ui: expected another path than openapi.path, got "/openapi.json" for both'],
  },
  {
    title: "one path for two pages, of which one is where it is by default",
    text: "openapi: { ui: / }\n",
    faults: ['1:16: openapi.ui: expected another path than openapi.home, got "/" for both'],
  },
  {
    title: "documents on a port that is not opened",
    text: "openapi: { port: admin }\nadmin: { enabled: false }\n",
    faults: ["1:18: openapi.port: expected public, since admin.enabled is false, got admin"],
  },
  {
    title: "faults of keys and between keys at once, in the order of the file, each key once",
    text: "headers: { toMetadata: [te] }\nserver: { prt: 80, port: x }\nupstreams: { a: { target: x:1, deadline: 10m, maxDeadline: 1 } }\n",
    faults: [
      '1:25: headers.toMetadata[0]: cannot pass on header "te": it belongs to one connection or message and is never passed on',
      '2:11: server.prt: unknown key, did you mean "port"?',
      '2:26: server.port: expected a whole number from 0 to 65535, got "x"',
      `3:60: upstreams.a.maxDeadline: ${DURATION}, or "none", got 1`,
    ],
  },
];

const environment: readonly Case[] = [
  {
    title: "a variable that is not set",
    text: "server:\n  host: ${HOST}\n  port: 1\n",
    faults: ["2:9: server.host: environment variable HOST is not set: set it, or give a default as in ${HOST:-value}"],
  },
  {
    title: "a variable inside a text, at its own column",
    text: 'upstreams: { a: { target: "dns:///${NAME}:${PORT}" } }\n',
    environment: { NAME: "users" },
    faults: [
      "1:43: upstreams.a.target: environment variable PORT is not set: set it, or give a default as in ${PORT:-value}",
    ],
  },
  {
    title: "references that are none",
    text: "server: { host: ${}, port: ${A B} }\nlog:\n  level: ${LEVEL\n",
    faults: [
      '1:17: server.host: cannot read the reference "${}": expected ${NAME} or ${NAME:-default}; a literal "${" is written "$${"',
      '1:28: server.port: cannot read the reference "${A B}": expected ${NAME} or ${NAME:-default}; a literal "${" is written "$${"',
      '3:10: log.level: cannot read the reference "${": expected ${NAME} or ${NAME:-default}; a literal "${" is written "$${"',
    ],
  },
  {
    title: "a value of the environment that does not fit, with the variable",
    text: "server: { port: ${PORT} }\nlog: { level: ${LEVEL:-loud} }\n",
    environment: { PORT: "http" },
    faults: [
      '1:17: server.port: expected a whole number from 0 to 65535, got "http" (from ${PORT})',
      '2:15: log.level: expected "trace", "debug", "info", "warn", "error", "fatal" or "silent", got "loud" (from ${LEVEL})',
    ],
  },
  {
    title: "a value that would be structure: it stays a text",
    text: "server: { host: a, port: ${EVIL} }\n",
    environment: { EVIL: "1, host: 0.0.0.0 }" },
    faults: ['1:26: server.port: expected a whole number from 0 to 65535, got "1, host: 0.0.0.0 }" (from ${EVIL})'],
  },
  {
    title: "a variable as a key",
    text: "${SECTION}: {}\n",
    environment: { SECTION: "server" },
    faults: ["1:1: the environment is put into values only, never into keys"],
  },
  {
    title: "a name that every object has",
    text: "server: { host: ${constructor} }\n",
    faults: [
      "1:17: server.host: environment variable constructor is not set: set it, or give a default as in ${constructor:-value}",
    ],
  },
];

describe.each([
  { group: "text that is not a configuration", cases: text },
  { group: "keys", cases: keys },
  { group: "values", cases: values },
  { group: "what does not fit together", cases: between },
  { group: "the environment", cases: environment },
])("a configuration is refused for $group", ({ cases }) => {
  test.each(cases)("$title", ({ text, environment, faults }) => {
    expect(faultsOf(text, environment)).toEqual(faults);
  });
});
