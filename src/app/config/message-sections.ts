import { choice, integer, list, scalar, section, texts, toggle } from "./fields.js";

export const jsonSection = section("How messages are written and read as ProtoJSON.", {
  emitDefaults: choice(
    ["none", "scalars", "all"],
    "Unset fields in replies: `none` leaves them out (canonical), `scalars` writes all but messages, `all` writes those as null.",
  ),
  int64: choice(["string", "number"], "How 64-bit integers are written in replies; requests may use either."),
  protoNames: toggle(false, "Whether replies use the names of the proto (`page_size`) in place of `pageSize`."),
  enumsAsNumbers: toggle(false, "Whether replies have the numbers of enum values in place of their names."),
  stripEnumPrefix: toggle(
    false,
    "Whether `ORDER_STATUS_PENDING` of enum OrderStatus is written `PENDING`; requests may then use either.",
  ),
  caseInsensitiveEnums: toggle(false, "Whether names of enum values are read in any case."),
});

export const requestsSection = section("What a request may be.", {
  unknownQuery: choice(["reject", "ignore"], "A query parameter that names no field: 400, or nothing."),
  ignoredQuery: texts("Query parameters that are ignored even so, such as `utm_source` or `access_token`."),
  unknownFields: choice(["reject", "ignore"], "A JSON member that its message does not have: 400, or nothing."),
  unexpectedBody: choice(["reject", "ignore"], "A body where the rule has none: 400, or nothing."),
  contentTypes: choice(
    ["lenient", "strict"],
    "Content types of JSON bodies: `lenient` takes application/json, `*+json`, none, and curl's default type where the body starts as JSON does; `strict` takes application/json alone.",
  ),
  inferFieldMask: toggle(
    true,
    "Whether an empty update mask of a PATCH request is filled with the paths of the members that its body has.",
  ),
  collisions: choice(["path", "reject"], "A field that path and body give different values: the path wins, or 400."),
  pathDecoding: choice(
    ["all-but-slash", "all-but-reserved", "all"],
    "Which percent escapes are decoded in variables of several segments; variables of one segment are decoded in full.",
  ),
  forms: section("Bodies of multipart/form-data: parts become fields by their names.", {
    enabled: toggle(true, "Whether they are read; else such a body is 415, or the bytes of an HttpBody."),
    parts: integer(100, 1, 10_000, "The most parts of a form."),
    files: integer(10, 1, 10_000, "The most files of a form."),
    field: scalar("size", "1MiB", "The largest part that is no file."),
    file: scalar(
      "size",
      "1GiB",
      "The largest file; one that is not streamed to the upstream is bound by `server.limits.body` as well.",
    ),
  }),
  formFallback: toggle(
    false,
    "Whether a POST of application/x-www-form-urlencoded to a path that has a GET rule only is served by that rule, the form as its query.",
  ),
});

export const headersSection = section("HTTP headers and gRPC metadata.", {
  toMetadata: list(
    "headerPattern",
    [],
    "Request headers that become metadata, beside those that always do: names, prefixes such as `x-tenant-*`, or `*` for all. Hop-by-hop headers never do.",
  ),
  fromMetadata: list(
    "headerPattern",
    [],
    "Metadata of the reply that become response headers, beside those that always do: names, prefixes, or `*`.",
  ),
  cookies: toggle(false, "Whether the Cookie header becomes metadata."),
  forwarded: toggle(true, "Whether x-forwarded-for, -host and -proto are passed on, with this hop added."),
  trailers: toggle(
    true,
    "Whether trailing metadata is sent as HTTP trailers to clients that take them (`TE: trailers`).",
  ),
});
