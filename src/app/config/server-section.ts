import { integer, scalar, section, text, toggle } from "./fields.js";

export const serverSection = section("The port that clients come to.", {
  host: text("127.0.0.1", "The address that the gateway is bound to; `0.0.0.0` or `::` for all."),
  port: integer(8080, 0, 65_535, "Its port; 0 for any free one, which is printed."),
  socket: scalar("pathOrNull", null, "A Unix socket, instead of `host` and `port`."),
  ignoreTrailingSlash: toggle(false, "Whether `/v1/users/` is served as `/v1/users`; else it is another path."),
  limits: section("What a request may cost.", {
    url: scalar("size", "16KiB", "The longest request target; longer ones are refused with 414."),
    headers: scalar("size", "16KiB", "The largest header section; larger ones are refused with 431."),
    body: scalar("size", "4MiB", "The largest request body; larger ones are refused with 413."),
    reply: scalar("size", "4MiB", "The largest message that an upstream may answer with."),
    requestTimeout: scalar(
      "duration",
      "60s",
      "How long a client may take to send its whole request; slower ones are refused with 408.",
    ),
  }),
  shutdownGrace: scalar(
    "durationOrZero",
    "10s",
    "How long requests in flight may take to finish after SIGTERM or SIGINT; then they are cut off.",
  ),
  requestId: section("The identifier under which a request is found in the logs.", {
    header: scalar("headerName", "x-request-id", "The header that carries it, in requests, replies and calls."),
    accept: toggle(true, "Whether the identifier that a client sends is kept; else every request gets a new one."),
  }),
});
