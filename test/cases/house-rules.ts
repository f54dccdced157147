import type { CaseKey, ExpectedHttp, Outcome } from "./load-cases.js";

/** The rules of this gateway where systems differ, each as one sentence. */
const rules = {
  rest: "`**` may be followed by literals.",
  trailingSlash: "A trailing slash is another path (404), unless server.ignoreTrailingSlash is set.",
  method:
    "The right path with the wrong method is 405 with Allow; but a less specific rule that has the method is used first.",
  verb: "`:verb` counts where a rule for that path has it; else it is text.",
  decoding: "A multi-segment variable keeps %2F and %2f alone as sent; everything else is decoded.",
  plus: "`+` in a query is a space.",
  queryName: "The name of a query parameter is looked up as it was sent, then decoded.",
  unknownQuery: "A query parameter that nobody knows is 400, unless requests.unknownQuery ignores it.",
  heldQuery: "A query parameter for a field that the path or the body holds is no parameter: it is treated as unknown.",
  unexpectedBody: "A body on a rule without one is 400, unless requests.unexpectedBody ignores it.",
  unknownField:
    "An unknown JSON member is 400, unless requests.unknownFields ignores it; an unknown enum name is always 400.",
  json: "White space alone, a trailing comma and text after the value are no JSON: 400.",
  contentType:
    "A JSON body may be application/json, *+json, of no type, or of curl's default type if it begins like JSON.",
  responseBody: "response_body may name any top-level field, also a list or a scalar.",
  unbound: "schema.unboundMethods serves methods without a rule, and no others.",
  bool: "A bool in a path or a query is true, false, 1 or 0.",
  duration: "A Duration in a query is as ProtoJSON has it: seconds with an s.",
  wrapper: "A wrapper in a query takes its value's text, also the empty one; its field `value` may be named as well.",
  map: "A map entry in a query is `field[key]=value`.",
  struct: "A Struct or Value in a query is JSON text.",
  once: "A field that takes one value, or a oneof, is set at most once by a query.",
  form: "requests.formFallback serves a form that is posted to a path with a GET rule by that rule.",
  mask: "A PATCH with a body and an empty FieldMask field has the mask of the members that are present; an empty body that has a content type is one without members.",
  authenticate: "UNAUTHENTICATED has a WWW-Authenticate header (RFC 9110, 15.5.2).",
  errorFirst:
    "An error before the first message of a stream has its real HTTP status and google.rpc.Status as its body.",
  errorLater: 'An error after the first message is the last line {"error": Status}.',
  errorBody: "The body of an error is always google.rpc.Status as JSON.",
  streamRequest:
    "The body of a client stream is one JSON array if it is application/json, and values one after the other if it is application/x-ndjson.",
  toMetadata:
    "Headers that become metadata: an allow-list (user-agent as x-user-agent), grpc-metadata-*, and what headers.toMetadata names; values that metadata cannot carry are left out.",
  forwarded: "x-forwarded-for is appended to, x-forwarded-host is set if it is not there.",
  fromMetadata:
    "Metadata become headers with the prefix grpc-metadata-, trailers with grpc-trailer-, unless they are on an allow-list.",
  deadline: "The deadline is grpc-timeout, or x-server-timeout in seconds.",
  accept: "Accept chooses framings and error formats; a JSON reply is sent whatever it says.",
} as const;

/** What a disputed case comes to here, and by which rule. */
export interface HouseRule {
  readonly rule: string;
  /** expected: as the case says. Else what holds instead, whole. */
  readonly outcome: "expected" | Outcome;
}

const expected = (rule: keyof typeof rules): HouseRule => ({ rule: rules[rule], outcome: "expected" });
const instead = (rule: keyof typeof rules, outcome: Outcome): HouseRule => ({ rule: rules[rule], outcome });

/** Refused before anything reaches the upstream, in the shape of all errors. */
const refused = (status: number, code: number, headers: ExpectedHttp["headers"] = {}): Outcome => ({
  expect_call: null,
  expect_http: {
    status,
    headers: { "content-type": "application/json", ...headers },
    body_json: { code },
    body_match: "subset",
  },
});
const invalid = refused(400, 3);
const note: ExpectedHttp = { status: 200, headers: { "content-type": "application/json" }, body_json: { note: "ok" } };
const token: ExpectedHttp = {
  status: 200,
  headers: { "content-type": "application/json" },
  body_json: { token: "t1" },
};

const inferredMasks = [
  ...["simple", "json-names", "explicit-json-name", "nested", "empty-object", "empty-message-type", "null", "zero"],
  ...["struct", "any", "path-field-in-body"],
].map((name): [CaseKey, HouseRule] => [`gocases/patch-infer-${name}`, expected("mask")]);

