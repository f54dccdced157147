import { choice, named, scalar, section, texts, toggle } from "./fields.js";

/** Field paths of one method. */
const methodSection = section("What the fields of one method mean beside its messages.", {
  event: scalar("fieldPathOrNull", null, "Reply field whose value is the `event` of a server-sent event."),
  id: scalar("fieldPathOrNull", null, "Reply field whose value is its `id`."),
  retry: scalar("fieldPathOrNull", null, "Reply field whose value, milliseconds or a Duration, is its `retry`."),
  lastEventId: scalar(
    "fieldPathOrNull",
    null,
    "Request field that the `Last-Event-ID` header of an EventSource that reconnects is put into; the header becomes metadata in any case.",
  ),
  fileName: scalar(
    "fieldPathOrNull",
    null,
    "Request field that the name of a file uploaded by multipart/form-data is put into.",
  ),
  contentType: scalar("fieldPathOrNull", null, "Request field that the content type of such a file is put into."),
});

export const streamsSection = section("How streams of messages are laid out, and how long they may last.", {
  default: choice(
    ["array", "ndjson", "sse"],
    "The framing for a client whose Accept header names none: a JSON array, one JSON message a line (application/x-ndjson), or server-sent events (text/event-stream).",
  ),
  deadline: scalar(
    "durationOrNone",
    "none",
    "How long a stream may last where the client sends neither `grpc-timeout` nor `x-server-timeout`; the deadlines of upstreams are for unary calls.",
  ),
  maxDeadline: scalar("durationOrNone", "none", "The longest time that a client may ask for; more is cut to it."),
  idleTimeout: scalar(
    "durationOrNone",
    "1h",
    "How long a stream may go without a message either way, heartbeats not counted.",
  ),
  heartbeat: scalar(
    "durationOrNone",
    "15s",
    "The pause after which a comment keeps server-sent events alive through proxies.",
  ),
  chunk: scalar("size", "64KiB", "The most bytes of an upload that one message of a client stream has."),
  methods: named("Methods by full name, such as `shop.v1.Orders.WatchOrder`.", "^\\w+(\\.\\w+)+$", methodSection),
  websocket: section("Streams over WebSocket, at the paths of their rules.", {
    enabled: toggle(true, "Whether they are served."),
    unary: toggle(
      false,
      "Whether unary methods are served as well, one call a socket; where a path has both, the stream is served.",
    ),
    origins: texts(
      "Origins whose pages may connect beside the gateway's own, such as `https://app.example.com`; `*` for all.",
    ),
    ping: scalar(
      "durationOrNone",
      "30s",
      "The pause between pings; a client that has not answered one by the next is cut off.",
    ),
  }),
});