/** Every disputed case of both suites. A test holds the list against them. */
export const houseRules: ReadonlyMap<CaseKey, HouseRule> = new Map<CaseKey, HouseRule>([
  ["cases/path-rest-then-literal", expected("rest")],
  ["cases/path-rest-then-literal-missing", expected("rest")],
  ["cases/path-star-then-rest-then-literal", expected("rest")],
  ["cases/prec-suffix-two", expected("rest")],
  ["cases/path-trailing-slash", instead("trailingSlash", refused(404, 5))],
  ["cases/path-method-mismatch", instead("method", refused(405, 12, { allow: "GET, HEAD" }))],
  ["cases/prec-method-falls-through", expected("method")],
  [
    "cases/verb-registered-other-method",
    instead("method", {
      expect_call: { method: "transcoding.cases.v1.Verbs/GetItem", messages: [{ a: "x:archive" }] },
      expect_http: note,
      upstream: { messages: [{ note: "ok" }] },
    }),
  ],
  [
    "cases/pct-multi-reserved-default",
    instead("decoding", {
      expect_call: { method: "transcoding.cases.v1.Paths/Rest", messages: [{ a: "a#b?c/d:e" }] },
      expect_http: note,
    }),
  ],
  ["cases/query-json-name-escaped", expected("queryName")],
  [
    "cases/query-plus-default",
    instead("plus", {
      expect_call: { method: "transcoding.cases.v1.Queries/All", messages: [{ fString: "a b" }] },
      expect_http: note,
    }),
  ],
  ["cases/query-unknown-default", expected("unknownQuery")],
  ["cases/query-against-path", instead("heldQuery", invalid)],
  ["cases/body-field-no-body-query-inside", instead("heldQuery", invalid)],
  ["cases/body-field-repeated-appended", instead("heldQuery", invalid)],
  ["cases/body-star-query", instead("heldQuery", invalid)],
  ["cases/body-none-but-sent", instead("unexpectedBody", invalid)],
  ["cases/body-unknown-fields", instead("unknownField", invalid)],
  ["cases/body-enum-case", expected("unknownField")],
  ["cases/body-enum-unknown", expected("unknownField")],
  ["cases/body-bad-whitespace", expected("json")],
  ["cases/body-trailing-comma", expected("json")],
  ["cases/response-body-message", expected("responseBody")],
  ["cases/response-body-string", expected("responseBody")],
  ["cases/response-body-list", expected("responseBody")],
  ["cases/auto-annotated", expected("unbound")],

  ["gocases/path-multi-segment-keeps-2f-lowercase", expected("decoding")],
  ["gocases/path-trailing-slash", expected("trailingSlash")],
  ["gocases/path-wrong-method", instead("method", refused(405, 12, { allow: "GET, HEAD" }))],
  ["gocases/prec-two-colons", expected("verb")],
  ["gocases/query-bool-one", expected("bool")],
  ["gocases/query-duration-go", instead("duration", invalid)],
  ["gocases/query-wrapper-string-empty", expected("wrapper")],
  ["gocases/query-wrapper-dot-value", expected("wrapper")],
  ["gocases/query-map-bracket", expected("map")],
  ["gocases/query-struct-json", expected("struct")],
  ["gocases/query-oneof-two", expected("once")],
  ["gocases/query-singular-twice", expected("once")],
  ["gocases/query-into-body-field", expected("heldQuery")],
  ["gocases/body-enum-unknown", expected("unknownField")],
  ["gocases/body-on-get", instead("unexpectedBody", invalid)],
  ["gocases/body-trailing-garbage", expected("json")],
  ["gocases/body-no-content-type", expected("contentType")],
  ["gocases/form-post-to-get", expected("form")],
  ...inferredMasks,
  ["gocases/patch-infer-empty-body", expected("mask")],
  ["gocases/error-unauthenticated-header", expected("authenticate")],
  ["gocases/stream-error-first-body", expected("errorFirst")],
  [
    "gocases/stream-error-mid-ndjson",
    instead("errorLater", {
      expect_call: { method: "transcoding.gocases.v1.Tides/Watch", messages: [{ station: "s1" }] },
      expect_http: {
        status: 200,
        headers: { "content-type": "application/x-ndjson" },
        body_text: '{"seq":"1","level":"low"}\n{"seq":"2","level":"mid"}\n{"error":{"code":14,"message":"cut"}}\n',
      },
    }),
  ],
  ["gocases/stream-response-body", expected("responseBody")],
  ["gocases/client-stream-array", expected("streamRequest")],
  ["gocases/client-stream-ndjson", expected("streamRequest")],
  ["gocases/client-stream-empty-array", expected("streamRequest")],
  ["gocases/client-stream-bad-second", instead("streamRequest", invalid)],
  ["gocases/multipart-upload", expected("contentType")],
  [
    "gocases/md-permanent-prefixed",
    instead("toMetadata", {
      expect_call: {
        method: "transcoding.gocases.v1.Harbor/GetBoat",
        messages: [{ name: "alba" }],
        metadata: { "x-user-agent": "ua/1", "grpcgateway-accept": null, "grpcgateway-user-agent": null, accept: null },
      },
      expect_http: token,
    }),
  ],
  ["gocases/md-custom-dropped", expected("toMetadata")],
  ["gocases/md-bin-prefixed", expected("toMetadata")],
  ["gocases/md-forwarded", expected("forwarded")],
  ["gocases/md-non-ascii-skipped", expected("toMetadata")],
  ["gocases/md-response-prefixed", expected("fromMetadata")],
  ["gocases/md-trailers-te", expected("fromMetadata")],
  ["gocases/deadline-x-server-timeout", expected("deadline")],
  ["gocases/accept-html-only", expected("accept")],
]);

/**
 * Cases that nobody disputes, but that ask for a setting which this gateway does not have, or that the specification
 * shows to be wrong: what the case expects stays in its file, what holds instead stands here with the reason.
 */
export const corrections: ReadonlyMap<CaseKey, HouseRule> = new Map<CaseKey, HouseRule>([
  [
    "cases/error-before-stream-off",
    instead("errorBody", {
      expect_call: { method: "transcoding.cases.v1.Streams/Down", messages: [{ a: "x" }] },
      expect_http: {
        status: 404,
        headers: { "content-type": "application/json" },
        body_json: { code: 5, message: "Shelf 37 not found" },
      },
    }),
  ],
]);
